"""Asking a store for its changes when there are very many: bounded, resumable, fair."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from clients.errors import Retriable
from clients.shopify.budget import YIELDING
from clients.shopify.records import Changed
from plugin.ports import Storefront
from plugin.settings import read
from plugin.store import shops, timelines
from scheduler import reconcile
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.casework.conftest import Desk
from tests.conftest import MONDAY
from tests.fakes import SHOP, FakeStorefront, store_order

BOB = "bob.myshopify.com"


@pytest.fixture
def runtime(desk: Desk) -> Runtime:
    return Runtime(read(GOOD), desk.db, desk.clock, desk.connections)


@pytest.fixture
def flood(desk: Desk, runtime: Runtime) -> FakeStorefront:
    """Alice's store has changed 45 orders in the last hours, a page has ten; Bob's shares it."""
    desk.store.page = 10
    for n in range(45):
        changed = MONDAY - timedelta(hours=20) + n * timedelta(minutes=10)
        desk.store.orders[3000 + n] = replace(store_order(), id=3000 + n, updated_at=changed)
    with desk.db.write() as tx:
        shops.install(tx, BOB, MONDAY, currency="USD")
    return desk.store


def wanted(runtime: Runtime, shop: str) -> set[int]:
    with runtime.db.read() as tx:
        found = timelines.to_read(tx, limit=10_000)
    return {order_id for of, order_id in found if of == shop}


def mark(runtime: Runtime, shop: str) -> datetime | None:
    with runtime.db.read() as tx:
        found = shops.find(tx, shop)
    assert found is not None
    return found.reconciled_to


def test_a_flood_of_changes_is_asked_for_page_by_page_and_shop_by_shop(
    runtime: Runtime, flood: FakeStorefront, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []
    whole = runtime.connections.storefront

    def noted(shop: str) -> Storefront:
        turns.append(shop)
        return whole(shop)

    monkeypatch.setattr(runtime.connections, "storefront", noted)
    assert reconcile.catch_up(runtime) == 2 * len(flood.orders)
    assert turns[:6] == [SHOP, BOB, SHOP, BOB, SHOP, BOB]
    assert set(flood.orders) == wanted(runtime, SHOP) == wanted(runtime, BOB)
    assert mark(runtime, SHOP) == MONDAY


def test_a_flood_that_breaks_off_goes_on_at_its_last_page(
    runtime: Runtime, flood: FakeStorefront, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = flood.changes_page
    pages: list[datetime] = []

    def two_pages(moment: datetime, after: str = "") -> Changed:
        if len(pages) == 2:
            raise Retriable("shopify", "leaves room", code=YIELDING)
        pages.append(moment)
        return whole(moment, after)

    with runtime.db.write() as tx:
        shops.change(tx, BOB, state=shops.UNINSTALLED)
    monkeypatch.setattr(flood, "changes_page", two_pages)
    assert reconcile.catch_up(runtime) == 20
    reached = mark(runtime, SHOP)
    assert reached == flood.orders[3019].updated_at
    monkeypatch.setattr(flood, "changes_page", whole)
    assert reconcile.catch_up(runtime) < len(flood.orders) - 15
    assert wanted(runtime, SHOP) == set(flood.orders), "none was left out"
    assert mark(runtime, SHOP) == MONDAY


def test_a_shop_with_very_many_orders_to_read_takes_no_other_s_turn(
    runtime: Runtime, flood: FakeStorefront
) -> None:
    with runtime.db.write() as tx:
        for order_id in range(500):
            timelines.lock(tx, SHOP, order_id)
            timelines.set_head(tx, SHOP, order_id, read_wanted=True)
        timelines.lock(tx, BOB, 7)
        timelines.set_head(tx, BOB, 7, read_wanted=True)
    with runtime.db.read() as tx:
        assert (BOB, 7) in timelines.to_read(tx, limit=50)
