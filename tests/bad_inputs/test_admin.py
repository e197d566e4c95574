"""Bad calls to the desk and its API: refused by a field or a status, and nothing has changed."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from urllib.parse import quote

import pytest
import structlog
from uvicorn import Config
from uvicorn.server import ServerState

from plugin.clock import Clock
from plugin.store import shops
from scheduler import logs
from scheduler.server import Connection
from tests.api.conftest import Program, program
from tests.bad_inputs.harm import harmless
from tests.fakes import SHOP
from webhooks import asgi
from webhooks.asgi import Receive, Scope, Send

__all__ = ["db", "program"]


@pytest.fixture
def db(sqlite_db):  # type: ignore[no-untyped-def]  # whatever kind it is: none of this depends on it
    return sqlite_db


WORDS = " ".join(f"w{n}" for n in range(10_000))


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        pytest.param("/cases?after=AAAA", {400, 404, 422}, id="A10 a place made up"),
        pytest.param("/cases?after=" + "x" * 5_000, {400, 404, 422}, id="A10 5,000 letters"),
        pytest.param("/cases?sort=id;drop table", {422}, id="A11 sorted by a statement"),
        pytest.param("/cases?sort=case.shop.token", {422}, id="A11 sorted by a secret"),
        pytest.param(f"/cases?q={quote(WORDS)}", {422}, id="A11 10,000 words to look for"),
        pytest.param("/analytics?from=9999-12-31&to=0001-01-01", {422}, id="A13 backwards"),
        pytest.param("/analytics?from=2020-01-01&to=2026-11-02", {422}, id="A13 seven years"),
        pytest.param("/analytics?from=2026-02-30", {422}, id="A13 no such day"),
        pytest.param("/analytics?from=٢٠٢٦-01-01", {422}, id="A13 other digits"),
        pytest.param("/cases?limit=100&limit=1", {422}, id="A31 a name twice"),
        pytest.param("/cases?shop=bob.myshopify.com", {422}, id="A2 another shop in the address"),
        pytest.param("/cases/1%20OR%201%3D1", {404}, id="A12 a condition for a name"),
        pytest.param("/orders/99999999999999999999999", {404}, id="A12 a number beyond all"),
        pytest.param("/orders/-1", {404}, id="A12 a number below all"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    program: Program, path: str, statuses: set[int]
) -> None:
    answer = program.raw("GET", path, program.keys["settings"])
    harmless(answer)
    assert answer.status_code in statuses, answer.get_data(as_text=True)
    assert program.raw("GET", "/cases", program.keys["read"]).status_code == 200


@pytest.mark.parametrize(
    "zone", [pytest.param(z, id=f"A13 {z}") for z in ("Asia/Kolkata", "Asia/Kathmandu")]
)
def test_a_day_is_a_day_where_the_clock_is_off_by_half_an_hour(program: Program, zone: str) -> None:
    with program.browser.db.write() as tx:
        shops.change(tx, SHOP, zone=zone)
    answer = program.raw("GET", "/analytics?from=2026-10-01&to=2026-11-02", program.keys["read"])
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("null", id="A25 null"),
        pytest.param("https://a.myshopify.com.evil.com", id="A25 almost a store"),
        pytest.param("http://localhost", id="A25 ourselves"),
    ],
)
def test_no_other_page_may_read_an_answer(program: Program, origin: str) -> None:
    key = {"Authorization": f"Bearer {program.keys['read']}", "Origin": origin}
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for answer in (
        program.client.get("/api/v1/cases", headers=key),
        program.client.options("/api/v1/cases", headers=asked),
        program.client.get("/", headers={"Origin": origin}),
    ):
        harmless(answer)
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


async def hello(_scope: Scope, _receive: Receive, send: Send) -> None:
    await asgi.answer(send, 200, [], b"")


def told_headers(text: str) -> int:
    """The status the server answers a request with that has these headers."""

    async def ask() -> int:
        config = Config(hello, http=Connection, lifespan="off", log_config=None)
        config.load()
        loop = asyncio.get_running_loop()
        state = ServerState()
        listener = await loop.create_server(
            lambda: Connection(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        port = listener.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{text}\r\n\r\n".encode())
        heard = await reader.read()
        writer.close()
        listener.close()
        return int(heard.split(b" ", 2)[1])

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("Cookie: a=" + "x" * 8_000, 200, id="A26 a cookie of 8 kB"),
        pytest.param("\r\n".join(f"X-{n}: 1" for n in range(200)), 200, id="A26 200 headers"),
        pytest.param("X-Long: " + "x" * 64_000, 431, id="A26 a header of 64 kB"),
        pytest.param("\r\n".join(f"X-{n}: 1" for n in range(9_000)), 431, id="A26 9,000 headers"),
        pytest.param("Transfer-Encoding: gzip, chunked", 501, id="A27 an unknown transfer"),
        pytest.param("Content-Length: 1\r\nContent-Length: 2", 400, id="A27 two lengths"),
        pytest.param("Content-Length: -1", 400, id="A27 a negative length"),
        pytest.param("Content-Length : 1", 400, id="A27 a blank before the colon"),
    ],
)
def test_headers_have_limits(text: str, status: int) -> None:
    assert told_headers(text) == status


@pytest.mark.parametrize(
    "cookie",
    [
        pytest.param("postvendita=" + "x" * 8_000, id="A26 a session of 8 kB"),
        pytest.param("postvendita=\xff.\x00", id="A26 no session"),
    ],
)
def test_a_cookie_that_is_no_session_is_a_stranger(program: Program, cookie: str) -> None:
    client = program.client.application.test_client()
    answer = client.get("/", headers={"Cookie": cookie})
    harmless(answer)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/%252e%252e/etc/passwd", id="A28 dots, coded twice"),
        pytest.param("/cases;jsessionid=1", id="A28 a session in the path"),
        pytest.param("/cases/%00", id="A28 NUL"),
        pytest.param("/..\\..\\settings.py", id="A28 backslashes"),
        pytest.param("/static/..%2f..%2fsettings.py", id="A28 out of the folder of files"),
        pytest.param("/api/v1/%2e%2e/%2e%2e/metrics", id="A28 out of the API"),
        pytest.param("/console", id="A37 a console"),
        pytest.param("/?__debugger__=yes&cmd=resource&f=style.css", id="A37 a debugger"),
        pytest.param("/.git/config", id="A37 the repository"),
        pytest.param("/.env", id="A37 settings"),
        pytest.param("/server-status", id="A37 a server's status"),
    ],
)
def test_an_address_of_nothing_shows_nothing(program: Program, path: str) -> None:
    answer = program.browser.client.get(path)
    harmless(answer)
    assert answer.status_code == (200 if path.startswith("/?") else 404)
    assert b"SECRET" not in answer.get_data()
    assert b"Debugger" not in answer.get_data()


@pytest.mark.parametrize("debug", [pytest.param("?debug=1", id="A37 asked for by the address")])
def test_a_failure_tells_a_stranger_nothing(
    program: Program, monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is kanarie")

    app = program.browser.client.application
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "desk.home", broken)
    answer = program.browser.client.get(f"/{debug}")
    assert answer.status_code == 500
    assert "kanarie" not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param('x\n{"event": "forged", "level": "error"}', id="A29 a line of its own"),
        pytest.param("x\r\x1b[31mred\x1b[0m", id="A29 a terminal's colours"),
        pytest.param("x\u2028y\u0085z", id="A29 other ends of lines"),
    ],
)
def test_what_somebody_sends_stays_in_one_line_of_the_log(
    clock: Clock, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    logs.configure("info", clock)
    structlog.get_logger().info("request refused", agent=said)
    (line,) = out.getvalue().splitlines()
    assert json.loads(line)["agent"] == said
    assert line.isascii()
