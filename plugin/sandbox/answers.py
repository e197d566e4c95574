"""Answers that go wrong on the way back."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response


class AnswerLost(ConnectionResetError):
    """The connection closed before an answer came, and there was no socket to close.

    Raised out of the WSGI app where there is no real connection (a Flask test client).
    """


class Hangup(Response):
    """No answer at all: the connection is closed under the caller."""

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Closes the connection the request came by. Raises AnswerLost when there is none."""
        wire = _socket_of(environ)
        if wire is None:
            raise AnswerLost("the sandbox loses this answer")
        wire.shutdown(socket.SHUT_RDWR)
        return super().__call__(environ, start_response)


class Truncated(Response):
    """Half of an answer, under headers that promise all of it."""

    def __init__(self, whole: bytes) -> None:
        super().__init__(whole[: len(whole) // 2], mimetype="application/json")
        self.automatically_set_content_length = False
        self.headers["Content-Length"] = str(len(whole))


def plain_error(status: int) -> Response:
    """An error page of some machine on the way; no JSON."""
    return Response(f"<html><body>{status}</body></html>", status, mimetype="text/html")


def _socket_of(environ: dict[str, Any]) -> socket.socket | None:
    """The socket of Werkzeug's server, or of Waitress' (through the channel it lends)."""
    found = environ.get("werkzeug.socket")
    if found is None:
        asked = environ.get("waitress.client_disconnected")
        found = getattr(getattr(asked, "__self__", None), "socket", None)
    return found if isinstance(found, socket.socket) else None
