"""Serving HTTP, and stopping without dropping what is being answered.

uvicorn with httptools: one loop reads everybody, so nobody who is slow or silent holds a thread.
What it leaves open is added here: a head has to come whole, within a time and a size.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from webhooks.asgi import Application

DRAIN_SECONDS = 10
SILENT_SECONDS = 30
"""For a whole head, and between two requests."""
LARGEST_HEAD = 64 * 1024
WRITE_AHEAD = 1024 * 1024
"""Of an answer, handed to the network without waiting for a slow reader: any page fits."""
BACKLOG = 1024
MOST_CONNECTIONS = 800
"""Further ones are told 503; a process may usually have 1,024 files open."""


class Connection(HttpToolsProtocol):
    """A connection that has to say what it wants."""

    _hang_up: asyncio.TimerHandle | None = None
    _head = 0

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
        if self.cycle is not None and not self.cycle.response_complete:
            self._head_came()
            return
        if self._hang_up is None:
            self._await_head()
        self._head += len(data)
        if self._head > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_headers_complete(self) -> None:
        """As its parent's."""
        self._head_came()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """As its parent's."""
        self._head_came()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._hang_up = self.loop.call_later(SILENT_SECONDS, self.timeout_keep_alive_handler)

    def _head_came(self) -> None:
        self._head = 0
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
