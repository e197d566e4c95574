"""Resend by HTTP: the one provider of letters that honours an idempotency key.

Resend: POST /emails with `Idempotency-Key`, up to 256 characters, remembered for 24 hours. So a
lost answer may be asked for again under the same key, and no letter goes out twice by it.
"""

from __future__ import annotations

import json
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import requests

from clients.email.message import SERVICE, Envelope, Message, enveloped
from clients.errors import Refused, Retriable
from clients.http import Answer, Kind, Transport, safe_base
from clients.waits import retry_after

CONCURRENT = "concurrent_idempotent_requests"
OTHER_LETTER = "invalid_idempotent_request"

_KEY = re.compile(r"[!-~]+", re.ASCII)


class ResendPostbox:
    """Sends letters through one Resend account."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = "https://api.resend.com",
        session: requests.Session | None = None,
    ) -> None:
        """Raises ValueError for a key that is none, and for a base URL it must not be sent to."""
        if not _KEY.fullmatch(api_key):
            raise ValueError("a key of Resend's has neither spaces nor special letters")
        self._api_key = api_key
        self._base = safe_base(base_url)
        self._transport = Transport(SERVICE, session=session)

    def send(self, message: Message) -> str:
        """Hand one letter over; Resend's own id of it.

        The key is the Message-ID, so the same letter twice is one: after OutcomeUnknown it may be
        sent again within 24 hours, word for word. Raises Refused for what is not one letter to
        one address, and when its key went with another letter; Retriable, NeedsAuthorisation.
        """
        envelope = enveloped(message)  # the same checks as for any letter, before anything leaves
        headers = {
            "Authorization": f"Bearer {self._api_key}",
            "Content-Type": "application/json",
            "Idempotency-Key": message.message_id.strip("<>"),
        }
        body = json.dumps(_letter(message, envelope), ensure_ascii=False).encode()
        answer = self._transport.post(f"{self._base}/emails", body, headers, Kind.IDEMPOTENT_WRITE)
        said = _said(answer.body)
        self._judge(answer, str(said.get("name") or ""))
        found = said.get("id")
        if not isinstance(found, str) or not found:
            raise self._transport.unsure("answered no id", Kind.IDEMPOTENT_WRITE, code="no_id")
        return found

    def _judge(self, answer: Answer, name: str) -> None:
        """Return for a letter taken. Resend's words are not repeated: they may quote addresses."""
        if answer.status == 409 and name == CONCURRENT:
            wait = retry_after(answer.headers)
            raise Retriable(SERVICE, "it is just being sent", after=wait, code=name)
        if answer.status == 409 and name == OTHER_LETTER:
            raise Refused(SERVICE, "another letter went by this key", code=name)
        self._transport.judge(answer, Kind.IDEMPOTENT_WRITE)


def _letter(message: Message, envelope: Envelope) -> dict[str, Any]:
    """The letter as Resend takes it; the same for every sending of it.

    Without a date, which a second sending would change, and without a Message-ID: Resend gives
    each letter one of its own, and does not say that it takes another.
    """
    headers = {"Auto-Submitted": "auto-generated"}
    if message.references:
        headers["References"] = " ".join(message.references)
        headers["In-Reply-To"] = message.references[-1]
    if message.language:
        headers["Content-Language"] = message.language
    letter: dict[str, Any] = {
        "from": _addressed(message.sender, envelope.sender),
        "to": [_addressed(message.to, envelope.recipient)],
        "subject": message.subject,
        "text": message.text,
        "headers": {**headers, **message.headers},
    }
    if message.html:
        letter["html"] = message.html
    return letter


def _addressed(written: str, address: str) -> str:
    """The name as written, before the address as it goes over the wire."""
    holder = EmailMessage(policy=SMTP)
    holder["To"] = written
    return str(Address(holder["To"].addresses[0].display_name, addr_spec=address))


def _said(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
