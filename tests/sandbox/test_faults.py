"""Misfortunes: what happens, and what is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from waitress.server import create_server
from werkzeug.serving import make_server

from clients.shopify import documents
from plugin.sandbox.app import World
from tests.sandbox.worlds import GRAPHQL, Shopper, build, line_ids, order, wanted

TOKEN = {"X-Shopify-Access-Token": "shpat_test"}


@pytest.mark.parametrize(
    ("kind", "status", "happened"),
    [("error_500_before", 500, 0), ("error_502_after", 502, 1), ("truncated", 200, 1)],
)
def test_the_effect_is_there_or_not_whatever_the_answer_says(
    world: World, kind: str, status: int, happened: int
) -> None:
    asked = {"input": wanted(world, order(world), minor=100), "key": "key"}
    body = {"query": documents.text("refund_create"), "variables": asked}
    world.faults.add("refundCreate", kind)
    answer = world.wsgi.test_client().post(GRAPHQL, json=body, headers=TOKEN)
    assert answer.status_code == status
    assert answer.get_json(silent=True) is None
    assert len(world.ledger()["refunds"]) == happened


def test_throttled_means_not_done(world: World, shopper: Shopper) -> None:
    world.faults.add("refundCreate", "throttle")
    answer = shopper.refund("key", wanted(world, order(world), minor=100))
    assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert world.ledger()["refunds"] == []


def test_refused_means_user_errors(world: World, shopper: Shopper) -> None:
    world.faults.add("refundCreate", "refuse", message="Not today")
    answer = shopper.refund("key", wanted(world, order(world), minor=100))
    assert answer["data"]["refundCreate"]["userErrors"][0]["message"] == "Not today"


def test_a_stale_read_does_not_show_what_just_happened(world: World, shopper: Shopper) -> None:
    order_id = order(world)
    clock = world.ground.settings.clock
    clock.turn_to(clock.now().replace(hour=15))
    shopper.refund("key", wanted(world, order_id, lines={line_ids(world, order_id)[0]: 1}))
    world.faults.add("order", "stale_reads", count=1, seconds=60)
    variables = {"head": True, "disputes": False, "fulfilmentOrders": False}
    ask = documents.text("order")
    node = f"gid://shopify/Order/{order_id}"
    assert shopper.ask(ask, id=node, **variables)["data"]["order"]["refunds"] == []
    assert len(shopper.ask(ask, id=node, **variables)["data"]["order"]["refunds"]) == 1


def test_the_first_call_still_running_stops_the_second(world: World, shopper: Shopper) -> None:
    asked = wanted(world, order(world), minor=100)
    world.faults.add("refundCreate", "slow", seconds=1.0)
    slow = threading.Thread(target=shopper.refund, args=("key", asked))
    slow.start()
    busy = Shopper(world.wsgi.test_client())
    while slow.is_alive() and world.faults.waiting():
        slow.join(0.01)
    slow.join(0.2)
    answer = busy.refund("key", asked)
    slow.join()
    assert answer["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_CONCURRENT_REQUEST"
    assert len(world.ledger()["refunds"]) == 1


def test_faults_are_counted_and_survive_a_restart(tmp_path: Path) -> None:
    first, _ = build(tmp_path)
    first.faults.add("urge", "refuse", count=2)
    assert first.faults.take("urge")
    first.close()
    second, _ = build(tmp_path)
    assert second.faults.take("other", "urge")
    assert second.faults.take("urge") is None
    second.close()


@pytest.mark.enable_socket
@pytest.mark.parametrize("server", ["werkzeug", "waitress"])
@pytest.mark.parametrize("kind", ["lose_answer", "truncated"])
def test_over_a_real_connection_the_answer_never_comes_whole(
    world: World, server: str, kind: str
) -> None:
    asked = {"input": wanted(world, order(world), minor=100), "key": "key"}
    world.faults.add("refundCreate", kind)
    port, stop = served(world, server)
    body = {"query": documents.text("refund_create"), "variables": asked}
    with pytest.raises(requests.RequestException):
        requests.post(f"http://127.0.0.1:{port}{GRAPHQL}", json=body, headers=TOKEN, timeout=5)
    assert len(world.ledger()["refunds"]) == 1
    stop()


def served(world: World, server: str) -> tuple[int, Callable[[], None]]:
    """The world behind a real server; gives its port and what stops it."""
    if server == "werkzeug":
        simple = make_server("127.0.0.1", 0, world.wsgi)
        thread = threading.Thread(target=simple.serve_forever, daemon=True)
        thread.start()

        def stop_simple() -> None:
            simple.shutdown()
            thread.join(5)
            simple.server_close()

        return simple.server_port, stop_simple
    real: Any = create_server(world.wsgi, host="127.0.0.1", port=0)
    threading.Thread(target=real.run, daemon=True).start()
    return int(real.effective_port), real.close
