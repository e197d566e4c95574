"""The way to the app over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from plugin.sandbox.outside import HttpOutside, Readiness, read

pytestmark = pytest.mark.enable_socket

READY = {"ok": True, "now": "n", "last_tick": "2026-11-02T12:00:00+00:00", "inbox": 2, "outbox": 0}


@Request.application
def tiny_app(request: Request) -> Response:
    if request.path == "/readyz":
        return Response(json.dumps(READY), mimetype="application/json")
    right = request.headers.get("X-Shopify-Topic") == "orders/create"
    return Response(status=200 if right and request.get_data() == b"{}" else 418)


@pytest.fixture
def served() -> Iterator[tuple[str, Callable[[], None]]]:
    server = make_server("127.0.0.1", 0, tiny_app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def stop() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    yield f"http://127.0.0.1:{server.server_port}", stop
    if thread.is_alive():
        stop()


def test_webhooks_and_readiness_go_over_http(served: tuple[str, Callable[[], None]]) -> None:
    outside = HttpOutside(served[0])
    assert outside.post("/webhooks/shopify", b"{}", {"X-Shopify-Topic": "orders/create"}) == 200
    assert outside.post("/webhooks/shopify", b"", {}) == 418
    assert outside.ready() == Readiness(True, "2026-11-02T12:00:00+00:00", 2, 0)


def test_an_app_that_is_gone_does_not_answer(served: tuple[str, Callable[[], None]]) -> None:
    url, stop = served
    stop()
    outside = HttpOutside(url)
    assert outside.post("/webhooks/shopify", b"{}", {}) is None
    assert outside.ready() is None


@pytest.mark.parametrize("said", [None, [], {}, {"ok": True}, READY | {"inbox": "many"}])
def test_anything_else_is_no_answer(said: object) -> None:
    assert read(said) is None
