"""Resend by HTTP: the one provider of letters that honours an idempotency key.

Resend: POST /emails with `Idempotency-Key`, up to 256 characters, remembered for 24 hours. So a
lost answer may be asked for again under the same key, and no letter goes out twice by it.
"""

from __future__ import annotations

import json
from typing import Any

import requests

from clients.email.message import SERVICE, Message, enveloped
from clients.errors import Refused, Retriable
from clients.http import Kind, Transport, safe_base

CONCURRENT = "concurrent_idempotent_requests"
CONCURRENT_WAIT = 15.0
LONGEST_KEY = 256


class ResendPostbox:
    """Sends letters through one Resend account."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = "https://api.resend.com",
        session: requests.Session | None = None,
    ) -> None:
        """Raises ValueError for a base URL that a key must not be sent to."""
        self._api_key = api_key
        self._base = safe_base(base_url)
        self._transport = Transport(SERVICE, session=session)

    def send(self, message: Message) -> str:
        """Hand one letter over; Resend's own id of it.

        The key is the Message-ID, so the same letter twice is one. Raises Refused for a letter
        that is not one letter to one address, or whose key was used for another; Retriable,
        NeedsAuthorisation, OutcomeUnknown.
        """
        enveloped(message)  # the same checks as for any letter, before anything leaves
        body = json.dumps(_letter(message), ensure_ascii=False).encode()
        headers = {
            "Authorization": f"Bearer {self._api_key}",
            "Content-Type": "application/json",
            "Idempotency-Key": message.message_id.strip("<>")[:LONGEST_KEY],
        }
        answer = self._transport.post(f"{self._base}/emails", body, headers, Kind.IDEMPOTENT_WRITE)
        said = _said(answer.body)
        if answer.status == 409:
            name = str(said.get("name") or "")
            if name == CONCURRENT:
                raise Retriable(SERVICE, "it is just being sent", after=CONCURRENT_WAIT, code=name)
            raise Refused(SERVICE, "another letter went by this key", code=name or "409")
        self._transport.judge(answer, Kind.IDEMPOTENT_WRITE)
        found = said.get("id")
        if not found:
            raise self._transport.unsure("answered no id", Kind.IDEMPOTENT_WRITE, code="no_id")
        return str(found)


def _letter(message: Message) -> dict[str, Any]:
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    if message.references:
        headers["References"] = " ".join(message.references)
        headers["In-Reply-To"] = message.references[-1]
    letter: dict[str, Any] = {
        "from": message.sender,
        "to": [message.to],
        "subject": message.subject,
        "text": message.text,
        "headers": {**headers, **message.headers},
    }
    if message.html:
        letter["html"] = message.html
    return letter


def _said(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
