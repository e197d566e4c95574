"""From a kept delivery to what it means. Pure: bytes and headers in, events out.

Nothing here decides or acts. A money step later reads the order itself; a delivery is a hint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from webhooks.meaning import mail, movements, orders, privacy, scopes, tmall
from webhooks.meaning.outcome import Ignored, Translation
from webhooks.meaning.pushes import push
from webhooks.meaning.values import Node
from webhooks.reading import Unreadable, read
from webhooks.schemas.fields import loaded
from webhooks.schemas.movements import SHOP
from webhooks.sources import MAIL, SHOPIFY, SUPPLIER, TMALL

__all__ = ["Ignored", "Translation", "Unreadable", "translate"]

Meaning = Callable[[Node], Translation | Ignored]

_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json(?:\s*;.*)?", re.IGNORECASE | re.ASCII)

UNKNOWN = "unknown topic"
UNUSED: Mapping[str, str] = {
    "customers": "known, not used: customers are read with their orders",
    "shop": "known, not used: the shop itself",
    "app": "known, not used: the app's own subscriptions",
    "orders": "known, not used: nothing follows from it",
    "fulfillment_events": "known, not used: nothing follows from it",
    "fulfillment_orders": "known, not used: holds are read when they matter",
    "fulfillment_holds": "known, not used: holds are read when they matter",
    "returns": "known, not used: what became of a return is read when it matters",
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
    meanings = _MEANINGS.get(source)
    if meanings is None:
        return Ignored("unknown source")
    meaning = meanings(topic, headers)
    if isinstance(meaning, Ignored):
        return meaning
    return _understood(meaning, body_bytes, headers)


def _of_shopify(topic: str, headers: Mapping[str, str]) -> Meaning | Ignored:
    domain = headers.get("shop-domain", "")
    if topic == "app/uninstalled":
        return lambda body: _uninstalled(body, domain)
    if topic in privacy.TOPICS:
        return lambda body: privacy.asked(topic, body, domain)
    family, slash, _ = topic.partition("/")
    unused = UNUSED.get(family, UNKNOWN) if slash else UNKNOWN
    return TOPICS.get(topic, Ignored(unused))


def _of_supplier(topic: str, headers: Mapping[str, str]) -> Meaning | Ignored:
    return lambda body: push(topic, body)


def _of_tmall(topic: str, headers: Mapping[str, str]) -> Meaning | Ignored:
    if topic in tmall.PUSHES:
        return lambda body: tmall.pushed(topic, body)
    return tmall.MESSAGES.get(topic, Ignored(UNKNOWN))


def _of_mail(topic: str, headers: Mapping[str, str]) -> Meaning | Ignored:
    if topic == mail.RECEIVED_MAIL:
        return lambda body: mail.received(body, headers)
    return mail.EVENTS.get(topic, Ignored(mail.UNUSED.get(topic, UNKNOWN)))


_MEANINGS: Mapping[str, Callable[[str, Mapping[str, str]], Meaning | Ignored]] = {
    SHOPIFY: _of_shopify,
    SUPPLIER: _of_supplier,
    TMALL: _of_tmall,
    MAIL: _of_mail,
}


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
    "returns/request": movements.return_requested,
    "order_transactions/create": movements.transaction,
    "disputes/create": movements.dispute,
    "disputes/update": movements.dispute,
    scopes.TOPIC: scopes.updated,
}
