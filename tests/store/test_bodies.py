"""Bodies of deliveries: in less room after a day, gone after weeks, and forgotten when asked."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from plugin.clock import Clock
from plugin.settings import read
from plugin.store import bodies, inbox, tables
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from scheduler import bodies as job
from scheduler.runtime import Runtime, start
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.webhooks.bodies import order, raw

ALICE, BOB = "alice.myshopify.com", "bob.myshopify.com"
BODY = raw(order(email="anna@example.com"))
DAY = timedelta(days=1)


@pytest.fixture
def runtime(db: Database, clock: Clock) -> Runtime:
    settings = read({**GOOD, "POSTVENDITA_BODY_DAYS": "10"})
    return dataclasses.replace(start(settings, clock), db=db)


def keep(db: Database, number: int, *, shop: str = ALICE, state: str = inbox.HANDLED) -> None:
    Inbox(db).keep(
        source="shopify", shop=shop, delivery_id=f"d{number}", topic="orders/create", headers={},
        body=BODY, received_at=MONDAY, state=state,
    )  # fmt: skip


def kept(db: Database) -> dict[str, tuple[int, bytes]]:
    columns = (tables.inbox.c.delivery_id, tables.inbox.c.form, tables.inbox.c.body)
    with db.read() as tx:
        return {row.delivery_id: (row.form, row.body) for row in tx.execute(sa.select(*columns))}


def test_a_day_after_it_was_handled_a_body_is_packed_and_reads_the_same(
    runtime: Runtime, clock: Clock
) -> None:
    for number in range(2 * job.AT_ONCE + 1):
        keep(runtime.db, number, shop=BOB if number % 2 else ALICE)
    assert job.put_away(runtime) == 0
    clock.turn_to(MONDAY + DAY + timedelta(seconds=1))
    assert job.put_away(runtime) == 2 * job.AT_ONCE + 1
    for form, body in kept(runtime.db).values():
        assert form == tables.PACKED
        assert len(body) < len(BODY) / 2
        assert bodies.plain(body, form) == BODY
    assert job.put_away(runtime) == 0


def test_after_as_many_days_as_are_set_it_is_emptied(runtime: Runtime, clock: Clock) -> None:
    keep(runtime.db, 1)
    keep(runtime.db, 2, state=inbox.IGNORED)
    clock.turn_to(MONDAY + 10 * DAY)
    assert job.put_away(runtime) == 2  # packed; it is not yet older than ten days
    clock.turn_to(MONDAY + 10 * DAY + timedelta(seconds=1))
    assert job.put_away(runtime) == 2
    assert kept(runtime.db) == {"d1": (tables.GONE, b""), "d2": (tables.GONE, b"")}
    assert job.put_away(runtime) == 0


@pytest.mark.parametrize("state", [inbox.RECEIVED, inbox.PARKED])
def test_what_somebody_still_has_to_read_stays_as_it_came(
    runtime: Runtime, clock: Clock, state: str
) -> None:
    keep(runtime.db, 1, state=state)
    clock.turn_to(MONDAY + 100 * DAY)
    assert job.put_away(runtime) == 0
    assert kept(runtime.db) == {"d1": (tables.PLAIN, BODY)}


def test_whoever_asks_to_be_forgotten_is_found_in_packed_bodies_too(
    runtime: Runtime, clock: Clock
) -> None:
    keep(runtime.db, 1)
    clock.turn_to(MONDAY + 2 * DAY)
    job.put_away(runtime)
    with runtime.db.write() as tx:
        assert inbox.forget_mentions(tx, ALICE, ["nobody@example.com"]) == 0
        assert inbox.forget_mentions(tx, ALICE, ["anna@example.com"]) == 1
    form, body = kept(runtime.db)["d1"]
    assert bodies.plain(body, form) == b""
    clock.turn_to(MONDAY + 20 * DAY)
    job.put_away(runtime)
    assert kept(runtime.db)["d1"] == (tables.GONE, b"")


def test_what_was_forgotten_while_it_was_packed_stays_forgotten(db: Database) -> None:
    keep(db, 1)
    with db.read() as tx:
        ((number, body),) = bodies.to_pack(tx, ALICE, MONDAY + DAY, limit=9)
    with db.write() as tx:
        assert inbox.forget_mentions(tx, ALICE, ["anna@example.com"]) == 1
        assert bodies.keep_packed(tx, ALICE, [(number, body, bodies.packed(body))]) == 0
    assert kept(db)["d1"][1] == b""


def test_the_sweep_looks_at_an_index_and_not_at_every_delivery(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    seen: list[Any] = []
    with db.read() as tx:
        for form in (tables.PLAIN, tables.PACKED):
            query = bodies._old(ALICE, form, MONDAY, 50)
            text = query.compile(db.engine, compile_kwargs={"render_postcompile": True})
            values = tuple(text.params[name] for name in text.positiontup or ())
            plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
            seen += [row.detail for row in plan]
    db.close()
    index = "ix_inbox_bodies (shop=? AND form=? AND handled_at>? AND handled_at<?)"
    assert seen == [f"SEARCH inbox USING INDEX {index}"] * 2
