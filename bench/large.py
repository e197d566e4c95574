"""Large mode: from a webhook to its effect, and how fast a backlog drains while clocks come.

Two web processes and four workers on PostgreSQL and Redis, with the sandbox's world outside.
EVENTS=72000 for the backlog of a day away; a tenth of that by default.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from plugin.casework import Casework
from plugin.store import inbox, shops, tables, timelines
from tests.large import services
from tests.large.town import Town
from tests.story import order_seen, purchase
from tests.webhooks import bodies

EVENTS = int(os.environ.get("EVENTS", "7200"))
SHOPS = [f"shop-{n}.myshopify.com" for n in range(20)]
REFUNDS, CLOCKS, AT_ONCE = 40, 400, 1000
WORKERS = 4
pause = threading.Event().wait


def run() -> Iterator[str]:
    """Both, one after the other."""
    if not services.has_redis():
        yield "redis-server is not installed on this machine: left out"
        return
    with (
        tempfile.TemporaryDirectory() as name,
        services.postgres() as url,
        services.redis() as line,
    ):
        town = Town(Path(name), 1, url, line)
        try:
            town.start(2, WORKERS)
            town.world.start()
            yield _healthy(town)
            yield from _backlog(town)
        finally:
            town.stop()


def _healthy(town: Town) -> str:
    """Suppliers say that they have no stock; each of these ends in a refund."""
    references = [_bought(town, nth) for nth in range(REFUNDS)]
    town._settled(120)
    for reference in references:
        town.world.happen("no_stock", reference=reference)
        pause(1.0)
    town._settled(300)
    box, out = tables.inbox, tables.outbox
    query = sa.select(box.c.received_at, out.c.settled_at).where(
        box.c.order_id == out.c.order_id,
        box.c.handled_at == out.c.planned_at,
        out.c.action == "refund_customer",
        out.c.state == "done",
    )
    with town.db.read() as tx:
        waits = sorted((done - got).total_seconds() for got, done in tx.execute(query))
    if not waits:
        return "no refund was paid: nothing to say"
    p95 = waits[int(len(waits) * 0.95)]
    return (
        f"webhook to refund, {len(waits)} of them: median {waits[len(waits) // 2]:.1f} s, "
        f"p95 {p95:.1f} s"
    )


def _bought(town: Town, nth: int) -> str:
    order_id = int(town.world.happen("place_order"))
    placed = next(o for o in town.world.ledger()["orders"] if o["id"] == order_id)
    reference = str(70_000 + nth)
    town.world.happen(
        "record_purchase",
        reference=reference,
        order_id=order_id,
        supplier="Huanyu",
        connection="1688",
        route="domestic",
        ship_by=(town.clock.now() + timedelta(days=3)).isoformat(),
        cost_minor=8800,
        lines=[[line["line_id"], line["quantity"]] for line in placed["lines"]],
    )
    return reference


def _backlog(town: Town) -> Iterator[str]:
    for worker in town.workers:
        worker.stop()
    _fill(town)
    town.workers = [town.start_worker() for _ in range(WORKERS)]
    began, clocks = perf_counter(), 0.0
    while (left := _left(town)) != (0, 0):
        if left[1] == 0 and not clocks:
            clocks = perf_counter() - began
        pause(0.25)
    took = perf_counter() - began
    yield (
        f"a backlog of {EVENTS:,} new orders of {len(SHOPS)} shops drained in {took:.0f} s, "
        f"{EVENTS / took:.0f} a second: 72,000 in {72_000 / EVENTS * took / 60:.0f} min"
    )
    yield f"{CLOCKS} clocks that had come meanwhile were looked at within {clocks:.1f} s"


def _fill(town: Town) -> None:
    now = town.clock.now()
    with town.db.write() as tx:
        for shop in SHOPS:
            shops.install(tx, shop, now, currency="USD")
        for nth in range(CLOCKS):
            shop = SHOPS[nth % len(SHOPS)]
            Casework(tx, shop, nth + 1, now).record([order_seen(), purchase()], by="x", cause="x")
            timelines.set_head(tx, shop, nth + 1, next_look=now)
    for start in range(0, EVENTS, AT_ONCE):
        rows = [_event(nth, now) for nth in range(start, min(EVENTS, start + AT_ONCE))]
        with town.db.write() as tx:
            tx.execute(sa.insert(tables.inbox), rows)


def _event(nth: int, now: Any) -> dict[str, Any]:
    order_id = 8_000_000_000_000 + nth
    named = f"gid://shopify/Order/{order_id}"
    body = bodies.order(id=order_id, admin_graphql_api_id=named, name=f"#{nth}")
    return {
        "shop": SHOPS[nth % len(SHOPS)],
        "source": "shopify",
        "delivery_id": f"backlog-{nth}",
        "topic": "orders/create",
        "headers": {},
        "body": json.dumps(body).encode(),
        "received_at": now,
        "look_at": now,
        "state": inbox.RECEIVED,
        "reason": "",
    }


def _left(town: Town) -> tuple[int, int]:
    """Deliveries and clocks that are still to be dealt with."""
    due = sa.select(sa.func.count()).where(tables.orders.c.next_look <= town.clock.now())
    with town.db.read() as tx:
        return inbox.counts(tx).get(inbox.RECEIVED, 0), int(tx.execute(due).scalar_one())
