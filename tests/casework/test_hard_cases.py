"""Cases where two truths meet: part of a purchase, a lost dispute, a pause, a fact told late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clients.errors import NeedsAuthorisation, Refused
from clients.shopify.records import Fulfilment
from plugin import merchant
from plugin import timeline as t
from plugin.actions import RefundCustomer
from plugin.settings import read
from plugin.store import shops, tables, timelines
from plugin.terms import Autonomy, Cap, NoStockOrder, Terms
from scheduler import reconcile
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.casework.conftest import Desk
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, store_order
from tests.story import CUP, HUANYU, LAMP, SHIP_BY, line, order_seen, purchase

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REFUND, PROPOSAL, URGE = f"refund:{LAMP}:1", f"resource:{LAMP}:1", f"urge:{HUANYU}"
AUTO = Terms(
    autonomy={f"{s}.refund": Autonomy.AUTO for s in ("no_stock", "late_shipment")},
    cap=Cap(100_000, 100_000, "USD"),
)
NONE_LEFT = t.OutOfStockReported(HUANYU)


def refund_keys(desk: Desk) -> set[str]:
    planned = desk.order.planned.values()
    return {p.key for p in planned if isinstance(p.action, RefundCustomer) and p.counts}


@pytest.fixture
def two_lines(desk: Desk) -> Desk:
    """One purchase serves two lines; only the first is reported as not to be had."""
    desk.tell(order_seen(line(), line(CUP, paid_minor=900)))
    desk.tell(purchase(lines=((LAMP, 1), (CUP, 1))))
    desk.tell(t.OutOfStockReported(HUANYU, (LAMP,)), by="supplier")
    return desk


# --- Part of a purchase ---------------------------------------------------------------------------


def test_the_other_lines_of_a_purchase_in_trouble_are_still_watched(two_lines: Desk) -> None:
    two_lines.turn(SHIP_BY + 2 * DAY)
    assert URGE in two_lines.order.planned
    two_lines.turn(SHIP_BY + 4 * DAY)
    assert refund_keys(two_lines) == {REFUND, f"refund:{CUP}:1"}


def test_a_report_on_the_whole_purchase_after_one_on_a_part_sees_to_the_rest(
    two_lines: Desk,
) -> None:
    two_lines.tell(NONE_LEFT, by="supplier")
    assert refund_keys(two_lines) == {REFUND, f"refund:{CUP}:1"}


@pytest.mark.parametrize("how", ["shipped", "repaid"])
def test_one_unit_that_falls_away_does_not_take_the_others_with_it(desk: Desk, how: str) -> None:
    desk.store.orders[ORDER_ID] = store_order(quantity=2)
    desk.tell(order_seen(line(quantity=2, paid_minor=4980)), purchase(lines=((LAMP, 2),)))
    desk.tell(NONE_LEFT, by="supplier")
    desk.approve(f"refund:{LAMP}:1-2")
    if how == "shipped":
        sent = Fulfilment(5, "SUCCESS", MONDAY, ((LAMP, 1),))
        order = desk.store.orders[ORDER_ID]
        desk.store.orders[ORDER_ID] = replace(order, fulfilments=(sent,))
    else:
        desk.store.refund_by_hand()
    desk.work()
    assert len(refund_keys(desk)) == 1
    (key,) = refund_keys(desk)
    desk.approve(key)
    desk.work()
    assert desk.booked() == 2490


# --- Money that went back another way -------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "why"),
    [("lost", "charged_back"), ("accepted", "charged_back"), ("under_review", "in_dispute")],
)
def test_a_dispute_that_is_open_or_lost_stops_money_from_going_by_itself(
    desk: Desk, status: str, why: str
) -> None:
    desk.publish(AUTO)
    desk.tell(order_seen(), purchase(), t.DisputeSeen(3, "chargeback", status), NONE_LEFT)
    desk.work()
    assert desk.row(REFUND).why == why
    assert desk.store.paid_back() == 0


def test_a_dispute_that_was_won_stops_nothing(desk: Desk) -> None:
    desk.publish(AUTO)
    desk.tell(order_seen(), purchase(), t.DisputeSeen(3, "chargeback", "won"), NONE_LEFT)
    desk.work()
    assert desk.store.paid_back() == 2490


def test_a_refund_that_names_no_line_stops_money_from_going_by_itself(desk: Desk) -> None:
    desk.publish(AUTO)
    desk.tell(order_seen(line(quantity=3, paid_minor=7470)), purchase(lines=((LAMP, 1),)))
    desk.tell(t.RefundSeen(900, MONDAY, (), 2490, "USD"), NONE_LEFT)
    desk.work()
    assert desk.row(REFUND).why == "repaid_elsewhere"


def test_a_cancelled_order_is_not_repaid_by_itself(desk: Desk) -> None:
    desk.publish(AUTO)
    desk.tell(order_seen(), purchase(), NONE_LEFT)
    cancelled = order_seen(version=MONDAY + HOUR, cancelled_at=MONDAY + HOUR)
    desk.tell(cancelled)
    desk.work()
    assert desk.store.paid_back() == 0


def test_an_unpaid_order_is_not_repaid(desk: Desk) -> None:
    desk.tell(order_seen(paid_at=None), purchase(), NONE_LEFT)
    assert refund_keys(desk) == set()


def test_our_own_refund_told_without_its_sum_is_not_booked_as_nothing(desk: Desk) -> None:
    desk.tell(order_seen(), purchase(), NONE_LEFT)
    desk.approve(REFUND)
    mark = desk.row(REFUND).mark

    def overtake() -> None:
        desk.tell(t.RefundSeen(900, MONDAY, ((LAMP, 1),), 0, "USD", mark))

    desk.store.after_refund.append(overtake)
    desk.work()
    assert desk.booked() == 2490


# --- Goods and money ------------------------------------------------------------------------------


def test_goods_bought_again_for_the_same_units_are_a_replacement_whether_said_or_not(
    desk: Desk,
) -> None:
    desk.tell(order_seen(), purchase(), NONE_LEFT)
    desk.tell(purchase(purchase_id="Anhe/9", supplier="Anhe", reference="9"), by="import")
    with pytest.raises(merchant.BothNeedsAReason):
        desk.approve(REFUND)


def test_a_replacement_is_watched_like_any_goods(desk: Desk) -> None:
    desk.tell(order_seen(), purchase(), NONE_LEFT)
    with desk.db.write() as tx:
        merchant.decline(tx, desk.click(), REFUND)
    desk.approve(PROPOSAL, choice="replace")
    desk.work()
    with desk.db.write() as tx:
        merchant.sent_by_hand(tx, desk.click(), PROPOSAL)
    again = purchase(purchase_id="Anhe/9", supplier="Anhe", reference="9", replacement=True)
    desk.tell(again, t.OutOfStockReported("Anhe/9"), by="supplier")
    assert refund_keys(desk) == {f"{REFUND}#2"}
    desk.approve(f"{REFUND}#2")
    desk.work()
    assert desk.store.paid_back() == desk.booked() == 2490


def test_goods_first_without_an_alternative_asks_the_merchant_to_name_one(desk: Desk) -> None:
    desk.publish(Terms(no_stock_order=NoStockOrder.RESOURCE_FIRST))
    desk.tell(order_seen(), purchase(), NONE_LEFT)
    assert {REFUND, PROPOSAL} <= set(desk.order.planned)


# --- Reports in any order -------------------------------------------------------------------------


def test_no_stock_is_heard_after_the_cancellation_of_its_purchase_too(desk: Desk) -> None:
    desk.tell(order_seen(), purchase(), t.PurchaseCancelled(HUANYU, MONDAY))
    desk.tell(NONE_LEFT, by="supplier")
    assert refund_keys(desk) == {REFUND}


def test_a_click_on_a_line_is_about_the_line_whoever_was_to_serve_it(desk: Desk) -> None:
    desk.tell(order_seen(), purchase())
    desk.tell(t.OutOfStockReported("", (LAMP,)), by="Alice")
    assert refund_keys(desk) == {REFUND}


def test_the_same_report_after_the_case_was_closed_opens_a_new_one(desk: Desk) -> None:
    desk.tell(order_seen(), purchase(cost_minor=0), NONE_LEFT)
    for key in (REFUND, PROPOSAL, f"recover:{HUANYU}"):
        with desk.db.write() as tx:
            if desk.order.planned[key].state == "waiting":
                merchant.decline(tx, desk.click(), key)
    desk.work()
    with desk.db.write() as tx:
        merchant.decline(tx, desk.click(), f"recover:{HUANYU}")
    assert all(case.closed for case in desk.order.cases.values())
    desk.wait(3 * DAY)
    desk.tell(NONE_LEFT, by="supplier")
    assert refund_keys(desk) == {f"{REFUND}#2"}


# --- Handed over ----------------------------------------------------------------------------------


@pytest.fixture
def handed_over(desk: Desk) -> Desk:
    def no() -> None:
        raise Refused("shopify", "no")

    desk.tell(order_seen(), purchase(), NONE_LEFT)
    desk.store.before_refund.append(no)
    desk.approve(REFUND)
    desk.work()
    assert desk.row(REFUND).state == "needs_person"
    return desk


def test_a_refund_the_store_said_no_to_can_be_declined(handed_over: Desk) -> None:
    with handed_over.db.write() as tx:
        merchant.decline(tx, handed_over.click(), REFUND)
    assert handed_over.row(REFUND).state == "refused"


def test_a_refund_the_store_said_no_to_and_made_by_hand_is_noticed(handed_over: Desk) -> None:
    made = handed_over.store.refund_by_hand()
    handed_over.tell(t.RefundSeen(made.id, made.created_at, made.lines, 2490, "USD"))
    assert handed_over.row(REFUND).state == "refused"


# --- Facts told twice, late or again --------------------------------------------------------------


def test_paid_in_the_second_it_was_placed_is_paid(desk: Desk) -> None:
    desk.tell(order_seen(paid_at=None))
    desk.tell(order_seen())
    assert desk.order.paid_at == MONDAY


def test_a_date_that_goes_back_to_what_it_was_goes_back(desk: Desk) -> None:
    later = SHIP_BY + 9 * DAY
    desk.tell(order_seen(), purchase(), purchase(ship_by=later), purchase())
    assert desk.order.purchases[HUANYU].ship_by == SHIP_BY


def test_a_purchase_told_again_without_its_date_keeps_it(desk: Desk) -> None:
    desk.tell(order_seen(), purchase(), purchase(ship_by=None))
    assert desk.order.purchases[HUANYU].ship_by == SHIP_BY


def test_asking_again_does_not_restart_the_silence(desk: Desk) -> None:
    desk.tell(order_seen(), purchase(), t.SupplierAsked(HUANYU))
    desk.turn(MONDAY + 47 * HOUR)
    desk.tell(t.SupplierAsked(HUANYU), by="Alice")
    desk.turn(MONDAY + 48 * HOUR)
    assert refund_keys(desk) == {REFUND}


# --- Pause, cap, other shops ----------------------------------------------------------------------


def test_a_pause_stops_what_was_claimed_but_not_sent(desk: Desk) -> None:
    desk.tell(order_seen(), purchase(), NONE_LEFT)
    desk.approve(REFUND)
    claimed = desk.claim()
    with desk.db.write() as tx:
        merchant.pause(tx, SHOP)
    for row in claimed:
        desk.carry(row)
    assert desk.store.paid_back() == 0
    with desk.db.write() as tx:
        merchant.resume(tx, SHOP)
    desk.wait(HOUR)
    desk.work()
    assert desk.store.paid_back() == 2490


def test_a_pause_across_both_clocks_does_not_urge_and_ask_back_at_once(desk: Desk) -> None:
    desk.tell(order_seen(), purchase(connection="1688"))
    with desk.db.write() as tx:
        merchant.pause(tx, SHOP)
    desk.turn(SHIP_BY + 2 * DAY)
    desk.turn(SHIP_BY + 4 * DAY)
    assert desk.row(URGE).state == "refused"


def test_the_cap_of_a_day_counts_what_goes_out_that_day(desk: Desk) -> None:
    desk.publish(replace(AUTO, cap=Cap(100_000, 3000, "USD")))
    with desk.db.write() as tx:
        merchant.pause(tx, SHOP)
    desk.store.orders[ORDER_ID] = store_order(quantity=2)
    desk.tell(order_seen(line(quantity=2, paid_minor=4980)))
    desk.tell(purchase(lines=((LAMP, 1),)), purchase(purchase_id="Anhe/1", lines=((LAMP, 1),)))
    desk.tell(NONE_LEFT, by="supplier")
    desk.wait(25 * HOUR)
    desk.tell(t.OutOfStockReported("Anhe/1"), by="supplier")
    with desk.db.write() as tx:
        merchant.resume(tx, SHOP)
    desk.work()
    assert desk.store.paid_back() == 2490


def test_one_shop_without_a_token_does_not_hold_up_the_others(desk: Desk) -> None:
    with desk.db.write() as tx:
        for n in range(60):
            timelines.lock(tx, "aaa.myshopify.com", n + 1)
            timelines.set_head(tx, "aaa.myshopify.com", n + 1, read_wanted=True)
        timelines.lock(tx, SHOP, ORDER_ID)
        timelines.set_head(tx, SHOP, ORDER_ID, read_wanted=True)
    runtime = Runtime(read(GOOD), desk.db, desk.clock, _NoTokenFor("aaa.myshopify.com", desk))
    for _ in range(2):
        reconcile.read_wanted(runtime)
    assert desk.order.seen is not None


class _NoTokenFor:
    def __init__(self, shop: str, desk: Desk) -> None:
        self.shop, self.desk = shop, desk

    def storefront(self, shop: str) -> object:
        if shop == self.shop:
            raise NeedsAuthorisation("shopify", "no token")
        return self.desk.store

    def __getattr__(self, name: str) -> object:
        return getattr(self.desk.connections, name)


def test_an_uninstalled_shop_is_not_looked_at(desk: Desk) -> None:
    desk.tell(order_seen(), purchase())
    with desk.db.write() as tx:
        shops.change(tx, SHOP, state=shops.UNINSTALLED, uninstalled_at=MONDAY)
        assert timelines.due(tx, MONDAY + 90 * DAY, limit=10) == []
    with desk.db.read() as tx:
        assert tx.execute(tables.cases.select()).all() == []
