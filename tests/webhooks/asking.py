"""Asking an ASGI application without a server: bodies in pieces, as slowly as a test likes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from webhooks.asgi import Application, Message

Fields = list[tuple[bytes, bytes]]


@dataclass
class Heard:
    """An answer."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces: list[bytes] = field(default_factory=list)
    ended: bool = False


class Request:
    """One request; `feed` gives it more of its body."""

    def __init__(
        self,
        path: str,
        headers: Mapping[str, str] | Fields,
        *,
        method: str = "POST",
        query: str = "",
    ) -> None:
        fields = headers if isinstance(headers, list) else _fields(headers)
        self.scope: dict[str, Any] = {
            "type": "http", "method": method, "path": path, "headers": fields, "scheme": "http",
            "raw_path": quote(path, safe="/%.~").encode(), "query_string": query.encode(),
            "http_version": "1.1", "client": ("203.0.113.9", 4711), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        self.heard = Heard()
        self._pieces: asyncio.Queue[Message] = asyncio.Queue()

    def feed(self, piece: bytes, *, more: bool) -> None:
        """The next piece of the body."""
        self._pieces.put_nowait({"type": "http.request", "body": piece, "more_body": more})

    def hang_up(self) -> None:
        """No more of it, and nobody to answer."""
        self._pieces.put_nowait({"type": "http.disconnect"})

    async def ask(self, app: Application) -> Heard:
        """Ask, and hear the answer."""
        await app(self.scope, self._pieces.get, self._hear)
        return self.heard

    async def _hear(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.heard.status = message["status"]
            fields = [(n.decode(), v.decode()) for n, v in message["headers"]]
            self.heard.headers = dict(fields)
            return
        self.heard.pieces.append(message["body"])
        self.heard.body += message["body"]
        self.heard.ended = not message.get("more_body", False)


async def post(
    app: Application, path: str, body: bytes, headers: Mapping[str, str] | Fields
) -> Heard:
    """A request that comes whole."""
    request = Request(path, headers)
    request.feed(body, more=False)
    return await request.ask(app)


async def until(true: Callable[[], bool]) -> None:
    """Let the others go on until something holds."""
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0)


async def together(asked: Iterable[Awaitable[Heard]]) -> list[Heard]:
    """Several at once."""
    return list(await asyncio.gather(*asked))


def _fields(headers: Mapping[str, str]) -> Fields:
    return [(n.lower().encode(), v.encode("latin-1")) for n, v in headers.items()]
