"""`POST /webhooks/mail`: what became of letters we sent, and mail that came for the merchant.

Signed by the mail provider (Svix) or by whoever forwards mail (Standard Webhooks; the same form).
The provider does not know shops: a tag we gave the letter names it, or there is only one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from flask import Blueprint, Response

from plugin.clock import Clock
from webhooks import door, standard
from webhooks.door import IGNORED, NOBODY, PARKED, RECEIVED, Arrival, Inbox
from webhooks.meaning.mail import RECEIVED_MAIL
from webhooks.meaning.values import Node
from webhooks.reading import Unreadable, read
from webhooks.signature import Verdict
from webhooks.sources import MAIL

PATH = "/webhooks/mail"
NAME = "mail_webhooks"

SHOP_TAG = "shop"
DOMAIN = ".myshopify.com"
"""May be left out of the tag: mail providers take no dots there (Resend, on tags)."""

Shops = Callable[[], Collection[str]]


def mail_door(inbox: Inbox, clock: Clock, secrets: Sequence[str], shops: Shops) -> Blueprint:
    """The blueprint. `secrets` are `whsec_` and base64; without any, everybody is turned away.

    `shops` says which shops there are now: a delivery without a tag is the only shop's.
    """
    blueprint = Blueprint(NAME, __name__)

    def receive() -> Response:
        body = door.body_of(MAIL)
        if isinstance(body, Response):
            return body
        now = clock.now()
        verdict = standard.verdict(body, secrets, now)
        if verdict is not Verdict.GENUINE:
            return door.turned_away(MAIL, 401, verdict)
        arrival = _arrival(body, shops)
        if arrival is None:
            return door.turned_away(MAIL, 400, "no tag names the shop, and there is not only one")
        return door.kept(inbox, arrival, now)

    blueprint.add_url_rule(
        PATH, view_func=receive, methods=["POST"], provide_automatic_options=False
    )
    return blueprint


def _arrival(body: bytes, shops: Shops) -> Arrival | None:
    """The delivery; None when nobody can say whose it is."""
    tag, topic, state, reason = _said(body)
    shop = _named(tag) if tag else _only(shops())
    if not shop and not tag:
        return None
    if not shop:
        state, reason = IGNORED, "the tag does not name a shop"
    return Arrival(
        source=MAIL,
        shop=shop,
        delivery_id=standard.delivery_id(body),
        topic=topic,
        body=body,
        headers=standard.kept_headers(),
        state=state,
        reason=reason,
    )


def _said(body: bytes) -> tuple[str, str, str, str]:
    """Shop tag and type as the body has them, and whether it is worth handling."""
    try:
        found = read(body).value
    except Unreadable as error:
        return "", "", PARKED, str(error)
    kind, data = found.get("type"), found.get("data")
    if "type" not in found and ("subject" in found or "text" in found):
        return _tag(found), RECEIVED_MAIL, RECEIVED, ""
    tag = _tag(data) if isinstance(data, dict) else ""
    if not isinstance(kind, str) or not kind:
        return tag, "", PARKED, "type: missing"
    return tag, door.printable(kind, door.LONGEST_TOPIC), RECEIVED, ""


def _tag(found: Node) -> str:
    """The shop's tag: providers take a list of names and values, and give a mapping back."""
    tags = found.get("tags")
    if isinstance(tags, list):
        named = (each for each in tags if isinstance(each, dict))
        tags = {each["name"]: each.get("value") for each in named if each.get("name") == SHOP_TAG}
    value = tags.get(SHOP_TAG) if isinstance(tags, dict) else None
    return value if isinstance(value, str) else ""


def _named(tag: str) -> str:
    return door.shop_named(tag) or door.shop_named(f"{tag}{DOMAIN}")


def _only(shops: Collection[str]) -> str:
    return next(iter(shops)) if len(shops) == 1 else NOBODY
