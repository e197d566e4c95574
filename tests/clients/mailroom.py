"""A letter, and a real mail server on this machine that keeps what arrives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

from clients.email.smtp import Message


def letter(**changes):
    values = {
        "message_id": "<0d9c4a1e@postvendita>",
        "sender": "Caffè Alice <hello@shop.example>",
        "to": "Bob <bob@customer.example>",
        "subject": "Your order #1001",
        "text": "Dear Bob,\n.\n..dots\nGrüße",
        "language": "en",
    }
    return Message(**{**values, **changes})


class Inbox:
    """Keeps what arrives. `reply` is what it says to a letter, `rcpt` to a recipient."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.letters = []
        self.reply = self.rcpt = "250 OK"
        self.mail = "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(
            (envelope.mail_from, envelope.rcpt_tos, session.host_name, envelope.content)
        )
        return self.reply

    def last(self):
        return message_from_bytes(self.letters[-1][3], policy=policy.default)


class _Server(Controller):
    """On a port the system chooses, which the original cannot find again."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running(inbox, **options) -> Iterator[int]:
    controller = _Server(inbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
