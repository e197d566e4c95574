"""`POST /webhooks/shopify`: every topic comes here. Nothing is parsed before the answer.

The signature covers the body alone, so what the headers say (topic, shop, ids) is a claim. It
decides where the delivery is kept, never what is done.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request

from plugin.clock import Clock
from webhooks import door, signature
from webhooks.door import IGNORED, NOBODY, PARKED, RECEIVED, Arrival, Headers, Inbox, Reply
from webhooks.sources import SHOPIFY

PATH = "/webhooks/shopify"
NAME = "shopify_webhooks"

KEPT = ("Topic", "Shop-Domain", "Webhook-Id", "Event-Id", "Triggered-At", "API-Version")
"""Headers that are kept, by their name without the prefix, in lower case."""


def shopify_door(inbox: Inbox, clock: Clock, secrets: Sequence[str]) -> Blueprint:
    """The blueprint. `secrets` are the client secret and, while it is rotated, the one before."""
    blueprint = Blueprint(NAME, __name__)

    def receive() -> Response:
        body = door.body_of(SHOPIFY)
        if isinstance(body, Response):
            return body
        found = looked_at(request.headers.get, body, secrets)
        if isinstance(found, Reply):
            return door.said(found)
        return door.kept(inbox, found, clock.now())

    blueprint.add_url_rule(
        PATH, view_func=receive, methods=["POST"], provide_automatic_options=False
    )
    return blueprint


def looked_at(headers: Headers, body: bytes, secrets: Sequence[str]) -> Arrival | Reply:
    """The delivery, as it is to be kept, or the answer to somebody who is not Shopify."""
    verdict = signature.of_shopify(_values(headers, "Hmac-Sha256"), body, secrets)
    if verdict is not signature.Verdict.GENUINE:
        return door.refusal(SHOPIFY, 401, verdict)
    return _arrival(headers, body)


def _arrival(headers: Headers, body: bytes) -> Arrival:
    topic = door.printable(_value(headers, "Topic"), door.LONGEST_TOPIC)
    claimed, given = _value(headers, "Shop-Domain"), _value(headers, "Webhook-Id")
    shop = door.shop_named(claimed)
    state, reason = _worth(claimed, shop, topic, given)
    return Arrival(
        source=SHOPIFY,
        shop=shop,
        delivery_id=door.delivery_id(given, topic.encode(), body),
        topic=topic,
        body=body,
        headers=_kept_headers(headers),
        state=state,
        reason=reason,
    )


def _worth(claimed: str, shop: str, topic: str, given: str) -> tuple[str, str]:
    if claimed and shop == NOBODY:
        return IGNORED, "the shop header does not name a shop"
    for value, name in ((shop, "shop"), (topic, "topic"), (given, "webhook id")):
        if not value:
            return PARKED, f"there is no {name} header"
    return RECEIVED, ""


def _kept_headers(headers: Headers) -> dict[str, str]:
    found = {name.lower(): door.printable(_value(headers, name)) for name in KEPT}
    found["content-type"] = door.printable(headers("Content-Type") or "")
    return {name: value for name, value in found.items() if value}


def _value(headers: Headers, name: str) -> str:
    return next(iter(_values(headers, name)), "")


def _values(headers: Headers, name: str) -> list[str]:
    """Both spellings: `X-Shopify-Topic`, and `Shopify-Topic` of the announced successor."""
    spelled = (headers(f"{prefix}{name}") for prefix in ("X-Shopify-", "Shopify-"))
    return [value for value in spelled if value is not None]
