"""A shop's last 60 days: read in pages, from where it was, once each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from clients.errors import Refused, Retriable
from clients.money import Money
from clients.shopify import records
from clients.shopify.addresses import PostalAddress
from clients.shopify.budget import YIELDING
from plugin.clock import Clock
from plugin.settings import read
from plugin.store import backfills, outbox, shops, tables, timelines
from plugin.store.database import Database
from scheduler import backfill, cli
from scheduler.reconcile import read_order
from scheduler.runtime import Runtime
from scheduler.sweeps import look_at_due
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
from tests.story import LAMP

DAY = timedelta(days=1)


@pytest.fixture
def runtime(db: Database, clock: Clock) -> Runtime:
    store = FakeStorefront(clock)
    store.page = 10
    for n in range(35):
        store.orders[2000 + n] = replace(
            store_order(),
            id=2000 + n,
            name=f"#{2000 + n}",
            created_at=MONDAY - n * DAY,
            updated_at=MONDAY - n * DAY,
        )
    made = FakeConnections(store, FakeSupplier(clock), FakePostbox())
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD", watching=True)
        backfill.begin(tx, SHOP, MONDAY)
    return Runtime(read(GOOD), db, clock, made)


@pytest.fixture
def store(runtime: Runtime) -> FakeStorefront:
    found = runtime.connections.storefront(SHOP)
    assert isinstance(found, FakeStorefront)
    return found


def turn(runtime: Runtime) -> int:
    """One turn of every shop; how many orders were read."""
    return sum(backfill.turn(runtime, one).read for one in backfill.running(runtime))


def state(runtime: Runtime) -> backfills.Backfill:
    with runtime.db.read() as tx:
        found = backfills.of_shop(tx, SHOP)
    assert found is not None
    return found


def test_every_order_is_read_once_and_the_newest_first(runtime: Runtime) -> None:
    assert [turn(runtime) for _ in range(3)] == [25, 10, 0]
    assert (state(runtime).state, state(runtime).done, state(runtime).total) == ("done", 35, 35)
    with runtime.db.read() as tx:
        assert len(timelines.of_shop(tx, SHOP)) == 35


def test_the_newest_come_first(runtime: Runtime, store: FakeStorefront) -> None:
    turn(runtime)
    with runtime.db.read() as tx:
        assert timelines.of_shop(tx, SHOP) == [2000 + n for n in range(25)]


def test_it_goes_on_where_a_process_died(runtime: Runtime, store: FakeStorefront) -> None:
    turn(runtime)
    store.calls.clear()
    assert backfill.keep_on(runtime) == 10
    assert store.calls.count("order") == 10
    assert store.calls.count("page") == 2, "the one it was on, and the last"


def test_a_store_that_does_not_answer_is_asked_again_from_the_same_place(
    runtime: Runtime,
) -> None:
    store = runtime.connections.storefront(SHOP)
    whole = store.orders_page

    def silent(moment: datetime, after: str = "") -> tuple[list[int], str]:
        raise Retriable("shopify", "no answer")

    store.orders_page = silent  # type: ignore[method-assign]  # a misfortune
    assert turn(runtime) == 0
    assert state(runtime).problem == "no answer"
    store.orders_page = whole  # type: ignore[method-assign]  # and its end
    assert turn(runtime) == 25
    assert state(runtime).problem == ""


def test_leaving_points_to_what_is_urgent_is_no_problem_and_loses_no_place(
    runtime: Runtime,
) -> None:
    store = runtime.connections.storefront(SHOP)
    whole, read_before = store.order, 0

    def three(order_id: int) -> records.Order | None:
        nonlocal read_before
        read_before += 1
        if read_before == 4:
            raise Retriable("shopify", "leaves room", code=YIELDING)
        return whole(order_id)

    store.order = three  # type: ignore[method-assign]  # the bucket is half empty for once
    assert [turn(runtime) for _ in range(2)] == [3, 25]
    assert (state(runtime).done, state(runtime).problem) == (28, "")


def all_of_it(runtime: Runtime) -> None:
    backfill.keep_on(runtime)
    assert state(runtime).state == "done"


def cases_of(runtime: Runtime) -> set[int]:
    with runtime.db.read() as tx:
        query = sa.select(tables.cases.c.order_id).where(tables.cases.c.shop == SHOP)
        return set(tx.execute(query).scalars())


def test_reading_the_past_switches_nothing_on(runtime: Runtime) -> None:
    all_of_it(runtime)
    with runtime.db.read() as tx:
        found = shops.find(tx, SHOP)
    assert found is not None
    assert found.watching


def test_history_opens_no_case_for_what_is_long_over(runtime: Runtime, clock: Clock) -> None:
    """Shipped, repaid and cancelled long ago: all settled. Never sent: that is a case."""
    fakes = runtime.connections.storefront(SHOP)
    assert isinstance(fakes, FakeStorefront)
    old = replace(store_order(), created_at=MONDAY - 50 * DAY, processed_at=MONDAY - 50 * DAY)
    sent = records.Fulfilment(1, "SUCCESS", MONDAY - 48 * DAY, ((LAMP, 1),))
    back = records.Refund(9, MONDAY - 40 * DAY, "", ((LAMP, 1),), Money(2490, "USD"))
    gone = replace(old.lines[0], current_quantity=0, refundable_quantity=0)
    fakes.orders = {
        1: replace(old, id=1, fulfilments=(sent,)),
        2: replace(old, id=2, refunds=(back,), total_refunded=back.total, lines=(gone,)),
        3: replace(old, id=3, cancelled_at=MONDAY - 45 * DAY),
        4: replace(old, id=4),
    }
    all_of_it(runtime)
    assert cases_of(runtime) == set(), "the news of an order is given time to settle"
    clock.turn_to(MONDAY + timedelta(hours=2))
    look_at_due(runtime)
    assert cases_of(runtime) == {4}
    with runtime.db.write() as tx:
        assert outbox.claim(tx, clock.now(), limit=100) == [], "and nothing of it goes out"


def test_an_order_that_cannot_be_read_holds_up_nobody(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = runtime.connections.storefront(SHOP)
    whole = store.order

    def one_is_odd(order_id: int) -> records.Order | None:
        if order_id == 2003:
            raise Refused("shopify", "it makes no sense")
        return whole(order_id)

    monkeypatch.setattr(store, "order", one_is_odd)
    all_of_it(runtime)
    assert state(runtime).done == 34
    with runtime.db.read() as tx:
        assert timelines.to_read(tx, limit=10) == [(SHOP, 2003)], "it is tried again by itself"


def test_a_large_page_is_read_in_parts(runtime: Runtime, store: FakeStorefront) -> None:
    store.page = 100
    assert [turn(runtime) for _ in range(3)] == [25, 10, 0]
    assert (state(runtime).state, state(runtime).done) == ("done", 35)


def test_two_processes_take_an_order_in_once(runtime: Runtime) -> None:
    before = state(runtime)
    backfill.turn(runtime, before)
    backfill.turn(runtime, before)
    assert state(runtime).done == 25, "the second found that the first had turned the page"


def test_every_shop_has_its_turn_and_a_new_one_comes_first(runtime: Runtime) -> None:
    turn(runtime)
    with runtime.db.write() as tx:
        shops.install(tx, "zoe.myshopify.com", MONDAY, currency="USD", watching=True)
    assert [one.shop for one in backfill.running(runtime)] == ["zoe.myshopify.com", SHOP]


def test_what_others_read_meanwhile_is_counted_in(runtime: Runtime) -> None:
    turn(runtime)
    read_order(runtime, SHOP, 2030)
    all_of_it(runtime)
    assert state(runtime).done == 35


def test_reading_again_reads_all_of_it_again(
    runtime: Runtime, store: FakeStorefront, clock: Clock
) -> None:
    all_of_it(runtime)
    clock.turn_to(MONDAY + timedelta(hours=1))
    with runtime.db.write() as tx:
        backfill.begin(tx, SHOP, clock.now())
    store.calls.clear()
    assert backfill.keep_on(runtime) == 35
    assert store.calls.count("order") == 35


def test_who_bought_is_kept_once_and_does_not_come_back(
    runtime: Runtime, store: FakeStorefront
) -> None:
    shown = replace(
        store.orders[2000],
        email="alice@example.com",
        locale="it-IT",
        country="IT",
        shipping_address=PostalAddress("Alice", "Rossi", "Via Roma 1", city="Torino", zip="10121"),
    )
    store.orders = {2000: shown, 2001: replace(store.orders[2001], email="two@a.example, b@b.it")}
    all_of_it(runtime)
    with runtime.db.read() as tx:
        alice, nobody = timelines.customer_of(tx, SHOP, 2000), timelines.customer_of(tx, SHOP, 2001)
    assert alice is not None
    assert (alice.name, alice.email, alice.language) == ("Alice Rossi", "alice@example.com", "it")
    assert dict(alice.address)["address1"] == "Via Roma 1"
    assert nobody is None or nobody.email == "", "never a guess"
    with runtime.db.write() as tx:
        tx.execute(sa.delete(tables.customers))
    read_order(runtime, SHOP, 2000)
    with runtime.db.read() as tx:
        assert timelines.customer_of(tx, SHOP, 2000) is None, "what was to be forgotten stays so"


def test_a_shop_that_comes_watching_is_read_without_being_asked(runtime: Runtime) -> None:
    with runtime.db.write() as tx:
        shops.install(tx, "new.myshopify.com", MONDAY, currency="USD", watching=True)
        shops.install(tx, "live.myshopify.com", MONDAY, currency="USD")
    turn(runtime)
    with runtime.db.read() as tx:
        assert backfills.of_shop(tx, "new.myshopify.com") is not None
        assert backfills.of_shop(tx, "live.myshopify.com") is None


def test_a_shop_that_left_is_read_no_more(runtime: Runtime) -> None:
    with runtime.db.write() as tx:
        shops.change(tx, SHOP, state=shops.UNINSTALLED)
    assert backfill.keep_on(runtime) == 0
    assert state(runtime).done == 0


# --- The command ----------------------------------------------------------------------------------


def command(runtime: Runtime, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setattr(cli, "_ready", lambda: runtime)
    return CliRunner().invoke(cli.main, ["backfill", "--shop", *words])


def test_the_command_reads_to_the_end(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "35 orders read since" in command(runtime, monkeypatch, SHOP).output
    assert state(runtime).state == "done"
    assert "35 orders read" in command(runtime, monkeypatch, SHOP).output
    assert command(runtime, monkeypatch, SHOP, "--again").exit_code == 0


def test_the_command_says_what_is_wrong(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(runtime, monkeypatch, "nobody.myshopify.com").exit_code == 2
    with runtime.db.write() as tx:
        shops.change(tx, SHOP, watching=False)
    refused = command(runtime, monkeypatch, SHOP)
    assert refused.exit_code == 2
    assert "watching only" in refused.output


def test_the_command_stops_where_the_store_does_not_answer(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> tuple[list[int], str]:
        raise Retriable("shopify", "no answer")

    monkeypatch.setattr(runtime.connections.storefront(SHOP), "orders_page", silent)
    stopped = command(runtime, monkeypatch, SHOP)
    assert stopped.exit_code == 1
    assert "no answer" in stopped.output
    monkeypatch.undo()
    assert command(runtime, monkeypatch, SHOP).exit_code == 0
