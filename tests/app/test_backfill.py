"""A shop's last 60 days: read in pages, from where it was, once each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from clients.errors import Retriable
from plugin.clock import Clock
from plugin.settings import read
from plugin.store import backfills, shops, timelines
from plugin.store.database import Database
from scheduler import backfill
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import (
    SHOP,
    FakeConnections,
    FakePostbox,
    FakeStorefront,
    FakeSupplier,
    store_order,
)

DAY = timedelta(days=1)


@pytest.fixture
def runtime(db: Database, clock: Clock) -> Runtime:
    store = FakeStorefront(clock)
    store.page = 10
    for n in range(35):
        store.orders[2000 + n] = replace(
            store_order(), id=2000 + n, name=f"#{2000 + n}", updated_at=MONDAY - n * DAY
        )
    made = FakeConnections(store, FakeSupplier(clock), FakePostbox())
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD", watching=True)
        backfill.begin(tx, SHOP, MONDAY)
    return Runtime(read(GOOD), db, clock, made)


def state(runtime: Runtime) -> backfills.Backfill:
    with runtime.db.read() as tx:
        found = backfills.of_shop(tx, SHOP)
    assert found is not None
    return found


def test_every_order_is_read_once_page_by_page(runtime: Runtime) -> None:
    assert [backfill.go_on(runtime) for _ in range(5)] == [10, 10, 10, 5, 0]
    assert (state(runtime).state, state(runtime).done) == ("done", 35)
    with runtime.db.read() as tx:
        assert len(timelines.of_shop(tx, SHOP)) == 35


def test_it_goes_on_where_a_process_died(runtime: Runtime) -> None:
    backfill.go_on(runtime)
    store = runtime.connections.storefront(SHOP)
    asked: list[str] = []
    whole = store.orders_page

    def noted(moment: datetime, after: str = "") -> tuple[list[int], str]:
        asked.append(after)
        return whole(moment, after)

    store.orders_page = noted  # type: ignore[method-assign]  # to see from where it goes on
    while state(runtime).state == "running":
        backfill.go_on(runtime)
    assert asked == ["10", "20", "30"]


def test_a_store_that_does_not_answer_is_asked_again_from_the_same_place(
    runtime: Runtime,
) -> None:
    store = runtime.connections.storefront(SHOP)
    whole = store.orders_page

    def silent(moment: datetime, after: str = "") -> tuple[list[int], str]:
        raise Retriable("shopify", "no answer")

    store.orders_page = silent  # type: ignore[method-assign]  # a misfortune
    assert backfill.go_on(runtime) == 0
    assert state(runtime).problem == "no answer"
    store.orders_page = whole  # type: ignore[method-assign]  # and its end
    assert backfill.go_on(runtime) == 10
    assert state(runtime).problem == ""


def test_history_opens_no_case_for_what_is_long_over(runtime: Runtime) -> None:
    while state(runtime).state == "running":
        backfill.go_on(runtime)
    with runtime.db.read() as tx:
        found = shops.find(tx, SHOP)
    assert found is not None
    assert found.watching, "reading the past switches nothing on"
