"""`POST /webhooks/supplier`: what a supplier, forwarder or script tells of purchases and parcels.

Signed as Standard Webhooks. The shop stands in the body, which is signed too; so unlike Shopify's
a genuine body is read before it is kept, to know whose it is. There are few of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from plugin.clock import Clock
from webhooks import door, standard
from webhooks.door import IGNORED, NOBODY, PARKED, RECEIVED, Arrival, Inbox
from webhooks.reading import Unreadable, read
from webhooks.signature import Verdict
from webhooks.sources import SUPPLIER

PATH = "/webhooks/supplier"
NAME = "supplier_webhooks"


def supplier_door(inbox: Inbox, clock: Clock, secrets: Sequence[str]) -> Blueprint:
    """The blueprint. `secrets` are `whsec_` and base64; without any, everybody is turned away."""
    blueprint = Blueprint(NAME, __name__)

    def receive() -> Response:
        body = door.body_of(SUPPLIER)
        if isinstance(body, Response):
            return body
        now = clock.now()
        verdict = standard.verdict(body, secrets, now)
        if verdict is not Verdict.GENUINE:
            return door.turned_away(SUPPLIER, 401, verdict)
        return door.kept(inbox, _arrival(body), now)

    blueprint.add_url_rule(
        PATH, view_func=receive, methods=["POST"], provide_automatic_options=False
    )
    return blueprint


def _arrival(body: bytes) -> Arrival:
    shop, topic, state, reason = _said(body)
    return Arrival(
        source=SUPPLIER,
        shop=shop,
        delivery_id=standard.delivery_id(body),
        topic=topic,
        body=body,
        headers=standard.kept_headers(),
        state=state,
        reason=reason,
    )


def _said(body: bytes) -> tuple[str, str, str, str]:
    """Shop and type as the body has them, and whether it is worth handling."""
    try:
        found = read(body).value
    except Unreadable as error:
        return NOBODY, "", PARKED, str(error)
    claimed = _text(found, "shop")
    shop, topic = door.shop_named(claimed), door.printable(_text(found, "type"), door.LONGEST_TOPIC)
    if claimed and shop == NOBODY:
        return NOBODY, topic, IGNORED, "shop: does not name a shop"
    for value, name in ((shop, "shop"), (topic, "type")):
        if not value:
            return shop, topic, PARKED, f"{name}: missing"
    return shop, topic, RECEIVED, ""


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""
