"""Mail servers that hang up or fall silent, at every step."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from clients.email.smtp import SmtpPostbox
from clients.errors import OutcomeUnknown, Retriable
from tests.clients.mailroom import letter


@contextmanager
def script(*replies: bytes) -> Iterator[int]:
    """A server that gives these replies, one to each command or letter, and hangs up."""

    def run() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                for reply in replies:
                    connection.sendall(reply)
                    got = b""
                    done = b"\r\n.\r\n" if reply.startswith(b"354") else b"\r\n"
                    while not got.endswith(done):
                        more = connection.recv(65536)
                        if not more:
                            return
                        got += more

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=run)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


HELLO, OK, GO = b"220 hi\r\n", b"250 ok\r\n", b"354 go\r\n"


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        pytest.param([], Retriable, id="before a word"),
        pytest.param([b"554 no\r\n"], Retriable, id="with a refusal to talk"),
        pytest.param([HELLO], Retriable, id="after its greeting"),
        pytest.param([HELLO, OK], Retriable, id="after the sender"),
        pytest.param([HELLO, OK, OK], Retriable, id="after the recipient"),
        pytest.param([HELLO, OK, OK, OK], Retriable, id="before it wants the letter"),
        pytest.param([HELLO, OK, OK, OK, b"451 no\r\n"], Retriable, id="not wanting the letter"),
        pytest.param([HELLO, OK, OK, OK, GO], OutcomeUnknown, id="after the letter"),
        pytest.param([HELLO, OK, OK, OK, GO, b"2"], OutcomeUnknown, id="within its answer"),
        pytest.param([HELLO, OK, OK, OK, GO, b"999 ?\r\n"], OutcomeUnknown, id="in riddles"),
    ],
)
def test_a_server_that_breaks_off(replies, error):
    with script(*replies) as port, pytest.raises(error) as caught:
        SmtpPostbox(f"smtp://127.0.0.1:{port}", read=0.5).send(letter())

    assert error is type(caught.value)


def test_a_server_that_falls_silent_after_the_letter_leaves_it_open():
    def run() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                for reply in (HELLO, OK, OK, OK, GO):
                    connection.sendall(reply)
                    connection.recv(65536)
                released.wait(5)

    released = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=run)
        thread.start()
        port = listener.getsockname()[1]
        with pytest.raises(OutcomeUnknown):
            SmtpPostbox(f"smtp://127.0.0.1:{port}", read=0.3).send(letter())
        released.set()
        thread.join(5)
