"""The pages' side of the server: a WSGI application on threads, each with a request that is whole.

A body is gathered in memory or a file before a thread is taken, so slow uploads hold up nobody.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

import structlog

from webhooks import asgi
from webhooks.asgi import Message, Receive, Scope, Send
from webhooks.door import RETRY_AFTER_SECONDS

BY_PROXIES = (
    *("forwarded", "x-forwarded-by", "x-forwarded-for"),
    *("x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"),
)
"""Headers by which proxies speak of a request; anybody may write them."""

Application = Callable[..., Iterable[bytes]]
Limit = Callable[[str], int]
"""The most bytes of a body a path takes."""

SILENT_SECONDS = 30
"""Between two pieces of a body or of an answer."""
IN_MEMORY = 512 * 1024
MOST_WAITING = 256
"""Requests that are being answered or wait for a thread."""
MOST_BODIES = 256
"""Bodies that are being gathered: each may hold a file open."""

log = structlog.get_logger()


class OnThreads:
    """An ASGI application around a WSGI application."""

    def __init__(self, app: Application, threads: int, largest: Limit, proxies: int = 0) -> None:
        """`proxies` of our own stand before it, each adding to `X-Forwarded-For`."""
        self._app, self._largest, self._proxies = app, largest, proxies
        self._threads = ThreadPoolExecutor(threads, "page")
        self._gathering = self._answering = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gather the body, then let a thread answer."""
        if self._gathering >= MOST_BODIES or self._answering >= MOST_WAITING:
            await _refuse(send, 503)
            return
        with SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                self._gathering += 1
                length = await self._gather(scope, receive, body)
            except asgi.Gone:
                return
            except asgi.TooLarge:
                await _refuse(send, 413)
                return
            except TimeoutError:
                await _refuse(send, 408)
                return
            finally:
                self._gathering -= 1
            self._answering += 1
            try:
                await self._answered(scope, body, length, receive, send)
            finally:
                self._answering -= 1

    async def _gather(self, scope: Scope, receive: Receive, body: IO[bytes]) -> int:
        largest = self._largest(scope["path"])
        if asgi.announced(asgi.joined(scope["headers"])) > largest:
            raise asgi.TooLarge

        async def patient() -> Message:
            async with asyncio.timeout(SILENT_SECONDS):
                return await receive()

        async for chunk in asgi.chunks(patient, largest):
            body.write(chunk)
        length = body.tell()
        body.seek(0)
        return length

    async def _answered(
        self, scope: Scope, body: IO[bytes], length: int, receive: Receive, send: Send
    ) -> None:
        loop = asyncio.get_running_loop()
        call = _Call(self._app, _environ(scope, body, length, self._proxies), loop, send)
        leaving = asyncio.create_task(_left(receive, call))
        try:
            await loop.run_in_executor(self._threads, call.run)
        except Exception as error:
            # The application answers its own errors: this is somebody who takes no answer.
            log.warning("an answer was not taken", error=type(error).__name__)
            if not call.begun:
                await _refuse(send, 500)
        finally:
            leaving.cancel()


class _Call:
    """One request on its thread; what it says is sent from the loop."""

    def __init__(
        self,
        app: Application,
        environ: dict[str, Any],
        loop: asyncio.AbstractEventLoop,
        send: Send,
    ) -> None:
        self._app, self._environ, self._loop, self._send = app, environ, loop, send
        self._start: Message = {}
        self.begun = self.left = False

    def run(self) -> None:
        """Raises what the application raises, and TimeoutError when nobody takes the answer."""
        found = self._app(self._environ, self._start_response)
        try:
            held = b""  # one piece behind, so that the last is sent together with the end
            for chunk in found:
                if self.left:
                    return
                if held:
                    self._say(held, more=True)
                held = chunk
            self._say(held, more=False)
        finally:
            close = getattr(found, "close", None)
            if close is not None:
                close()

    def _start_response(
        self, status: str, headers: Sequence[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info is not None and self.begun:
            raise exc_info[1].with_traceback(exc_info[2])
        fields = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers]
        self._start = {
            "type": "http.response.start", "status": int(status[:3]), "headers": fields
        }  # fmt: skip
        return lambda chunk: self._say(chunk, more=True)

    def _say(self, chunk: bytes, *, more: bool) -> None:
        asyncio.run_coroutine_threadsafe(self._sent(chunk, more), self._loop).result()

    async def _sent(self, chunk: bytes, more: bool) -> None:
        async with asyncio.timeout(SILENT_SECONDS):
            if not self.begun:
                self.begun = True
                await self._send(self._start)
            await self._send({"type": "http.response.body", "body": chunk, "more_body": more})


async def _left(receive: Receive, call: _Call) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    call.left = True


async def _refuse(send: Send, status: int) -> None:
    fields = [(b"content-type", b"text/plain; charset=utf-8"), asgi.CLOSE]
    if status == 503:
        fields.append((b"retry-after", b"%d" % RETRY_AFTER_SECONDS))
    await asgi.answer(send, status, fields, b"refused\n" if status < 500 else b"try again\n")


def caller(scope: Scope, forwarded: str, proxies: int) -> str:
    """The address of whoever asks: the connection's, or what the outermost of our proxies saw.

    What stands before that in `X-Forwarded-For` the caller may have written himself.
    """
    address: str = (scope.get("client") or ("",))[0]
    seen = [part.strip() for part in forwarded.split(",") if part.strip()]
    if not proxies or not seen:
        return address
    told = seen[-min(proxies, len(seen))]
    if told.startswith("["):
        return told[1:].partition("]")[0]
    return told.partition(":")[0] if told.count(":") == 1 else told


def _environ(scope: Scope, body: IO[bytes], length: int, proxies: int) -> dict[str, Any]:
    """What WSGI says of a request (PEP 3333). What proxies say of it is taken out."""
    host, port = scope.get("server") or ("localhost", 80)
    headers = asgi.joined(scope["headers"])
    forwarded = headers.get("x-forwarded-for", "")
    for name in BY_PROXIES:
        headers.pop(name, None)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": caller(scope, forwarded, proxies),
        "CONTENT_TYPE": headers.pop("content-type", ""),
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    headers.pop("content-length", None)
    headers.pop("transfer-encoding", None)
    for name, value in headers.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ
