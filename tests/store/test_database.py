"""The tables, the migrations, the journal, the clock's column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from plugin.clock import Clock
from plugin.store import chain, database, migrate, shops, tables, ticks, timelines
from plugin.store.database import Database, journal_mode
from tests.conftest import MONDAY, PREPARED
from tests.fakes import SHOP


def test_the_migrations_lead_to_the_tables_of_the_code(db: Database) -> None:
    assert migrate.version(db) == migrate.newest()
    assert migrate.differences(db) == []


def test_migrating_twice_changes_nothing(db: Database) -> None:
    migrate.upgrade(db)
    assert migrate.differences(db) == []


def test_a_database_of_another_make_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="mysql"):
        Database("mysql://localhost/x")


@pytest.mark.parametrize(
    ("version", "mode"), [((3, 40, 1), "TRUNCATE"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL")]
)
def test_wal_only_where_it_loses_nothing(version: tuple[int, ...], mode: str) -> None:
    assert journal_mode(version) == mode


def test_every_commit_reaches_the_disk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_prepare", PREPARED)  # as it is outside of tests
    db = Database(sqlite_url)
    for opened in (db.write, db.read):
        with opened() as tx:
            assert tx.execute(sa.text("PRAGMA synchronous")).scalar_one() == 2
            assert str(tx.execute(sa.text("PRAGMA journal_mode")).scalar_one()).upper() == (
                journal_mode()
            )
    db.close()


def test_a_transaction_that_fails_leaves_nothing(db: Database) -> None:
    def fail() -> None:
        with db.write() as tx:
            timelines.lock(tx, SHOP, 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with db.read() as tx:
        assert tx.execute(sa.select(tables.orders)).all() == []


def test_times_come_back_aware_and_in_utc(db: Database) -> None:
    rome = timezone(timedelta(hours=1))
    with db.write() as tx:
        ticks.ticked(tx, "a", datetime(2026, 11, 2, 10, 0, tzinfo=rome))
        with pytest.raises(Exception, match="without a zone"):
            ticks.ticked(tx, "b", datetime(2026, 11, 2, 10, 0))  # noqa: DTZ001 - refused
    with db.read() as tx:
        assert ticks.last(tx, "a") == datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_due_orders_come_longest_overdue_first_and_no_others(db: Database) -> None:
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
        for order_id, hours in ((1, -1), (2, -5), (3, 1), (4, None)):
            timelines.lock(tx, SHOP, order_id)
            moment = None if hours is None else MONDAY + timedelta(hours=hours)
            timelines.set_head(tx, SHOP, order_id, next_look=moment)
    with db.read() as tx:
        assert timelines.due(tx, MONDAY, limit=10) == [(SHOP, 2), (SHOP, 1)]


def test_a_turn_is_taken_once_a_period(db: Database) -> None:
    minute = timedelta(minutes=1)
    with db.write() as tx:
        assert ticks.take_turn(tx, "job", MONDAY, minute)
        assert not ticks.take_turn(tx, "job", MONDAY + minute / 2, minute)
        assert ticks.take_turn(tx, "job", MONDAY + minute, minute)


def test_the_clock_reads_the_machine_until_it_is_turned(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    assert abs(clock.now() - Clock().now()) < timedelta(seconds=5)
    clock.turn_to(MONDAY)
    assert clock.now() == MONDAY
    clock.run_from(MONDAY)
    assert timedelta(0) <= clock.now() - MONDAY < timedelta(seconds=5)
    with pytest.raises(ValueError, match="only a clock with a file"):
        Clock().turn_to(MONDAY)


def test_rows_that_were_counted_are_known_to_whoever_reads_next(sqlite_url: str) -> None:
    db = Database(sqlite_url)
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
    with db.read() as tx:
        assert not sa.inspect(tx).has_table("sqlite_stat1")
    db.count_rows()
    with db.read() as tx:
        counted = tx.execute(sa.text("SELECT DISTINCT tbl FROM sqlite_stat1")).scalars().all()
    assert {"shops", "terms"} <= set(counted)
    db.close()


def test_counting_rows_is_possible_on_either_kind(db: Database) -> None:
    db.count_rows()
    db.count_rows()
    with db.read() as tx:
        assert shops.find(tx, SHOP) is None


def test_a_clock_that_ran_ahead_and_was_set_right_stops_no_job(db: Database) -> None:
    period = timedelta(minutes=15)
    with db.write() as tx:
        assert ticks.take_turn(tx, "job", MONDAY + timedelta(days=1), period)
        assert ticks.take_turn(tx, "job", MONDAY, period)
        assert not ticks.take_turn(tx, "job", MONDAY + timedelta(minutes=1), period)
        assert ticks.take_turn(tx, "job", MONDAY + period, period)


def test_a_process_that_froze_in_the_middle_does_not_hold_up_its_shop(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the lock under which a shop's writers queue, and says nothing any more."""
    if db.is_sqlite:
        return  # one process has it to itself
    monkeypatch.setattr(database, "SILENT_SECONDS", 0.2)
    address = db.url.render_as_string(hide_password=False)
    frozen, awake = Database(address), Database(address)

    def freezes() -> None:
        with frozen.write() as tx:
            chain.append(tx, SHOP, [])
            with awake.write() as other:
                other.execute(sa.text("SET LOCAL lock_timeout = '30s'"))  # or it waits for ever
                chain.append(other, SHOP, [])
            tx.execute(sa.text("SELECT 1"))

    with pytest.raises(DBAPIError) as told:
        freezes()
    assert database.is_passing(told.value), "it tries again"
    frozen.close()
    awake.close()
