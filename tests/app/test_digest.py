"""The letter in the morning: once a day, at nine in the shop's zone, only when something is up."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.settings import read
from plugin.store import shops, tables
from plugin.store.database import Database
from scheduler import digest
from scheduler.jobs import JOBS
from scheduler.runtime import Runtime
from scheduler.sweeps import empty_outbox
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, FakeConnections, FakePostbox, FakeStorefront, FakeSupplier
from tests.story import HUANYU, order_seen, purchase

ROME = ZoneInfo("Europe/Rome")
ALICE = "alice@example.com"
DAY = timedelta(days=1)


@pytest.fixture
def postbox() -> FakePostbox:
    return FakePostbox()


@pytest.fixture
def runtime(db: Database, clock: Clock, postbox: FakePostbox) -> Runtime:
    """Alice's shop in Rome, with one order that cannot be had."""
    made = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), postbox)
    with db.write() as tx:
        shops.install(
            tx, SHOP, MONDAY, currency="USD", zone="Europe/Rome", email=ALICE, language="en"
        )
        work = Casework(tx, SHOP, ORDER_ID, MONDAY)
        work.record([order_seen(), purchase()], by="store")
        work.record([t.OutOfStockReported(HUANYU)], by="supplier")
    return Runtime(read(GOOD), db, clock, made)


def at(clock: Clock, hour: int, minute: int = 0, days: int = 1) -> None:
    there = (MONDAY + days * DAY).astimezone(ROME)
    clock.turn_to(datetime(there.year, there.month, there.day, hour, minute, tzinfo=ROME))


def digests(runtime: Runtime) -> list[str]:
    with runtime.db.read() as tx:
        keys = tx.execute(tables.outbox.select().where(tables.outbox.c.order_id == 0))
        return [row.key for row in keys]


def change(runtime: Runtime, **values: object) -> None:
    with runtime.db.write() as tx:
        shops.change(tx, SHOP, **values)


def test_it_is_rung_for() -> None:
    assert digest.send_due in [job.run for job in JOBS]


def test_at_nine_the_merchant_is_told_what_needs_him(
    runtime: Runtime, clock: Clock, postbox: FakePostbox
) -> None:
    at(clock, 8, 59)
    assert digest.send_due(runtime) == 0
    at(clock, 9)
    assert digest.send_due(runtime) == 1
    empty_outbox(runtime)
    (mail,) = [mail for mail in postbox.to(ALICE) if "waiting for you" in mail.subject]
    assert mail.subject == "1 case waiting for you"
    assert "At risk if nothing is done: $24.90." in mail.text
    assert "https://desk.example.com/" in mail.text


def test_never_twice_the_same_day_and_again_the_next(runtime: Runtime, clock: Clock) -> None:
    for hour, minute in ((9, 0), (9, 5), (11, 59)):
        at(clock, hour, minute)
        digest.send_due(runtime)
    assert len(digests(runtime)) == 1
    at(clock, 9, days=2)
    digest.send_due(runtime)
    assert len(set(digests(runtime))) == 2


def test_who_begins_after_the_morning_is_written_to_the_next_day(
    runtime: Runtime, clock: Clock
) -> None:
    at(clock, 12)
    assert digest.send_due(runtime) == 0


@pytest.mark.parametrize(
    "values",
    [{"watching": True}, {"state": "paused"}, {"email": ""}, {"state": "uninstalled"}],
)
def test_nobody_is_written_to_who_should_not_be(
    runtime: Runtime, clock: Clock, values: dict[str, object]
) -> None:
    change(runtime, **values)
    at(clock, 9)
    assert digest.send_due(runtime) == 0
    assert digests(runtime) == []


def test_when_nothing_needs_him_it_is_quiet(runtime: Runtime, clock: Clock) -> None:
    with runtime.db.write() as tx:
        tx.execute(tables.cases.delete())
    at(clock, 9)
    assert digest.send_due(runtime) == 0


def test_without_a_mailbox_nothing_is_planned(
    runtime: Runtime, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime.connections, "postbox", lambda: None)
    at(clock, 9)
    assert digest.send_due(runtime) == 0


@pytest.mark.parametrize("tongue", ["en", "it", "zh"])
def test_it_is_written_in_the_shops_language(
    runtime: Runtime, clock: Clock, postbox: FakePostbox, tongue: str
) -> None:
    change(runtime, language=tongue)
    at(clock, 9)
    digest.send_due(runtime)
    empty_outbox(runtime)
    assert any(mail.language == tongue and "24" in mail.text for mail in postbox.to(ALICE))
