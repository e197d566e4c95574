"""What the doors signed as Standard Webhooks share: who sent a request, and what of it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import request

from webhooks import door, signature


def verdict(body: bytes, secrets: Iterable[str], now: datetime) -> signature.Verdict:
    """Whether this request was signed with one of `secrets`, which are `whsec_` and base64."""
    given = signature.standard_headers(_header)
    return signature.of_standard(
        given.message_id, given.timestamp, given.signatures, body, secrets=secrets, now=now
    )


def delivery_id(body: bytes) -> str:
    """The signed id of the message, the same on its retries."""
    return door.delivery_id(signature.standard_headers(_header).message_id, body)


def kept_headers() -> dict[str, str]:
    """What is kept, by one name whichever way it was spelled."""
    given = signature.standard_headers(_header)
    found = {
        "webhook-id": given.message_id,
        "webhook-timestamp": given.timestamp,
        "content-type": request.headers.get("Content-Type", ""),
    }
    return {name: door.printable(value) for name, value in found.items() if value}


def _header(name: str) -> str:
    return request.headers.get(name, "")
