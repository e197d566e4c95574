"""Behind the queries, each of which names its shop, PostgreSQL holds the shops apart by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ProgrammingError

from plugin.effects import carry
from plugin.store import migrate, outbox, tables, walls
from plugin.store.database import Database
from plugin.store.inbox import Delivery
from scheduler import deliveries, doctor, sweeps
from scheduler.runtime import Runtime
from tests.conftest import MONDAY, ROLE, Prepared
from tests.isolation.asking import Asker, browser, leaks, rules
from tests.isolation.test_api import program
from tests.isolation.test_pages import hers, opened
from tests.isolation.town import SAME_ORDER, Town

WALLED = "walled"
OF_SHOPS = [table for table in tables.metadata.sorted_tables if "shop" in table.c]
NAMES_ITS_SHOP = re.compile(r"\b(?:\w+\.)?shop = %\((\w+)\)s::VARCHAR")
WHO_COMES = ("FROM shops", "FROM api_keys")
"""Asked before it is known whose page it is."""


@pytest.fixture(scope="module")
def walled(settled: Town, postgres: sa.Engine) -> Iterator[Town]:
    """The same two shops on PostgreSQL, under a role that is no superuser."""
    with postgres.connect() as admin:
        admin.execute(sa.text(f"CREATE DATABASE {WALLED} OWNER {ROLE}"))
    url = postgres.url.set(database=WALLED, username=ROLE)
    db = Database(url.render_as_string(hide_password=False))
    migrate.upgrade(db)
    with settled.db.read() as tx:
        rows = {
            table: [dict(row) for row in tx.execute(sa.select(table)).mappings()]
            for table in tables.metadata.sorted_tables
        }
    with db.write() as tx:
        for table, found in rows.items():
            if found:
                tx.execute(sa.insert(table), found)
                Prepared._go_on_counting(tx, table)
    yield replace(settled, runtime=replace(settled.runtime, db=db))
    db.close()
    with postgres.connect() as admin:
        admin.execute(sa.text(f"DROP DATABASE {WALLED} WITH (FORCE)"))


def whose(tx: Connection, table: sa.Table) -> set[str]:
    return set(tx.execute(sa.select(table.c.shop).distinct()).scalars())


@pytest.mark.parametrize("table", OF_SHOPS, ids=lambda table: table.name)
def test_who_works_for_one_shop_sees_no_row_of_another(walled: Town, table: sa.Table) -> None:
    with walled.db.read() as tx:
        assert {walled.alice.shop, walled.bob.shop} <= whose(tx, table)
    with walls.only(walled.alice.shop), walled.db.read() as tx:
        assert {shop.removeprefix("samples~") for shop in whose(tx, table)} == {walled.alice.shop}


@pytest.mark.parametrize("table", OF_SHOPS, ids=lambda table: table.name)
def test_nor_writes_or_removes_one(walled: Town, table: sa.Table) -> None:
    with walled.db.read() as tx:
        his = tx.execute(sa.select(table).where(table.c.shop == walled.bob.shop)).mappings().first()
    assert his is not None
    with walls.only(walled.alice.shop):
        with pytest.raises(ProgrammingError, match="row-level security"), walled.db.write() as tx:
            tx.execute(sa.insert(table), dict(his))
        with walled.db.write() as tx:
            assert tx.execute(sa.delete(table).where(table.c.shop == walled.bob.shop)).rowcount == 0


@contextmanager
def forgetful(db: Database) -> Iterator[None]:
    """No question names its shop any more."""

    def forget(_c: Any, _cursor: Any, sql: str, given: Any, *_: Any) -> tuple[str, Any]:
        if sql.startswith(("SELECT", "WITH")) and not any(name in sql for name in WHO_COMES):
            sql = NAMES_ITS_SHOP.sub(r"%(\1)s::VARCHAR IS NOT NULL", sql)
        return sql, given

    event.listen(db.engine, "before_cursor_execute", forget, retval=True)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", forget)


def seen(asker: Asker, town: Town, addresses: Iterator[str]) -> tuple[int, list[str]]:
    """How many pages were shown, and what of Bob's stood on them."""
    shown, found = 0, []
    for path in addresses:
        answer = asker.ask("GET", path)
        shown += answer.status == 200
        found += [f"{path}: {word}" for word in leaks(town.bob, answer.text)]
    return shown, found


def pages(asker: Asker, town: Town) -> Iterator[str]:
    for rule in opened(asker):
        for path, _ in hers(rule, town.alice):
            yield path


def calls(asker: Asker, town: Town) -> Iterator[str]:
    for rule in rules(asker.app, "GET", "api"):
        for path, _ in hers(rule, town.alice):
            yield path


def test_a_question_that_forgets_its_shop_shows_nothing_of_his(walled: Town) -> None:
    """Everything she can open, with the first wall taken away."""
    for asker, addresses in ((browser(walled), pages), (program(walled, walled.alice), calls)):
        with forgetful(walled.db):
            shown, found = seen(asker, walled, addresses(asker, walled))
        assert found == []
        assert shown > 25


def test_without_the_second_wall_it_would(walled: Town) -> None:
    asker = program(walled, walled.alice)
    with forgetful(walled.db), mock.patch.object(walls, "enter"):
        _, found = seen(asker, walled, calls(asker, walled))
    assert len(found) > 10


def test_a_job_for_one_shop_works_behind_it(walled: Town) -> None:
    runtime, alice = walled.runtime, walled.alice.shop
    with walled.db.read() as tx:
        row = outbox.of_order(tx, alice, SAME_ORDER)[0]
    met: list[set[str]] = []

    def look(*_: Any, **__: Any) -> None:
        with walled.db.write() as tx:
            met.append(whose(tx, tables.orders))

    with mock.patch.object(deliveries, "_handle", look):
        given = Delivery(1, alice, "shopify", "d", "orders/create", {}, b"{}", MONDAY, 0)
        deliveries.handle_delivery(runtime, given)
    with mock.patch.object(sweeps, "Casework", look):
        sweeps.look_at(runtime, alice, 1, MONDAY, sweeps.Swept())
    with mock.patch.object(carry, "_carry_out", look):
        carry.carry_out(runtime.db, runtime.clock, runtime.connections, row)
    assert met == [{alice}, {alice}, {alice}]
    with walled.db.read() as tx:
        assert len(whose(tx, tables.orders)) > 1, "and afterwards for everybody again"


def of_doctor(runtime: Runtime) -> doctor.Finding:
    return next(one for one in doctor.examine(runtime) if one.what.startswith("second wall"))


def test_the_doctor_sees_a_gap_and_an_upgrade_closes_it(walled: Town) -> None:
    assert of_doctor(walled.runtime).ok
    with walled.db.write() as tx:
        tx.execute(sa.text("ALTER TABLE cases NO FORCE ROW LEVEL SECURITY"))
    gap = of_doctor(walled.runtime)
    assert not gap.ok
    assert "cases" in gap.detail
    migrate.upgrade(walled.db)
    assert of_doctor(walled.runtime).ok


def test_the_doctor_says_when_the_role_is_not_held_by_it(walled: Town, postgres: sa.Engine) -> None:
    url = postgres.url.set(database=WALLED).render_as_string(hide_password=False)
    db = Database(url)
    found = of_doctor(replace(walled.runtime, db=db))
    db.close()
    assert not found.ok
    assert "superuser" in found.detail


def test_a_look_at_one_state_stands_behind_it_too(walled: Town) -> None:
    with walls.only(walled.alice.shop), walled.db.snapshot() as tx:
        assert whose(tx, tables.orders) == {walled.alice.shop}


def test_what_is_sent_piece_by_piece_is_made_behind_it(walled: Town) -> None:
    """And between two pieces the thread works for everybody again."""

    def made() -> Iterator[set[str]]:
        for _ in range(2):
            with walled.db.read() as tx:
                yield whose(tx, tables.orders)

    for seen_then in walls.within(walled.alice.shop, made()):
        assert seen_then == {walled.alice.shop}
        with walled.db.read() as tx:
            assert walled.bob.shop in whose(tx, tables.orders)
