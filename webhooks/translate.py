"""From a kept delivery to what it means. Pure: bytes and headers in, events out.

Nothing here decides or acts. A money step later reads the order itself; a delivery is a hint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from webhooks.meaning import movements, orders
from webhooks.meaning.outcome import Ignored, Translation
from webhooks.meaning.pushes import push
from webhooks.meaning.values import Node
from webhooks.reading import Unreadable, read
from webhooks.schemas.fields import loaded
from webhooks.schemas.movements import SHOP
from webhooks.sources import SHOPIFY, SUPPLIER

__all__ = ["Ignored", "Translation", "Unreadable", "translate"]

Meaning = Callable[[Node], Translation | Ignored]

_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json(?:\s*;.*)?", re.IGNORECASE | re.ASCII)

UNUSED: Mapping[str, str] = {
    "customers": "known, not used: personal data is looked after on its own",
    "shop": "known, not used: the shop itself",
    "app": "known, not used: the app's own scopes and subscriptions",
    "orders": "known, not used: nothing follows from it",
    "fulfillment_events": "known, not used: nothing follows from it",
    "fulfillment_orders": "known, not used: holds are read when they matter",
    "fulfillment_holds": "known, not used: holds are read when they matter",
    "returns": "known, not used: a return shows in its refund",
    "reverse_deliveries": "known, not used: a return shows in its refund",
    "reverse_fulfillment_orders": "known, not used: a return shows in its refund",
    "bulk_operations": "known, not used: none are started",
    "app_subscriptions": "known, not used: there is no billing",
}
"""Families of topics that exist but tell us nothing we act on."""


def translate(
    source: str, topic: str, body_bytes: bytes, headers: Mapping[str, str]
) -> Translation | Ignored:
    """What a delivery means. Raises Unreadable, naming the field, when a person has to look.

    `headers` are those the door kept: lower case, without the platform's prefix.
    """
    if source == SUPPLIER:
        return _understood(lambda body: push(topic, body), body_bytes, headers)
    if source != SHOPIFY:
        return Ignored("unknown source")
    if topic == "app/uninstalled":
        domain = headers.get("shop-domain", "")
        return _understood(lambda body: _uninstalled(body, domain), body_bytes, headers)
    meaning = TOPICS.get(topic)
    if meaning is None:
        family, slash, _ = topic.partition("/")
        return Ignored(UNUSED.get(family, "unknown topic") if slash else "unknown topic")
    return _understood(meaning, body_bytes, headers)


def _understood(
    meaning: Meaning, body_bytes: bytes, headers: Mapping[str, str]
) -> Translation | Ignored:
    kind = headers.get("content-type", "")
    if kind and _JSON.fullmatch(kind.strip()) is None:
        raise Unreadable("content-type", "is not JSON")
    reading = read(body_bytes)
    found = meaning(reading.value)
    return replace(found, notes=reading.notes) if isinstance(found, Translation) else found


def _uninstalled(body: Node, domain: str) -> Translation:
    """The app was removed. The signature covers the body alone, so a shop named there counts."""
    named = loaded(SHOP, body)["myshopify_domain"]
    if named and domain and named.lower() != domain.lower():
        raise Unreadable("myshopify_domain", "is another shop than the one it was sent for")
    return Translation(None, (), shop_event="uninstalled")


TOPICS: Mapping[str, Meaning] = {
    "orders/create": orders.order,
    "orders/updated": orders.order,
    "orders/paid": orders.order,
    "orders/cancelled": orders.order,
    "orders/fulfilled": orders.order,
    "orders/partially_fulfilled": orders.order,
    "orders/edited": orders.edited,
    "fulfillments/create": movements.fulfilment,
    "fulfillments/update": movements.fulfilment,
    "fulfillment_events/create": movements.fulfilment_event,
    "refunds/create": movements.refund,
    "order_transactions/create": movements.transaction,
    "disputes/create": movements.dispute,
    "disputes/update": movements.dispute,
}
