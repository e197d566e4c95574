"""Looking for ourselves: changes nobody told us of, old facts, purchases, the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clients.errors import Retriable
from clients.money import Money
from clients.shopify.budget import YIELDING
from clients.supplier.records import SupplierOrder
from plugin import business_days
from plugin import timeline as t
from plugin.casework import Casework
from plugin.circuit import PAUSED
from plugin.settings import read
from plugin.store import caselists, shops, timelines
from plugin.terms import Situation
from scheduler import calendar, purchases, reconcile
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.casework.conftest import Desk
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, store_order
from tests.story import HUANYU, LAMP, order_seen, purchase, shipped

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def runtime(desk: Desk) -> Runtime:
    return Runtime(read(GOOD), desk.db, desk.clock, desk.connections)


def test_a_webhook_that_never_came_is_healed_within_a_quarter_of_an_hour(
    desk: Desk,
    runtime: Runtime,
) -> None:
    assert reconcile.catch_up(runtime) == 1
    assert reconcile.read_wanted(runtime) == 1

    assert desk.order.seen is not None
    assert desk.order.seen.name == "#1001"


def test_only_what_changed_since_is_read_again(desk: Desk, runtime: Runtime) -> None:
    reconcile.catch_up(runtime)
    reconcile.read_wanted(runtime)
    desk.wait(HOUR)
    assert reconcile.catch_up(runtime) == 1, "the first hour still overlaps: its mark was MONDAY"
    reconcile.read_wanted(runtime)
    desk.wait(HOUR)

    assert reconcile.catch_up(runtime) == 0


def test_a_clock_that_ran_ahead_and_was_set_right_hides_no_change(
    desk: Desk,
    runtime: Runtime,
) -> None:
    desk.clock.turn_to(MONDAY + DAY)
    reconcile.catch_up(runtime)
    reconcile.read_wanted(runtime)
    desk.clock.turn_to(MONDAY + HOUR)
    desk.store.refund_by_hand()
    desk.wait(HOUR / 4)

    assert reconcile.catch_up(runtime) == 1
    reconcile.read_wanted(runtime)
    assert len(desk.order.gone_elsewhere(LAMP)) == 1


def test_the_mark_stays_where_it_was_when_the_store_cannot_be_asked(
    desk: Desk,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def throttled(_moment: datetime, _after: str) -> None:
        raise Retriable("shopify", "throttled", after=5.0)

    monkeypatch.setattr(desk.store, "changes_page", throttled)
    assert reconcile.catch_up(runtime) == 0
    with desk.db.read() as tx:
        found = shops.find(tx, SHOP)
    assert found is not None
    assert found.reconciled_to is None


@pytest.mark.parametrize("code", [YIELDING, PAUSED])
def test_a_shop_that_has_to_wait_holds_up_no_other_and_is_asked_once(
    desk: Desk, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    other, asked = "bob.myshopify.com", []
    monkeypatch.setattr(reconcile, "AT_ONCE", 2)
    with desk.db.write() as tx:
        shops.install(tx, other, MONDAY, currency="USD")
        for shop, order_id in ((SHOP, 1), (SHOP, 2), (SHOP, 3), (other, 4), (other, 5)):
            timelines.lock(tx, shop, order_id)
            timelines.set_head(tx, shop, order_id, read_wanted=True)

    def order(_runtime: Runtime, shop: str, order_id: int) -> None:
        asked.append(order_id)
        if shop == SHOP:
            raise Retriable("shopify", "waits", code=code)
        with desk.db.write() as tx:
            timelines.set_head(tx, shop, order_id, read_wanted=False)

    monkeypatch.setattr(reconcile, "read_order", order)
    assert reconcile.read_wanted(runtime) == 2
    assert asked == [1, 4, 5]


def test_a_refund_made_by_hand_lowers_what_may_still_be_paid(
    desk: Desk,
    runtime: Runtime,
) -> None:
    desk.store.orders[ORDER_ID] = store_order(quantity=2)
    reconcile.catch_up(runtime)
    reconcile.read_wanted(runtime)
    desk.wait(HOUR)
    desk.store.refund_by_hand()
    desk.wait(HOUR)
    reconcile.catch_up(runtime)
    reconcile.read_wanted(runtime)

    assert len(desk.order.gone_elsewhere(LAMP)) == 1


def test_every_open_case_is_read_again_each_night(desk: Desk, runtime: Runtime) -> None:
    desk.tell(order_seen(), purchase(), t.OutOfStockReported(HUANYU))

    assert reconcile.read_open_cases(runtime) == 1
    assert reconcile.read_wanted(runtime) == 1


def test_open_cases_are_gone_through_some_at_a_time_and_none_is_left_out(
    desk: Desk, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "OPEN_AT_ONCE", 2)
    with runtime.db.write() as tx:
        for order_id in range(ORDER_ID, ORDER_ID + 5):
            work = Casework(tx, SHOP, order_id, desk.clock.now())
            own = purchase(purchase_id=f"Huanyu/{order_id}")
            work.record([order_seen(name=f"#{order_id}"), own], by="store")
            work.record([t.OutOfStockReported(own.purchase_id)], by="supplier")
            timelines.set_head(tx, SHOP, order_id, read_wanted=False)

    assert reconcile.read_open_cases(runtime) == 5
    with runtime.db.read() as tx:
        assert len(timelines.to_read(tx, limit=50)) == 5


def test_a_supplier_with_an_api_is_asked_where_the_purchase_stands(
    desk: Desk,
    runtime: Runtime,
) -> None:
    desk.tell(order_seen(), purchase(connection="1688"))
    desk.api.purchases["T1"] = SupplierOrder(
        "T1", "waitbuyerreceive", MONDAY + HOUR, False, Money(8800, "CNY")
    )
    desk.wait(2 * HOUR)

    assert purchases.follow_purchases(runtime) == 1
    assert desk.order.purchases[HUANYU].shipped_at == MONDAY + HOUR
    assert purchases.follow_purchases(runtime) == 0, "not again for six hours"
    desk.wait(6 * HOUR)
    assert purchases.follow_purchases(runtime) == 1


def test_a_purchase_served_by_hand_is_nobodys_to_ask(desk: Desk, runtime: Runtime) -> None:
    desk.tell(order_seen(), purchase())
    desk.wait(DAY)

    assert purchases.follow_purchases(runtime) == 0


# --- The calendar ---------------------------------------------------------------------------------


def claim_before_spring(desk: Desk) -> str:
    """A claim handed in on 2026-12-21: its 30 business days run into 2027."""
    desk.clock.turn_to(datetime(2026, 12, 21, 4, tzinfo=UTC))
    now = desk.clock.now()
    desk.tell(
        order_seen(),
        purchase(),
        t.PurchaseShipped(HUANYU, now),
        shipped(now),
        t.ProblemReported("r-1", Situation.DAMAGED, HUANYU, ((LAMP, 1),)),
    )
    (case_id,) = desk.order.cases
    desk.tell(t.EvidenceAdded(case_id, "a" * 64, "picture"))
    desk.turn(now + HOUR)
    desk.tell(t.ActionDone(f"verify:{case_id}"))
    return case_id


def row(desk: Desk, case_id: str) -> dict[str, object]:
    with desk.db.read() as tx:
        found = caselists.one(tx, SHOP, case_id)
    assert found is not None
    return found


def test_a_date_in_a_year_not_announced_is_marked_and_moves_when_it_is(
    desk: Desk,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case_id = claim_before_spring(desk)
    calendar.recount(runtime)
    desk.turn(datetime(2027, 1, 10, tzinfo=UTC))  # past the earliest, before it is overdue
    before = row(desk, case_id)
    assert before["deadline_name"] == "verification_overdue"
    assert before["provisional"] is True

    announced = replace(
        business_days.china(),
        overrides={
            **business_days.china().overrides,
            datetime(2027, 1, 23, tzinfo=UTC).date(): True,
        },
        confirmed_through=2027,
        version="2027-announced",
    )
    monkeypatch.setattr(business_days, "china", lambda: announced)
    assert calendar.recount(runtime) == 1

    after = row(desk, case_id)
    assert after["provisional"] is False
    assert after["deadline"] < before["deadline"], "a Saturday became a working day"  # type: ignore[operator]  # both set
    (moved,) = desk.events(t.DeadlineMoved)
    assert (moved.before, moved.after) == (before["deadline"], after["deadline"])
    assert moved.calendar == "2027-announced"
    assert calendar.recount(runtime) == 0, "once for each announcement"
    with desk.db.read() as tx:
        assert timelines.read(tx, SHOP, ORDER_ID)
