"""A mail server on the loopback interface that keeps what it gets.

Every delivery is a row of its own, so that a message sent twice is seen twice; the pages show
one entry per Message-ID with its count.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from plugin.sandbox import moments
from plugin.sandbox.faults import Fault, FaultKind
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

HOST = "127.0.0.1"


class Mailbox:
    """The server; `port` is the one it listens on once it is started."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._controller: Controller | None = None
        self.port = ground.settings.smtp_port

    def start(self) -> None:
        """Listen, in a thread of its own. Raises OSError when the port is taken."""
        self.port = self.port or _free_port()
        controller = Controller(_Handler(self._ground), hostname=HOST, port=self.port)
        controller.start()
        self._controller = controller

    def stop(self) -> None:
        """Stop listening."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


def messages(ground: Ground) -> list[Row]:
    """One row per Message-ID, the latest first, with `count` deliveries."""
    seen: dict[str, Row] = {}
    for row in ground.ledger.rows("SELECT * FROM mails ORDER BY id"):
        first = seen.setdefault(row["message_id"], row | {"count": 0})
        first["count"] += 1
    return sorted(seen.values(), key=lambda row: -int(row["id"]))


def keep(ground: Ground, envelope: Envelope) -> None:
    """Write a delivered message down."""
    raw = envelope.content if isinstance(envelope.content, bytes) else b""
    mail = message_from_bytes(raw, policy=policy.default)
    unnamed = f"<{hashlib.sha256(raw).hexdigest()[:32]}@no-message-id>"
    ground.ledger.add(
        "mails",
        message_id=str(mail["Message-ID"] or unnamed).strip(),
        received_at=moments.text(ground.now()),
        sender=str(mail["From"] or envelope.mail_from or ""),
        recipients=list(envelope.rcpt_tos),
        subject=str(mail["Subject"] or ""),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
        headers=[[name, str(value)] for name, value in mail.items()],
    )


def _free_port() -> int:
    """The server wants to know its port beforehand, so one is looked for and let go again."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _part(mail: Any, kind: str) -> str:
    if not isinstance(mail, EmailMessage):
        return ""
    body = mail.get_body((kind,))
    return "" if body is None else str(body.get_content())


class _Handler:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self._ground.faults.take("smtp")
        if fault is not None:
            return await self._unlucky(server, envelope, fault)
        keep(self._ground, envelope)
        return "250 OK"

    async def _unlucky(self, server: SMTP, envelope: Envelope, fault: Fault) -> str:
        if fault.kind is FaultKind.REFUSE:
            return f"550 {fault.message}"
        if fault.kind in {FaultKind.ERROR_500_BEFORE, FaultKind.THROTTLE}:
            return "451 try again later"
        if fault.kind is FaultKind.SLOW:
            await asyncio.to_thread(self._ground.closing.wait, fault.seconds)
        keep(self._ground, envelope)
        if fault.after and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 OK"
