"""An order that grew older than 60 days while its case was open, with and without the scope."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from plugin import timeline as t
from plugin.customer import Customer
from plugin.settings import read
from plugin.store import outbox, shops, timelines, tokens
from plugin.window import REFRESH, WINDOW, shown_until, why_unseen
from scheduler import leaving, reconcile
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.casework.conftest import Desk
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, lose_answer, store_order
from tests.story import HUANYU, LAMP, order_seen, purchase

REFUND = f"refund:{LAMP}:1"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ALICE = Customer(name="Alice", email="alice@example.com", language="it", country="IT")


@pytest.fixture
def runtime(desk: Desk) -> Runtime:
    return Runtime(read(GOOD), desk.db, desk.clock, desk.connections)


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """No stock was reported; the refund waits for a word."""
    with desk.db.write() as tx:
        timelines.lock(tx, SHOP, ORDER_ID)
        timelines.keep_customer(tx, SHOP, ORDER_ID, ALICE)
    desk.tell(order_seen(), purchase())
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")
    desk.work()
    return desk


def grant(desk: Desk, scope: str) -> None:
    with desk.db.write() as tx:
        tokens.keep(tx, SHOP, MONDAY, access=b"x", refresh=None, scope=scope, expires_at=None,
                    refresh_expires_at=None)  # fmt: skip


def out_of_sight(desk: Desk) -> None:
    """61 days have passed, and the store answers as if there were no such order."""
    desk.clock.turn_to(MONDAY + 61 * DAY)
    desk.store.orders.clear()


# --- Before money ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["", "write_orders,read_products"])
def test_nothing_is_paid_without_reading_and_a_person_is_told_why(asked: Desk, scope: str) -> None:
    if scope:
        grant(asked, scope)
    out_of_sight(asked)
    asked.approve(REFUND)
    asked.work()
    row = asked.row(REFUND)
    assert (row.state, row.why) == ("needs_person", "out_of_window")
    assert asked.store.keys == {}, "nothing was even tried"


def test_with_the_scope_nothing_changes(asked: Desk) -> None:
    grant(asked, "read_all_orders,write_orders")
    asked.clock.turn_to(MONDAY + 61 * DAY)
    asked.approve(REFUND)
    asked.work()
    assert asked.row(REFUND).state == "done"


def test_with_the_scope_an_order_that_is_gone_is_gone(asked: Desk) -> None:
    grant(asked, "read_all_orders,write_orders")
    out_of_sight(asked)
    asked.approve(REFUND)
    asked.work()
    assert asked.row(REFUND).why == "order_not_found"


def test_a_young_order_that_is_not_found_is_not_blamed_on_its_age(asked: Desk) -> None:
    asked.store.orders.clear()
    asked.approve(REFUND)
    asked.work()
    assert asked.row(REFUND).why == "order_not_found"


def test_a_lost_answer_that_can_not_be_read_back_any_more_stays_unsure(asked: Desk) -> None:
    asked.clock.turn_to(MONDAY + 59 * DAY)
    asked.approve(REFUND)
    asked.store.after_refund.append(lose_answer)
    asked.work()
    paid = asked.store.paid_back()
    out_of_sight(asked)
    asked.work()
    row = asked.row(REFUND)
    assert (row.state, row.why) == ("needs_person", "out_of_window")
    assert paid == 2490
    assert len(asked.store.keys) == 1, "it was not paid again"


def test_allowed_to_read_all_it_is_tried_again_by_one_click(asked: Desk) -> None:
    out_of_sight(asked)
    asked.approve(REFUND)
    asked.work()
    grant(asked, "read_all_orders,write_orders")
    asked.store.orders[ORDER_ID] = store_order()
    with asked.db.write() as tx:
        assert outbox.again(tx, SHOP, ORDER_ID, REFUND, asked.clock.now())
    asked.work()
    assert asked.row(REFUND).state == "done"


def test_a_refund_made_by_hand_is_heard_of_by_its_webhook(asked: Desk) -> None:
    out_of_sight(asked)
    asked.tell(t.RefundSeen(901, asked.clock.now(), ((LAMP, 1),), 2490, "USD"))
    assert asked.order.gone_elsewhere(LAMP) == (1,)
    asked.work()
    assert asked.store.keys == {}


def test_what_the_case_needs_is_still_known(asked: Desk) -> None:
    out_of_sight(asked)
    assert asked.order.lines[LAMP].facts.paid_minor == 2490
    with asked.db.read() as tx:
        assert timelines.customer_of(tx, SHOP, ORDER_ID) == ALICE


def test_the_supplier_is_urged_by_a_person_with_the_words_at_hand(desk: Desk) -> None:
    desk.tell(order_seen(), purchase(ship_by=MONDAY + 63 * DAY))
    out_of_sight(desk)
    desk.turn(MONDAY + 66 * DAY)
    desk.work()
    urges = [row for row in rows(desk) if row.action == "urge_supplier"]
    assert [(row.state, row.why) for row in urges] == [("needs_person", "out_of_window")]
    assert urges[0].draft
    assert "T1" in str(urges[0].draft)


def rows(desk: Desk) -> list[outbox.Row]:
    with desk.db.read() as tx:
        return outbox.of_order(tx, SHOP, ORDER_ID)


# --- A last look ----------------------------------------------------------------------------------


def wanted(desk: Desk) -> list[tuple[str, int]]:
    with desk.db.read() as tx:
        return timelines.to_read(tx, limit=10)


def at_age(desk: Desk, age: timedelta) -> None:
    desk.clock.turn_to(MONDAY + age)


def test_an_open_order_is_read_once_more_before_it_is_shown_no_more(
    asked: Desk, runtime: Runtime
) -> None:
    at_age(asked, REFRESH - HOUR)
    assert leaving.refresh(runtime) == 0
    at_age(asked, REFRESH)
    assert leaving.refresh(runtime) == 1
    assert wanted(asked) == [(SHOP, ORDER_ID)]
    reconcile.read_wanted(runtime)
    for hours in range(6, 80, 6):
        at_age(asked, REFRESH + hours * HOUR)
        assert leaving.refresh(runtime) == 0, "once"


def test_one_that_could_not_be_read_is_asked_for_until_it_is(asked: Desk, runtime: Runtime) -> None:
    at_age(asked, REFRESH)
    leaving.refresh(runtime)
    at_age(asked, WINDOW - HOUR)
    assert wanted(asked) == [(SHOP, ORDER_ID)], "it stays in the line of those to be read"


def test_an_order_nobody_waits_for_is_left_alone(desk: Desk, runtime: Runtime) -> None:
    desk.tell(order_seen())
    with desk.db.write() as tx:
        timelines.set_head(tx, SHOP, ORDER_ID, next_look=None)
    at_age(desk, REFRESH + DAY)
    assert leaving.refresh(runtime) == 0


def uninstall(desk: Desk) -> None:
    with desk.db.write() as tx:
        shops.change(tx, SHOP, state=shops.UNINSTALLED)


@pytest.mark.parametrize(
    "unless",
    [
        pytest.param(lambda desk: grant(desk, "read_all_orders"), id="all may be read"),
        pytest.param(uninstall, id="the app was removed"),
        pytest.param(lambda desk: at_age(desk, WINDOW + HOUR), id="it is shown no more"),
    ],
)
def test_there_is_no_last_look(
    asked: Desk, runtime: Runtime, unless: Callable[[Desk], None]
) -> None:
    at_age(asked, REFRESH + HOUR)
    unless(asked)
    assert leaving.refresh(runtime) == 0


# --- The rule -------------------------------------------------------------------------------------


def test_the_window_ends_to_the_second() -> None:
    end = shown_until(MONDAY, "write_orders")
    assert end == MONDAY + WINDOW
    assert why_unseen(MONDAY, "", end - timedelta(seconds=1)) == "order_not_found"
    assert why_unseen(MONDAY, "", end) == "out_of_window"
    assert shown_until(MONDAY, "write_orders, read_all_orders") is None
    assert shown_until(MONDAY, "read_all_orders_of_another_kind") == end
    assert why_unseen(None, "", end) == "order_not_found"
