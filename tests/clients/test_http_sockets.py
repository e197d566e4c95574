"""The transport against real servers that break off."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
import requests
import responses

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Retriable
from clients.http import Kind, Transport
from clients.shopify.admin import ShopifyAdmin

READ, KEYED = Kind.READ, Kind.IDEMPOTENT_WRITE
URL = "https://service.example/api"
CANARY = "token-canary"


@contextmanager
def server(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that reads one request and then behaves like that."""

    def run() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(5)
                connection.recv(65536)
                behave(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=run)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(5)


def send(text: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(text)


def bomb(connection: socket.socket) -> None:
    packed = gzip.compress(bytes(3_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    connection.sendall(head.encode() + packed)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    with suppress(OSError):
        while True:
            connection.sendall(b"x" * 65536)


BROKEN = [
    pytest.param(lambda connection: None, id="closes without a word"),
    pytest.param(send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"), id="stops in the body"),
    pytest.param(
        send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"), id="stops in a chunk"
    ),
    pytest.param(send(b"garbage\r\n\r\n"), id="does not speak HTTP"),
    pytest.param(lambda connection: connection.recv(1), id="says nothing"),
    pytest.param(bomb, id="sends a bomb"),
    pytest.param(endless, id="never ends"),
]


@pytest.mark.parametrize(("kind", "error"), [(READ, Retriable), (KEYED, OutcomeUnknown)])
@pytest.mark.parametrize("behave", BROKEN)
def test_a_real_server_that_breaks_off(behave, kind, error):
    with server(behave) as url, requests.Session() as session:
        transport = Transport("service", session=session, read=0.3, limit=1_000_000)
        with pytest.raises(error) as caught:
            transport.post(url, b"{}", {}, kind)
    assert error is type(caught.value)


def test_an_answer_that_stops_within_its_headers_is_not_an_empty_success():
    with server(send(b"HTTP/1.1 200 OK\r\nContent-Le")) as url, requests.Session() as session:
        admin = ShopifyAdmin("alice", CANARY, base_url=url, session=session)
        with pytest.raises(OutcomeUnknown):
            admin.add_tags(1, ["late"])


def test_nobody_there_is_certainly_not_sent(free_port):
    with requests.Session() as session, pytest.raises(Retriable) as caught:
        Transport("service", session=session).post(f"http://127.0.0.1:{free_port}", b"", {}, KEYED)
    assert caught.value.code == "not_sent"


def test_the_body_of_an_error_may_be_cut_its_status_is_enough():
    with (
        server(send(b"HTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\n{}")) as url,
        requests.Session() as session,
    ):
        transport = Transport("service", session=session)
        answer = transport.post(url, b"", {}, KEYED)
        with pytest.raises(NeedsAuthorisation):
            transport.judge(answer, KEYED)


def test_no_cookie_is_kept_and_no_password_found(mock, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine service.example login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    mock.add(responses.POST, URL, headers={"Set-Cookie": "a=b; Domain=service.example"})
    transport = Transport("service")

    transport.post(URL, b"", {}, READ)
    transport.post(URL, b"", {}, READ)

    assert "Cookie" not in mock.calls[1].request.headers
    assert "Authorization" not in mock.calls[1].request.headers
