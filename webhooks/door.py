"""What every webhook door does: take the bytes, turn away, or keep and only then say thanks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog
from flask import Response, request
from werkzeug.exceptions import HTTPException

LARGEST_BODY = 2 * 1024 * 1024
LONGEST_ID = 200
LONGEST_TOPIC = 90
LONGEST_HEADER = 200
RETRY_AFTER_SECONDS = 5
TOO_LARGE = "the body is too large"

RECEIVED, IGNORED, PARKED = "received", "ignored", "parked"
NOBODY = ""
"""The shop of a delivery that names none: no merchant sees it, no merchant's data is touched."""

_SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com", re.ASCII)
_TOPIC = re.compile(r"[a-z0-9_]+[/.][a-z0-9_]+", re.ASCII)

log = structlog.get_logger()


class Inbox(Protocol):
    """Where deliveries are kept."""

    def keep(
        self,
        *,
        source: str,
        shop: str,
        delivery_id: str,
        topic: str,
        headers: Mapping[str, str],
        body: bytes,
        received_at: datetime,
        state: str = RECEIVED,
        reason: str = "",
    ) -> bool:
        """Commit it, then return: True when it is new, False when it was there already."""

    def keep_all(self, deliveries: Sequence[Mapping[str, Any]]) -> list[bool | Exception]:
        """The same for several at once, by the same names; an error for each it befell."""


Headers = Callable[[str], str | None]
"""The value of a header by its name, None where there is none; several are joined by commas."""


@dataclass(frozen=True)
class Reply:
    """What a sender is told."""

    status: int
    text: str
    retry_after: int | None = None
    """Seconds."""


THANKS = Reply(200, "ok\n")
AGAIN = Reply(503, "try again\n", RETRY_AFTER_SECONDS)


@dataclass(frozen=True)
class Arrival:
    """A genuine delivery, as it is kept."""

    source: str
    shop: str
    delivery_id: str
    topic: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    state: str = RECEIVED
    reason: str = ""


def body_of(source: str) -> bytes | Response:
    """The raw bytes of the request, or the answer that turns it away: 413, 415, 400."""
    # One byte more than we take: a stream without a length is cut there without a word.
    request.max_content_length = LARGEST_BODY + 1
    refused = compressed(source, request.headers.get)
    if refused is not None:
        return said(refused)
    try:
        body = request.get_data()
    except HTTPException as error:
        return turned_away(source, error.code or 400, "the body could not be taken whole")
    if len(body) > LARGEST_BODY:
        return turned_away(source, 413, TOO_LARGE)
    return body


def compressed(source: str, headers: Headers) -> Reply | None:
    """The refusal of a body that would have to be unpacked before anybody knows who sent it."""
    if (headers("Content-Encoding") or "").strip().lower() in {"", "identity"}:
        return None
    return refusal(source, 415, "the body is compressed")


def refusal(source: str, status: int, why: str) -> Reply:
    """A refusal. Nothing of the request is kept or logged."""
    # The sender counts a 413 as a failed delivery and will send it again: somebody should know.
    write = log.error if status == 413 else log.warning
    write("webhook turned away", source=source, status=status, why=why)
    return Reply(status, "refused\n")


def turned_away(source: str, status: int, why: str) -> Response:
    """A refusal, as Flask's answer."""
    return said(refusal(source, status, why))


def kept(inbox: Inbox, arrival: Arrival, now: datetime) -> Response:
    """Keep it for good, then 200. 503 when it could not be kept, so that it is sent again."""
    try:
        outcome: bool | Exception = inbox.keep(**vars(arrival), received_at=now)
    except Exception as error:
        outcome = error
    return said(after(arrival, outcome))


def after(arrival: Arrival, outcome: bool | Exception) -> Reply:
    """What is said, and logged, once it was kept, was there already, or could not be kept."""
    if outcome is True and arrival.state == RECEIVED:
        return THANKS
    words = log.bind(
        source=arrival.source, shop=arrival.shop, topic=topic_for_log(arrival.topic), state="new"
    )
    if isinstance(outcome, Exception):
        # Whatever it was: without a commit nobody is thanked. Its text may quote the body.
        words.error("webhook not kept", error=type(outcome).__name__)
        return AGAIN
    if not outcome:
        words.info("webhook was here already")
    else:
        words.warning("webhook kept aside", state=arrival.state, reason=arrival.reason)
    return THANKS


def said(reply: Reply) -> Response:
    """As Flask's answer."""
    answer = plain(reply.status, reply.text)
    if reply.retry_after is not None:
        answer.headers["Retry-After"] = str(reply.retry_after)
    return answer


def plain(status: int, text: str) -> Response:
    """An answer in plain text."""
    return Response(text, status, mimetype="text/plain")


def shop_named(text: str) -> str:
    """The shop's domain in lower case; empty for anything that is not one, to the last letter.

    Shopify always sends the `*.myshopify.com` domain (its page on webhook headers).
    """
    lowered = text.lower()
    return lowered if _SHOP.fullmatch(lowered) else NOBODY


def delivery_id(given: str, *otherwise: bytes) -> str:
    """The sender's own id where it can be kept, else a hash of it, or of what came."""
    if given and len(given) <= LONGEST_ID and given.isprintable():
        return given
    digest = hashlib.sha256()
    for part in (given.encode("utf-8", "surrogatepass"),) if given else otherwise:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def printable(text: str, longest: int = LONGEST_HEADER) -> str:
    """A header's value, cut, and without what no database or log should have to hold."""
    return "".join(sign for sign in text[:longest] if sign.isprintable())


def topic_for_log(topic: str) -> str:
    """The topic, unless somebody made it up."""
    return topic if _TOPIC.fullmatch(topic) else "?"
