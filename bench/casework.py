"""What one step of the live engine costs: news, a due clock or an outcome, on SQLite.

The orders are those of the simulation, told to a real database in the order of time; what goes by
itself is carried out by fakes. Seconds are this process's own, so that neither the disk nor a busy
neighbour counts; statements are counted as the database gets them.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from statistics import median
from time import process_time
from typing import Any

import sqlalchemy as sa
import structlog

from bench.simulate import UNTIL, _story
from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.effects.carry import carry_out
from plugin.store import migrate, outbox, shops, timelines
from plugin.store.database import Database
from tests.conftest import MONDAY, HeldClock
from tests.fakes import (
    SHOP,
    FakeConnections,
    FakePostbox,
    FakeStorefront,
    FakeSupplier,
    store_order,
)

ORDERS, ROUNDS = 40, 3


def run() -> Iterator[str]:
    """Steps per second of CPU, and statements per step, over some orders' whole lives."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    taken, counted = [], (0, 0)
    for _ in range(ROUNDS):
        with _shop() as (db, clock):
            began = process_time()
            counted = _live(db, clock)
            taken.append(process_time() - began)
    steps, statements = counted
    yield (
        f"{ORDERS} orders, {steps:,} steps: {steps / median(taken):,.0f} steps per CPU second, "
        f"{median(taken) / steps * 1e3:.2f} ms and {statements / steps:.1f} statements each"
    )


@contextmanager
def _shop() -> Iterator[tuple[Database, Clock]]:
    with tempfile.TemporaryDirectory() as folder:
        db, clock = Database(f"sqlite:///{folder}/bench.db"), HeldClock()
        migrate.upgrade(db)
        clock.turn_to(MONDAY)
        with db.write() as tx:
            shops.install(tx, SHOP, MONDAY, currency="USD", email="alice@example.com")
        yield db, clock
        db.close()


def _live(db: Database, clock: Clock) -> tuple[int, int]:
    """(steps, statements) of everything that happens to the orders until the end."""
    connections = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    connections.store.orders = {n: replace(store_order(), id=n) for n in range(1, ORDERS + 1)}
    news = [(e.at, n, e) for n in connections.store.orders for e in _told(n)]
    steps, statements = 0, [0]
    sa.event.listen(db.engine, "before_cursor_execute", lambda *_: _one_more(statements))
    for at, order_id, entry in sorted(news, key=lambda told: told[0]):
        steps += _pass_time(db, clock, connections, at)
        with db.write() as tx:
            work = Casework(tx, SHOP, order_id, at)
            work.record([entry.what], by=entry.by, cause=entry.cause)
        steps += 1 + _carry(db, clock, connections)
    return steps + _pass_time(db, clock, connections, UNTIL), statements[0]


def _one_more(count: list[int]) -> None:
    count[0] += 1


def _told(n: int) -> list[t.Entry]:
    """An order's news, about a purchase of its own."""
    return [replace(entry, what=_own(entry.what, n)) for entry in _story(n)]


def _own(event: t.Event, n: int) -> t.Event:
    changes: dict[str, Any] = {"purchase_id": f"Huanyu/T{n}", "reference": f"T{n}"}
    mine = {field.name for field in fields(event)}
    return replace(event, **{name: value for name, value in changes.items() if name in mine})


def _pass_time(db: Database, clock: Clock, connections: FakeConnections, until: datetime) -> int:
    """Every look up to a moment, each at its own."""
    steps = 0
    while True:
        with db.read() as tx:
            due = timelines.due(tx, until, limit=1)
            query = "SELECT next_look FROM orders WHERE order_id = ?"
            coming = tx.exec_driver_sql(query, (due[0][1],)).scalar() if due else None
        if coming is None:
            clock.turn_to(until)
            return steps
        clock.turn_to(max(datetime.fromisoformat(f"{coming}+00:00"), clock.now()))
        with db.write() as tx:
            Casework(tx, SHOP, due[0][1], clock.now()).look()
        steps += 1 + _carry(db, clock, connections)


def _carry(db: Database, clock: Clock, connections: FakeConnections) -> int:
    """Carry out what goes by itself; each outcome is a step."""
    count = 0
    while True:
        with db.write() as tx:
            rows = outbox.claim(tx, clock.now(), limit=16)
        if not rows:
            return count
        for row in rows:
            carry_out(db, clock, connections, row)
            count += 1
