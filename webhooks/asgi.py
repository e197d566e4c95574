"""The few words of ASGI both entrances speak: headers, a body that is whole, an answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Fields = list[tuple[bytes, bytes]]
"""Header lines; names in lower case."""

CLOSE = (b"connection", b"close")


class Gone(Exception):
    """Whoever asked has hung up; there is nobody to answer."""


class TooLarge(Exception):
    """More body than is taken here."""


def joined(fields: Fields) -> dict[str, str]:
    """Headers by name in lower case; several of one name are one, joined by commas.

    A name with an underscore is left out: programs behind would take it for one with a hyphen.
    """
    found: dict[str, str] = {}
    for name, value in fields:
        if b"_" in name:
            continue
        key, text = name.decode("latin-1"), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def announced(headers: dict[str, str]) -> int:
    """The length a request says its body has; 0 where it says none."""
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


async def chunks(receive: Receive, largest: int) -> AsyncIterator[bytes]:
    """The body as it comes. Raises TooLarge, Gone."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        chunk = message.get("body", b"")
        length += len(chunk)
        if length > largest:
            raise TooLarge
        more = message.get("more_body", False)
        yield chunk


async def answer(send: Send, status: int, fields: Fields, body: bytes) -> None:
    """A whole answer."""
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*fields, length]})
    await send({"type": "http.response.body", "body": body})
