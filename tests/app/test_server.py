"""The server, as a process of its own: who is slow holds up nobody, and stopping drops nothing.

Nothing is timed: what must not be waited for is still open when the answer is there.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench.load import Letters, Sender
from plugin.store import tables
from plugin.store.database import Database
from scheduler.server import LARGEST_HEADERS
from tests.app.test_settings import GOOD

SLOW, SILENT, FLOODING, OTHERS = 12, 64, 16, 50
PATH = "/webhooks/shopify"
PATIENCE = 60
"""Seconds after which a test gives up."""


class App:
    """`postvendita web` on its own port."""

    def __init__(self, url: str, port: int) -> None:
        environment = {**os.environ, **GOOD, "POSTVENDITA_DATABASE_URL": url}
        command = [sys.executable, "-m", "scheduler", "web", "--port", str(port)]
        self.port = port
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        while self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
        raise AssertionError(self.process.stderr and self.process.stderr.read())

    def sender(self, shop: str) -> Sender:
        """Of signed webhooks, on a connection that stays open."""
        return Sender(self.port, Letters(PATH, GOOD["SHOPIFY_API_SECRET"], shop))

    def open(self, first: bytes = b"") -> socket.socket:
        """A connection on which nothing but this was said."""
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        opened.sendall(first)
        return opened


@pytest.fixture
def app(sqlite_url: str, free_port: int) -> Iterator[App]:
    started = App(sqlite_url, free_port)
    yield started
    if started.process.poll() is None:
        started.process.kill()
    started.process.wait()
    if started.process.stderr is not None:
        started.process.stderr.close()


def begun(path: str) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nbegun".encode()


def answer(sender: Sender) -> int:
    while (found := sender.answered()) is None:
        pass
    return found[0]


def heard(connection: socket.socket) -> bytes:
    """All that comes until the other side hangs up."""
    pieces = []
    while piece := connection.recv(65_536):
        pieces.append(piece)
    return b"".join(pieces)


def still_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True


def test_another_shop_is_answered_while_uploads_are_slow_connections_silent_and_one_floods(
    app: App, sqlite_url: str
) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(app.open()) for _ in range(SILENT)]
        uploads = [
            stack.enter_context(app.open(begun(PATH if n % 2 else "/report/somebody")))
            for n in range(SLOW)
        ]
        flood = [app.sender("flood.myshopify.com") for _ in range(FLOODING)]
        other = app.sender("other.myshopify.com")
        for number in range(OTHERS):
            for sender in flood:
                sender.send()
            other.send()
            assert answer(other) == 200
            assert [answer(sender) for sender in flood] == [200] * FLOODING
            uploads[number % SLOW].sendall(b".")
        assert all(map(still_open, uploads + silent))
        with app.open(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as page:
            assert heard(page).startswith(b"HTTP/1.1 200")
        for sender in [*flood, other]:
            sender.socket.close()
    db = Database(sqlite_url)
    with db.read() as tx:
        count = sa.select(sa.func.count()).select_from(tables.inbox)
        assert tx.execute(count).scalar_one() == OTHERS * (FLOODING + 1)
    db.close()


def test_told_to_stop_it_finishes_what_has_begun_and_takes_nothing_new(app: App) -> None:
    letters = Letters(PATH, GOOD["SHOPIFY_API_SECRET"])
    whole = letters.next()
    with app.open(whole[:-10]) as half, app.open() as silent:
        sender = app.sender("a.myshopify.com")
        sender.send()
        assert answer(sender) == 200  # by now the half of the other has been read too
        app.process.send_signal(signal.SIGTERM)
        assert heard(silent) == b""
        assert sender.socket.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            app.open()
        half.sendall(whole[-10:])
        said = heard(half)
    sender.socket.close()
    assert said.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in said
    assert app.process.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("X-Long: " + "x" * (LARGEST_HEADERS + 1), 431),
        ("X-Long: " + "x" * (LARGEST_HEADERS + 1) + "\r\n\r\n", 431),
        ("\r\n".join(f"X-{n}: 1" for n in range(9_000)) + "\r\n\r\n", 431),
        ("Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400),
        ("Content-Length: -1\r\n\r\n", 400),
        ("Content-Length : 1\r\n\r\nx", 400),
        ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        ("no header\r\n\r\n", 400),
        ("Connection: close\r\nCookie: a=" + "x" * 8_000 + "\r\n\r\n", 405),
        ("Connection: close\r\n" + "X: 1\r\n" * 200 + "\r\n", 405),
    ],
)
def test_a_head_has_limits(app: App, said: str, status: int) -> None:
    with app.open() as connection:
        try:
            connection.sendall(f"POST /healthz HTTP/1.1\r\nHost: a\r\n{said}".encode())
            told = heard(connection)
        except (ConnectionResetError, BrokenPipeError):
            told = b"HTTP/1.1 431"  # it hung up before all of that was sent
    assert told.startswith(b"HTTP/1.1 %d" % status)
    assert app.process.poll() is None


def test_the_log_has_no_line_that_is_not_ours(app: App, tmp_path: Path) -> None:
    with app.open(b"no HTTP\r\n\r\n") as connection:
        heard(connection)
    app.process.send_signal(signal.SIGTERM)
    assert app.process.stderr is not None
    lines = app.process.stderr.read().decode().splitlines()
    assert [line for line in lines if not line.startswith("{")] == []
