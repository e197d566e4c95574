"""The app's own connections: real clients, whose wires end in the simulated world."""

from __future__ import annotations

import smtplib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from unittest import mock

import requests
from aiosmtpd.smtp import Envelope

import clients.http
from clients.email.smtp import SmtpPostbox
from plugin.clock import Clock
from plugin.connections import LiveConnections
from plugin.ports import Postbox
from plugin.settings import Settings
from plugin.store.database import Database
from tests.simulation import wire


class _Connections(LiveConnections):
    def _mail(self) -> Postbox:
        return _InProcess(self.settings.mail_url)


class _InProcess(SmtpPostbox):
    """The real client; its server is an object."""

    def _connected(self, domain: str) -> smtplib.SMTP:
        return _Server()


class _Server:
    """What `SmtpPostbox` needs of a mail server, with the world's misfortunes."""

    def __init__(self) -> None:
        self.fault = wire.mail_fault()
        if self.fault == "refused":
            raise ConnectionRefusedError
        self._envelope = Envelope()
        self._answer = (250, b"OK")

    def ehlo_or_helo_if_needed(self) -> None:
        """Nothing to negotiate."""

    def mail(self, sender: str) -> tuple[int, bytes]:
        self._envelope.mail_from = sender
        return (451, b"later") if self.fault == "later" else (250, b"OK")

    def rcpt(self, recipient: str) -> tuple[int, bytes]:
        self._envelope.rcpt_tos.append(recipient)
        return (550, b"nobody here") if self.fault == "no such person" else (250, b"OK")

    def docmd(self, command: str) -> tuple[int, bytes]:
        return 354, b"go on"

    def send(self, body: bytes) -> None:
        self._envelope.content = body.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")

    def getreply(self) -> tuple[int, bytes]:
        return wire.mail(self._envelope, self.fault)

    def putcmd(self, command: str) -> None:
        """Good bye."""

    def close(self) -> None:
        """Nothing is open."""

    sock = SimpleNamespace(settimeout=lambda seconds: None)


def connected(settings: Settings, db: Database, clock: Clock) -> LiveConnections:
    """The ways out of one process."""
    made = _Connections(settings, db, clock)
    # Lanes share a thread: they must not stand in front of each other's locks, nor wait for real.
    made.tokens._locks = defaultdict(nullcontext)
    made.tokens._wait = lambda seconds: None
    return made


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", wire.Wire())
    return session


@contextmanager
def in_process() -> Iterator[None]:
    """Every session the clients open ends in the world."""
    with mock.patch.object(clients.http, "new_session", _session):
        yield
