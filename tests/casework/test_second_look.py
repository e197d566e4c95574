"""What a second pair of eyes found: each of these went wrong once."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.casework import Casework
from plugin.terms import Cap, Remedy, Route, Situation, Terms
from tests.casework.conftest import Desk
from tests.casework.test_after_sales import (
    ADDRESS,
    AUTO,
    DAY,
    HOUR,
    REFUND,
    keep_customer,
    letters,
    picture,
    report,
    tell,
)
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, store_order
from tests.story import CUP, HUANYU, LAMP, line, order_seen, purchase, shipped

P2 = "Huanyu/T2"
DOUBT = t.OrderChecked(doubts=("zip:format",))


def the_case(desk, situation):
    return next(c for c, r in desk.order.cases.items() if r.opened.situation is situation)


def test_the_address_of_another_order_is_not_written_into_this_one(desk: Desk) -> None:
    written = {}
    desk.connections.store.update_address = written.__setitem__
    desk.store.orders[1002] = replace(store_order(), id=1002, name="#1002")
    for order_id, city in ((ORDER_ID, "Torino"), (1002, "Hamburg")):
        with desk.db.write() as tx:
            work = Casework(tx, SHOP, order_id, desk.clock.now())
            work.record([order_seen(name=f"#{order_id}"), DOUBT], by="store")
            (case_id,) = work.order.cases
        with desk.db.write() as tx:
            click = merchant.Click(SHOP, order_id, "customer", desk.clock.now())
            customer_reports.settle_address(tx, click, case_id, {**ADDRESS, "city": city})
    for order_id in (ORDER_ID, 1002):
        with desk.db.write() as tx:
            work = Casework(tx, SHOP, order_id, desk.clock.now())
            keys = [k for k, p in work.order.planned.items() if p.action.kind == "correct_address"]
            assert [p for p in work.order.planned.values() if p.state == "waiting"]
            click = merchant.Click(SHOP, order_id, "Alice", desk.clock.now())
            merchant.approve(tx, click, keys[0])
    desk.work()
    assert {k: a.city for k, a in written.items()} == {ORDER_ID: "Torino", 1002: "Hamburg"}


def _corrected_after_purchase(desk: Desk) -> str:
    keep_customer(desk)
    desk.tell(order_seen(), DOUBT)
    desk.work()
    assert desk.store.holds == ["postvendita-address"]
    case_id = the_case(desk, Situation.WRONG_ADDRESS)
    desk.tell(purchase())
    with desk.db.write() as tx:
        customer_reports.settle_address(tx, desk.click("customer"), case_id, ADDRESS)
    desk.work()
    return case_id


def test_a_parcel_stopped_for_a_doubtful_address_is_refunded(desk: Desk) -> None:
    _corrected_after_purchase(desk)
    with desk.db.write() as tx:
        merchant.sent_by_hand(tx, desk.click(), f"intercept:{HUANYU}")
    tell(desk, merchant.tell_of_interception, HUANYU, "succeeded")
    desk.work()
    doubt, parcel = desk.order.cases.values()
    assert doubt.closed is not None
    assert doubt.closed.outcome == "taken_over"
    assert desk.order.planned[REFUND].case_id == parcel.opened.case_id


def test_the_hold_is_lifted_when_the_goods_were_bought_meanwhile(desk: Desk) -> None:
    case_id = _corrected_after_purchase(desk)
    with desk.db.write() as tx:
        merchant.sent_by_hand(tx, desk.click(), f"intercept:{HUANYU}")
    tell(desk, merchant.tell_of_interception, HUANYU, "failed")
    desk.work()
    assert desk.order.cases[case_id].closed is not None
    assert desk.store.holds == []


def test_settling_the_address_does_not_lift_the_hold_of_the_oversized_case(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(), replace(DOUBT, parcel="over", line="large", parcels=2))
    desk.work()
    case_id = the_case(desk, Situation.WRONG_ADDRESS)
    with desk.db.write() as tx:
        customer_reports.settle_address(tx, desk.click("customer"), case_id, None)
    desk.work()
    big = the_case(desk, Situation.OVERSIZED)
    assert desk.order.cases[big].closed is None
    assert desk.store.holds == ["postvendita-parcel"], "the oversized case is undecided"


def test_goods_bought_again_and_sent_abroad_are_not_repaid(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(), purchase())
    report(desk, Situation.CANCELLATION, (LAMP, 1))
    desk.work()
    desk.tell(t.PurchaseCancelled(HUANYU, MONDAY))  # Huanyu has none; bought elsewhere
    desk.tell(purchase(purchase_id=P2, reference="T2", route=Route.INTERNATIONAL))
    desk.tell(t.PurchaseShipped(P2, MONDAY))
    p = desk.order.planned.get(REFUND)
    if p is not None and p.state == "waiting":
        desk.approve(REFUND)
    desk.work()
    assert desk.store.paid_back() == 0, "the goods are abroad, on their way to the customer"


def test_cleared_goods_are_not_repaid_because_they_were_thought_returned(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(), purchase(route=Route.INTERNATIONAL), t.PurchaseShipped(HUANYU, MONDAY))
    tell(desk, merchant.tell_of_customs, HUANYU, "held")
    desk.work()
    tell(desk, merchant.tell_of_customs, HUANYU, "returned")
    case_id = the_case(desk, Situation.CUSTOMS_HOLD)
    desk.approve(f"choose:returned:{case_id}", choice="refund")
    tell(desk, merchant.tell_of_customs, HUANYU, "cleared")
    desk.work()
    assert desk.store.paid_back() == 0, f"cleared, on its way, and repaid; {letters(desk.order)}"


def _two_purchases_after_the_cancellation(desk: Desk) -> None:
    one = store_order()
    cup = replace(one.lines[0], id=CUP, title="Tea cup", sku="SKU-12")
    desk.store.orders[ORDER_ID] = replace(
        one, lines=(one.lines[0], cup), total_paid=one.total_paid + one.total_paid
    )
    keep_customer(desk)
    desk.tell(order_seen(line(), line(CUP)))
    report(desk, Situation.CANCELLATION)
    desk.tell(
        purchase(),
        purchase(purchase_id=P2, reference="T2", lines=((CUP, 1),), route=Route.INTERNATIONAL),
    )
    desk.tell(t.InterceptionSeen(HUANYU, "succeeded"))


def test_a_refund_the_gate_refuses_is_not_asked_for_again_and_again(desk: Desk) -> None:
    desk.publish(Terms(autonomy=AUTO, cap=Cap(10**6, 10**6, "USD")))
    _two_purchases_after_the_cancellation(desk)
    for _ in range(30):
        for row in desk.claim():
            desk.carry(row)
    again = [k for k in desk.order.planned if k.startswith(f"refund:{CUP}:")]
    assert len(again) <= 2, f"{len(again)} refunds of one cup: {again[-1]}"


def test_an_unbought_line_is_repaid_though_the_other_was_bought_and_lost(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(line(), line(CUP)))
    report(desk, Situation.CANCELLATION)
    desk.tell(purchase(route=Route.INTERNATIONAL))  # the lamp only; nobody bought the cup
    desk.work()
    alive = [k for k, p in desk.order.planned.items() if k.startswith(f"refund:{CUP}") and p.counts]
    assert alive, "nothing was bought for the cup: an ordinary refund"


def test_a_cancel_job_that_fails_ends_with_a_person(desk: Desk) -> None:
    keep_customer(desk)
    desk.publish(Terms(autonomy=AUTO, cap=Cap(10**6, 10**6, "USD")))
    calls = []
    desk.connections.store.cancel_order = lambda *a, **k: calls.append(1) or "gid://Job/1"
    desk.tell(order_seen())
    report(desk, Situation.CANCELLATION)
    for _ in range(300):
        desk.work()
        desk.wait(timedelta(minutes=3))
    assert desk.row("cancel").state == "needs_person", (
        f"{len(calls)} cancels: {desk.row('cancel').state}"
    )


def test_two_cases_do_not_send_the_same_unit_twice(desk: Desk) -> None:
    desk.store.orders[ORDER_ID] = store_order(quantity=2)
    keep_customer(desk)
    desk.publish(Terms(remedy=Remedy.REISSUE))
    desk.tell(
        order_seen(line(quantity=2, paid_minor=4980)),
        purchase(lines=((LAMP, 2),)),
        t.PurchaseShipped(HUANYU, MONDAY),
    )
    (a,) = report(desk, Situation.DAMAGED, (LAMP, 2))
    (b,) = report(desk, Situation.WRONG_ITEMS, (LAMP, 1))
    for n, c in enumerate((a, b)):
        picture(desk, c, str(n) * 64)
    desk.work()
    desk.turn(desk.clock.now() + HOUR)
    desk.work()
    for c in (a, b):
        with desk.db.write() as tx:
            merchant.sent_by_hand(tx, desk.click(), f"verify:{c}")
        tell(desk, merchant.tell_of_verification, c, "verified")
    for key in [k for k, p in desk.order.planned.items() if p.action.kind == "reissue_goods"]:
        with contextlib.suppress(merchant.NotPossible):
            desk.approve(key)
    desk.work()
    sent = [
        p.action.units
        for p in desk.order.planned.values()
        if p.action.kind == "reissue_goods" and p.state == "done"
    ]
    assert sum(map(len, sent)) <= 2, sent


def test_nobody_is_asked_for_the_address_of_a_cancelled_order(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(), DOUBT)
    desk.work()
    case_id = the_case(desk, Situation.WRONG_ADDRESS)
    gone = replace(
        desk.store.orders[ORDER_ID], cancelled_at=MONDAY + HOUR, updated_at=MONDAY + HOUR
    )
    desk.store.orders[ORDER_ID] = gone
    desk.tell(order_seen(version=MONDAY + HOUR, cancelled_at=MONDAY + HOUR))
    desk.work()
    for n in range(1, 60):
        desk.turn(MONDAY + n * DAY)
        desk.work()
    assert desk.order.cases[case_id].closed is not None, letters(desk.order)


def test_money_is_asked_back_for_a_parcel_bought_after_the_cancellation(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen())
    report(desk, Situation.CANCELLATION)
    desk.tell(purchase())
    desk.work()
    tell(desk, merchant.tell_of_interception, HUANYU, "succeeded")
    for key, p in list(desk.order.planned.items()):
        if p.state == "waiting" and p.action.kind == "refund_customer":
            desk.approve(key)
    desk.work()
    assert desk.store.paid_back() == 2490
    assert f"recover:{HUANYU}" in desk.order.planned


def test_an_address_that_was_not_written_is_not_called_corrected(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen())
    report(desk, Situation.WRONG_ADDRESS, address=ADDRESS)
    (key,) = [k for k, p in desk.order.planned.items() if p.action.kind == "correct_address"]
    with desk.db.write() as tx:
        merchant.decline(tx, desk.click(), key)
    desk.work()
    (record,) = desk.order.cases.values()
    assert record.closed is None or record.closed.outcome != "address_corrected"


def test_the_order_is_not_cancelled_once_its_goods_were_bought(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(paid_at=None))
    report(desk, Situation.CANCELLATION)
    assert desk.order.planned["cancel"].state == "waiting"
    desk.tell(purchase(route=Route.INTERNATIONAL))
    desk.work()
    assert "cannot_stop" in letters(desk.order)
    if desk.order.planned["cancel"].state == "waiting":
        desk.approve("cancel")
    desk.work()
    assert desk.store.orders[ORDER_ID].cancelled_at is None, "told no, and cancelled"


def test_nobody_is_urged_to_ship_what_is_being_cancelled(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen())
    report(desk, Situation.CANCELLATION)
    desk.tell(purchase())
    desk.work()
    for n in range(1, 9):
        desk.turn(MONDAY + n * DAY)
    assert f"urge:{HUANYU}" not in desk.order.planned


def test_what_was_bought_for_an_order_cancelled_in_the_store_is_stopped(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(), purchase())
    desk.work()
    desk.tell(order_seen(version=MONDAY + HOUR, cancelled_at=MONDAY + HOUR))
    desk.work()
    assert desk.row(f"intercept:{HUANYU}").state == "needs_person"
    tell(desk, merchant.tell_of_interception, HUANYU, "failed")
    desk.work()
    assert letters(desk.order) == [], "the store has told them that it is cancelled"
    assert all(record.closed for record in desk.order.cases.values())


def test_what_is_bought_for_an_order_that_was_cancelled_is_stopped_too(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(cancelled_at=MONDAY))
    desk.tell(purchase())
    assert f"intercept:{HUANYU}" in desk.order.planned


def test_a_cancellation_of_long_ago_stops_nothing(desk: Desk) -> None:
    desk.turn(MONDAY + 30 * DAY)
    desk.tell(order_seen(version=MONDAY + HOUR, cancelled_at=MONDAY + HOUR), purchase())
    desk.work()
    assert desk.order.cases == {}


def test_a_parcel_that_has_arrived_is_not_held_at_customs(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(
        order_seen(),
        purchase(route=Route.INTERNATIONAL),
        t.PurchaseShipped(HUANYU, MONDAY),
        shipped(MONDAY),
    )
    tell(desk, merchant.tell_of_customs, HUANYU, "held")
    desk.work()
    assert letters(desk.order) == ["customs_held"]
    desk.turn(MONDAY + 2 * DAY)
    desk.tell(t.TrackingSeen(501, "delivered", desk.clock.now()))
    for n in range(3, 12):
        desk.turn(MONDAY + n * DAY)
        desk.work()
    assert letters(desk.order) == ["customs_cleared", "customs_held"]
    (record,) = desk.order.cases.values()
    assert record.closed
    assert record.closed.outcome == "cleared"


def test_who_will_not_hand_a_claim_in_decides_what_the_customer_gets(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(), purchase(), t.PurchaseShipped(HUANYU, MONDAY), shipped(MONDAY))
    (case_id,) = report(desk, Situation.DAMAGED, (LAMP, 1))
    picture(desk, case_id)
    desk.turn(MONDAY + HOUR)
    desk.work()
    with desk.db.write() as tx:
        merchant.decline(tx, desk.click(), f"verify:{case_id}")
    desk.work()
    assert desk.row(f"choose:not_claimed:{case_id}").state == "asked"
    desk.approve(f"choose:not_claimed:{case_id}", choice="refund")
    desk.work()
    assert desk.store.paid_back() == 2490
    closed = desk.order.cases[case_id].closed
    assert closed
    assert closed.outcome == "own_purse"


def test_goods_that_were_repaid_are_not_reported_in_silence(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(
        order_seen(),
        purchase(),
        shipped(MONDAY),
        t.RefundSeen(900, MONDAY, ((LAMP, 1),), 2490, "USD"),
    )
    with pytest.raises(merchant.NotPossible, match="already_repaid"):
        report(desk, Situation.DAMAGED, (LAMP, 1))
