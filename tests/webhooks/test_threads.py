"""Pages on threads: a body is whole before a thread is taken, an answer goes out as it is made."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.webhooks.asking import Heard, Request, post, together, until
from webhooks import threads
from webhooks.threads import OnThreads

LIMIT = 1_000_000


def echo(environ: dict[str, Any], start: Any) -> list[bytes]:
    """Sends back what it was sent, and what it was told of it."""
    body = environ["wsgi.input"].read()
    told = ("PATH_INFO", "QUERY_STRING", "CONTENT_LENGTH", "REMOTE_ADDR", "HTTP_X_ONE")
    start("201 Created", [(f"X-{n.replace('_', '-')}", environ.get(n, "")) for n in told])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def on_threads(app: Any, count: int = 1) -> OnThreads:
    return OnThreads(app, count, lambda _path: LIMIT)


def ask(app: Any, request: Request) -> Heard:
    return asyncio.run(request.ask(on_threads(app)))


def test_an_application_is_told_all_of_a_request() -> None:
    request = Request("/caffè/%2F", {"X-One": "1", "Content-Type": "text/x"}, query="a=b&c")
    request.scope["headers"].append((b"x_one", b"a stranger's"))
    request.feed(b"first ", more=True)
    request.feed(b"second", more=False)
    heard = ask(echo, request)

    assert (heard.status, heard.body, heard.ended) == (201, b"first second", True)
    assert heard.headers == {
        "x-path-info": "/caffè//",
        "x-query-string": "a=b&c",
        "x-content-length": "12",
        "x-remote-addr": "203.0.113.9",
        "x-http-x-one": "1",
    }


def test_a_large_body_comes_whole_too() -> None:
    request = Request("/", {})
    for _ in range(9):
        request.feed(b"x" * 100_000, more=True)
    request.feed(b"", more=False)
    assert len(ask(echo, request).body) == 900_000


def test_head_has_no_body() -> None:
    request = Request("/", {}, method="HEAD")
    request.feed(b"", more=False)
    heard = ask(echo, request)
    assert (heard.status, heard.body, heard.ended) == (201, b"", True)


def test_a_slow_upload_holds_no_thread() -> None:
    async def go() -> tuple[bytes, bytes]:
        app, slow = on_threads(echo, 1), Request("/upload", {})
        slow.feed(b"be", more=True)
        uploading = asyncio.create_task(slow.ask(app))
        quick = await post(app, "/", b"quick", {})
        assert not uploading.done()
        slow.feed(b"gun", more=False)
        return quick.body, (await uploading).body

    assert asyncio.run(go()) == (b"quick", b"begun")


def test_an_upload_that_falls_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "SILENT_SECONDS", 0.01)
    request = Request("/", {})
    request.feed(b"be", more=True)
    heard = ask(echo, request)
    assert (heard.status, heard.headers["connection"]) == (408, "close")


def test_whoever_hangs_up_while_he_uploads_is_not_answered() -> None:
    request = Request("/", {})
    request.feed(b"be", more=True)
    request.hang_up()
    assert ask(echo, request).status == 0


@pytest.mark.parametrize("limit", ["MOST_WAITING", "MOST_BODIES"])
def test_when_too_many_wait_the_next_come_again(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, limit, 2)
    free = threading.Event()

    def stuck(environ: dict[str, Any], start: Any) -> list[bytes]:
        free.wait(60)
        return echo(environ, start)

    async def go() -> tuple[list[int], str, int]:
        app = on_threads(stuck, 1)
        waiting = [Request("/", {}) for _ in range(2)]
        tasks = [asyncio.create_task(one.ask(app)) for one in waiting]
        if limit == "MOST_WAITING":
            for one in waiting:
                one.feed(b"", more=False)
            await until(lambda: app._answering == 2)
        else:
            await until(lambda: app._gathering == 2)
        refused = await post(app, "/", b"", {})
        for one in waiting:
            one.feed(b"", more=False)
        free.set()
        statuses = [heard.status for heard in await together(tasks)]
        again = await post(app, "/", b"", {})
        return [*statuses, refused.status], refused.headers["retry-after"], again.status

    assert asyncio.run(go()) == ([201, 201, 503], "5", 201)


def test_pieces_go_out_as_they_are_made_and_nothing_is_left_open() -> None:
    closed: list[bool] = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            yield from (b"a", b"b", b"", b"c")

        def close(self) -> None:
            closed.append(True)

    def app(_environ: dict[str, Any], start: Any) -> Pieces:
        start("200 OK", [])
        return Pieces()

    request = Request("/", {})
    request.feed(b"", more=False)
    heard = ask(app, request)
    assert (heard.body, heard.pieces[:2], heard.ended, closed) == (
        b"abc", [b"a", b"b"], True, [True],
    )  # fmt: skip


def test_nothing_more_is_made_for_whoever_has_left() -> None:
    made: list[int] = []

    async def go() -> None:
        request, left = Request("/", {}), threading.Event()

        def app(_environ: dict[str, Any], start: Any) -> Iterator[bytes]:
            start("200 OK", [])
            for number in range(1_000):
                made.append(number)
                yield b"piece"
                if number == 2:
                    left.wait(60)

        request.feed(b"", more=False)
        answering = asyncio.create_task(request.ask(on_threads(app)))
        await until(lambda: len(made) == 3)
        request.hang_up()
        for _ in range(5):
            await asyncio.sleep(0)
        left.set()
        await answering

    asyncio.run(go())
    assert len(made) < 10


def test_an_application_that_breaks_ends_its_own_request_only() -> None:
    def broken(_environ: dict[str, Any], _start: Any) -> list[bytes]:
        raise RuntimeError("canary")

    request = Request("/", {})
    request.feed(b"", more=False)
    heard = ask(broken, request)
    assert (heard.status, heard.body) == (500, b"try again\n")


@pytest.mark.parametrize(
    ("proxies", "said", "seen"),
    [
        (0, "6.6.6.6, 203.0.113.7, 10.0.0.2", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.7, 10.0.0.2", "10.0.0.2"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "2001:db8::7, 10.0.0.2", "2001:db8::7"),
        (2, "10.0.0.2", "10.0.0.2"),
        (1, "203.0.113.7:5511", "203.0.113.7"),
        (1, "[2001:db8::7]:5511", "2001:db8::7"),
        (1, " , ", "203.0.113.9"),
        (1, None, "203.0.113.9"),
    ],
)
def test_the_callers_address_is_the_one_a_trusted_proxy_saw(
    proxies: int, said: str | None, seen: str
) -> None:
    found: dict[str, Any] = {}

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        found.update(environ)
        return echo(environ, start)

    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "for=6.6.6.6"}
    request = Request("/", headers | ({} if said is None else {"X-Forwarded-For": said}))
    request.feed(b"", more=False)
    asyncio.run(request.ask(OnThreads(app, 1, lambda _path: LIMIT, proxies)))
    assert found["REMOTE_ADDR"] == seen
    assert "evil.example" not in str(found)
    assert "6.6.6.6" not in str(found)
