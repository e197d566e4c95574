"""Serving HTTP, and stopping without dropping what is being answered.

uvicorn with httptools: one loop reads everybody, so nobody who is slow or silent holds a thread.
What it leaves open is added here: a head has to come whole, within a time and a size.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from http import HTTPStatus
from types import FrameType
from typing import Any

from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from webhooks.asgi import Application

DRAIN_SECONDS = 10
SILENT_SECONDS = 30
"""For a whole head, and between two requests."""
LARGEST_HEADERS = 32 * 1024
"""All of them together; more ends with 431."""
WRITE_AHEAD = 1024 * 1024
"""Of an answer, handed to the network without waiting for a slow reader: any page fits."""
BACKLOG = 1024
MOST_CONNECTIONS = 800
"""Further ones are told 503; a process may usually have 1,024 files open."""


class Refused(Exception):
    """A head that is not listened to any further."""


class Connection(HttpToolsProtocol):
    """A connection that has to say what it wants."""

    _hang_up: asyncio.TimerHandle | None = None
    _read = 0
    _headers_read = 0
    _status = HTTPStatus.BAD_REQUEST

    def connection_made(self, transport: Any) -> None:
        """As its parent's, and from now on a head is awaited."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=WRITE_AHEAD)
        # A body is written after its head, and must not wait for the head to be acknowledged.
        plug = transport.get_extra_info("socket")
        plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """As its parent's; a head that is too long or does not end is not waited for."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self._head_came()
            return
        if self._hang_up is None:
            self._await_head()
        self._read += len(data)
        if self._read > LARGEST_HEADERS:
            self._status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """As its parent's."""
        self._headers_read = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """As its parent's. Raises Refused for too many, and for a body in a form nobody reads."""
        self._headers_read += len(name) + len(value)
        if self._headers_read > LARGEST_HEADERS:
            self._status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise Refused
        super().on_header(name, value)
        if self.headers[-1][0] == b"transfer-encoding" and value.strip().lower() != b"chunked":
            self._status = HTTPStatus.NOT_IMPLEMENTED
            raise Refused

    def on_headers_complete(self) -> None:
        """As its parent's."""
        self._head_came()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """What its parent says, or another reason not to go on; then hang up."""
        phrase = self._status.phrase.encode()
        self.transport.write(
            b"HTTP/1.1 %d %s\r\ncontent-type: text/plain; charset=utf-8\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n%s"
            % (self._status, phrase, len(phrase), phrase)
        )
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """As its parent's."""
        self._head_came()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._hang_up = self.loop.call_later(SILENT_SECONDS, self.timeout_keep_alive_handler)

    def _head_came(self) -> None:
        self._read = 0
        if self._hang_up is not None:
            self._hang_up.cancel()
            self._hang_up = None


def run(app: Application, host: str, port: int, listening: Callable[[], None]) -> None:
    """Answer until told to stop; then finish what is under way. `listening` is called once."""
    server = Server(
        Config(
            app,
            http=Connection,
            ws="none",
            loop="asyncio",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=SILENT_SECONDS,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
    )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    # The server takes the signal, finishes, and hands it on to these.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=BACKLOG) as listener:
        listening()
        server.run([listener])
