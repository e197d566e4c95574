"""`POST /webhooks/tmall`: pushes of the platform Tmall's goods are bought through (TaoWorld).

A push does not say whose it is; the secret that signed it does. What it tells is a hint: the
purchase is read afterwards, and nothing is done on a push's word alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, request

from plugin.clock import Clock
from webhooks import door, signature
from webhooks.door import PARKED, RECEIVED, Arrival, Inbox
from webhooks.meaning.values import Node
from webhooks.reading import Unreadable, read
from webhooks.signature import Verdict
from webhooks.sources import TMALL

PATH = "/webhooks/tmall"
NAME = "tmall_webhooks"

IDS = ("message_id", "msg_id", "id")
"""Where a push may have an id of its own; the samples that are public have none."""

Secrets = Mapping[str, Sequence[tuple[str, str]]]
"""By shop: (app key, secret), and while a secret is rotated the one before."""


def tmall_door(inbox: Inbox, clock: Clock, secrets: Secrets) -> Blueprint:
    """The blueprint. Without any secret, everybody is turned away.

    Raises ValueError when two shops have the same app and secret: a push would be either's.
    """
    _check_owners(secrets)
    blueprint = Blueprint(NAME, __name__)

    def receive() -> Response:
        body = door.body_of(TMALL)
        if isinstance(body, Response):
            return body
        verdict, shop = _signer(request.headers.get("Authorization", ""), body, secrets)
        if verdict is not Verdict.GENUINE:
            return door.turned_away(TMALL, 401, verdict)
        return door.kept(inbox, _arrival(shop, body), clock.now())

    blueprint.add_url_rule(
        PATH, view_func=receive, methods=["POST"], provide_automatic_options=False
    )
    return blueprint


def _check_owners(secrets: Secrets) -> None:
    owners = Counter(pair for pairs in secrets.values() for pair in set(pairs))
    if any(count > 1 for count in owners.values()):
        raise ValueError("two shops have the same Tmall app and secret")


def _signer(given: str, body: bytes, secrets: Secrets) -> tuple[Verdict, str]:
    """The shop whose secret signed it. Every secret is tried, so that time tells nothing."""
    verdicts = [
        (signature.of_tmall(given, body, app_key, [secret]), shop)
        for shop, pairs in secrets.items()
        for app_key, secret in pairs
    ]
    refused = Verdict.WRONG if given else Verdict.ABSENT
    genuine = (found for found in verdicts if found[0] is Verdict.GENUINE)
    return next(genuine, (refused, door.NOBODY))


def _arrival(shop: str, body: bytes) -> Arrival:
    # Content-Type is not kept: what these pushes call themselves is nowhere written down.
    given, topic, state, reason = _said(body)
    return Arrival(
        source=TMALL,
        shop=shop,
        delivery_id=door.delivery_id(given, body),
        topic=topic,
        body=body,
        state=state,
        reason=reason,
    )


def _said(body: bytes) -> tuple[str, str, str, str]:
    """Id and type as the body has them, and whether it is worth handling."""
    try:
        found = read(body).value
    except Unreadable as error:
        return "", "", PARKED, str(error)
    kind = _short(found, "message_type")
    given = next(filter(None, (_short(found, name) for name in IDS)), "")
    if not kind:
        return given, "", PARKED, "message_type: missing"
    return given, door.printable(f"push/{kind}", door.LONGEST_TOPIC), RECEIVED, ""


def _short(found: Node, name: str) -> str:
    """A number or text as text; these pushes write ids either way."""
    value = found.get(name)
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
