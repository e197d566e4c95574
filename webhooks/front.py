"""Shopify's door before Flask: the same decisions as `webhooks.shopify`, on the server's own loop.

A body costs no thread while it comes, so slow senders hold up nobody. What came at the same moment
is committed together. When too much waits, the next are told to come again, before memory or
patience runs out: Shopify calls a delivery failed after five seconds.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from plugin.clock import Clock
from webhooks import asgi, door
from webhooks.asgi import Receive, Scope, Send
from webhooks.door import AGAIN, LARGEST_BODY, TOO_LARGE, Arrival, Inbox, Reply
from webhooks.shopify import PATH, looked_at
from webhooks.sources import SHOPIFY

BODY_SECONDS = 30
"""For a whole body."""
MOST_WAITING = 1_000
"""Deliveries that wait for their commit."""
MOST_OF_A_SHOP = 250
"""Of these, of one shop: its flood leaves room for the others."""
MOST_BYTES = 128 * 1024 * 1024
"""Of bodies that are here in part or whole."""
GATHER_SECONDS = 0.002
"""How long a commit waits for as many as the last one had: less than it takes to flush a disk."""

Committed = asyncio.Future[bool | Exception]


class ShopifyFront:
    """Answers `POST /webhooks/shopify`."""

    def __init__(
        self,
        inbox: Inbox,
        clock: Clock,
        secrets: Sequence[str],
        headers: Mapping[str, str],
        writers: int,
    ) -> None:
        """`headers` are on every answer; `writers` commit side by side: one for SQLite."""
        self._clock, self._secrets = clock, secrets
        self._fields = [(n.lower().encode(), v.encode()) for n, v in headers.items()]
        self._fields.append((b"content-type", b"text/plain; charset=utf-8"))
        self._commits = Commits(inbox, writers)
        self._bytes = 0

    @staticmethod
    def answers(scope: Scope) -> bool:
        """Whether this request is for this door."""
        return bool(scope["path"] == PATH and scope["method"] == "POST")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the body, turn away or keep, and only then say thanks."""
        headers = asgi.joined(scope["headers"])
        body = bytearray()
        try:
            reply = await self._reply(headers, receive, body)
        except asgi.Gone:
            return
        finally:
            self._bytes -= len(body)
        fields = self._fields
        if reply.retry_after is not None:
            fields = [*fields, (b"retry-after", b"%d" % reply.retry_after)]
        if reply.status not in {200, 401}:
            fields = [*fields, asgi.CLOSE]  # the rest of the body is not waited for
        await asgi.answer(send, reply.status, fields, reply.text.encode())

    async def _reply(self, headers: dict[str, str], receive: Receive, body: bytearray) -> Reply:
        def header(name: str) -> str | None:
            return headers.get(name.lower())

        refused = door.compressed(SHOPIFY, header)
        if refused is not None:
            return refused
        if self._bytes > MOST_BYTES:
            return AGAIN
        try:
            await self._take(headers, receive, body)
        except asgi.TooLarge:
            return door.refusal(SHOPIFY, 413, TOO_LARGE)
        except TimeoutError:
            return door.refusal(SHOPIFY, 408, "the body did not come to its end")
        found = looked_at(header, bytes(body), self._secrets)
        if isinstance(found, Reply):
            return found
        return await self._commits.kept(found, self._clock.now())

    async def _take(self, headers: dict[str, str], receive: Receive, body: bytearray) -> None:
        if asgi.announced(headers) > LARGEST_BODY:
            raise asgi.TooLarge
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in asgi.chunks(receive, LARGEST_BODY):
                body += chunk
                self._bytes += len(chunk)


class Site:
    """The whole ASGI application: this door, and everything else on threads."""

    def __init__(self, others: asgi.Application, front: ShopifyFront | None) -> None:
        self._others, self._front = others, front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Nothing but HTTP is answered."""
        if scope["type"] != "http":
            return
        front = self._front
        entrance = front if front is not None and front.answers(scope) else self._others
        await entrance(scope, receive, send)


class Commits:
    """What waits for its commit; nothing of it is thanked for before."""

    def __init__(self, inbox: Inbox, writers: int) -> None:
        self._inbox = inbox
        self._threads = ThreadPoolExecutor(writers, "commit")
        self._idle = writers
        self._queue: list[tuple[Mapping[str, Any], Committed]] = []
        self._waiting = 0
        self._of_shop: Counter[str] = Counter()
        self._last = 0
        self._gathering: asyncio.TimerHandle | None = None
        self._told = False

    async def kept(self, arrival: Arrival, now: datetime) -> Reply:
        """Keep it for good, then thanks; or to come again, when it could not be kept."""
        shop = arrival.shop
        if self._waiting >= MOST_WAITING or self._of_shop[shop] >= MOST_OF_A_SHOP:
            self._tell(shop)
            return AGAIN
        self._waiting += 1
        self._of_shop[shop] += 1
        try:
            return door.after(arrival, await self._committed(arrival, now))
        finally:
            self._waiting -= 1
            self._of_shop[shop] -= 1
            if not self._of_shop[shop]:
                del self._of_shop[shop]

    def _tell(self, shop: str) -> None:
        if not self._told:  # once a commit: a flood is not to be one of the log as well
            self._told = True
            door.log.warning("too many webhooks wait", shop=shop, waiting=self._waiting)

    def _committed(self, arrival: Arrival, now: datetime) -> Committed:
        committed: Committed = asyncio.get_running_loop().create_future()
        self._queue.append(({**vars(arrival), "received_at": now}, committed))
        self._plan()
        return committed

    def _plan(self) -> None:
        """Commit after this round of the loop, or wait a little for as many as last time."""
        if not self._idle or not self._queue:
            return
        loop = asyncio.get_running_loop()
        if len(self._queue) >= self._last:
            loop.call_soon(self._begin)
        elif self._gathering is None:
            self._gathering = loop.call_later(GATHER_SECONDS, self._begin)

    def _begin(self) -> None:
        if not self._idle or not self._queue:
            return
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        self._idle -= 1
        batch, self._queue = self._queue, []
        self._last = len(batch)
        rows, waiting = [row for row, _ in batch], [one for _, one in batch]
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._keep, rows)
        work.add_done_callback(lambda done: self._ended(waiting, done.result()))

    def _keep(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[bool | Exception]:
        try:
            return self._inbox.keep_all(rows)
        except Exception as error:
            return [error] * len(rows)

    def _ended(self, waiting: Sequence[Committed], outcomes: Sequence[bool | Exception]) -> None:
        self._idle += 1
        self._told = False
        for one, outcome in zip(waiting, outcomes, strict=True):
            if not one.done():  # the server was told to stop, and has waited long enough
                one.set_result(outcome)
        self._plan()
