"""Real workers on PostgreSQL and a real Redis: one is killed, Redis is emptied, all is done."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from plugin.clock import Clock
from plugin.store import inbox, shops
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from tests.app.test_settings import GOOD
from tests.large import services
from tests.large.services import pause

SHOPS = [f"{name}.myshopify.com" for name in ("alice", "bob", "charlie")]
EACH = 40
PATIENCE = 60.0

needs_redis = pytest.mark.skipif(
    not services.has_redis(), reason="redis-server is not installed on this machine"
)


def worker(database_url: str, broker_url: str) -> subprocess.Popen[bytes]:
    settings = {
        "PATH": "/usr/bin:/bin",
        "POSTVENDITA_DATABASE_URL": database_url,
        "POSTVENDITA_BROKER_URL": broker_url,
        "POSTVENDITA_TICK_SECONDS": "0.2",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "scheduler", "worker"],
        env=GOOD | settings,
        cwd=Path(__file__).parent.parent.parent,
        stderr=subprocess.DEVNULL,
    )


def deliver(db: Database, shop: str, number: int) -> None:
    """Every third cannot be read and ends with a person; the others are of no known kind."""
    Inbox(db).keep(
        source="shopify",
        shop=shop,
        delivery_id=f"d{number}",
        topic="themes/publish" if number % 3 else "orders/create",
        headers={},
        body=json.dumps({"n": number}).encode(),
        received_at=Clock().now().astimezone(UTC) - timedelta(seconds=1),
    )


def until(true: Callable[[], bool]) -> None:
    for _ in range(int(PATIENCE / 0.05)):
        if true():
            return
        pause(0.05)
    raise AssertionError("it never came to that")


@needs_redis
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_was_delivered_is_handled_though_a_worker_dies_and_redis_is_emptied(
    database_url: str, db: Database
) -> None:
    def left() -> int:
        with db.read() as tx:
            return inbox.counts(tx).get(inbox.RECEIVED, 0)

    with db.write() as tx:
        for shop in SHOPS:
            shops.install(tx, shop, Clock().now(), currency="USD")
    for shop in SHOPS:
        for number in range(EACH):
            deliver(db, shop, number)
    with services.redis() as broker:
        first = worker(database_url, broker.url)
        until(lambda: left() < len(SHOPS) * EACH)
        first.kill()
        first.wait()
        broker.flush()
        for number in range(EACH, 2 * EACH):
            deliver(db, SHOPS[0], number)
        second = worker(database_url, broker.url)
        until(lambda: left() == 0)
        second.terminate()
        assert second.wait(timeout=30) == 0
    with db.read() as tx:
        counts = inbox.counts(tx)
    assert sum(counts.values()) == (len(SHOPS) + 1) * EACH
    assert set(counts) == {inbox.IGNORED, inbox.PARKED}
