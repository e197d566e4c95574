"""A late order from the first day to the last, over the real path."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clients.errors import OutcomeUnknown, Retriable
from clients.money import Money
from clients.supplier.records import SupplierOrder
from plugin import merchant
from plugin import timeline as t
from plugin.actions import ASIDE
from plugin.store import outbox, shops, tables
from plugin.terms import Alternative, NoStockOrder, Route, Terms
from tests.casework.conftest import Desk
from tests.fakes import ORDER_ID, SHOP, store_order
from tests.story import HUANYU, LAMP, SHIP_BY, line, order_seen, purchase, shipped

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
URGE = f"urge:{HUANYU}"
RECOVER = f"recover:{HUANYU}"
REFUND = f"refund:{LAMP}:1"


@pytest.fixture
def late(desk: Desk) -> Desk:
    """A domestic order by a supplier with an API, alternatives on the list."""
    desk.api.purchases["T1"] = SupplierOrder(
        "T1", "waitsellersend", None, False, Money(8800, "CNY"), ("E1",)
    )
    with desk.db.write() as tx:
        lamp = Alternative(0, "SKU-11", "Anhe", "https://example.com/7", 9900, "CNY", 3)
        shops.keep_alternative(tx, SHOP, lamp)
    desk.tell(order_seen(), purchase(connection="1688"))
    return desk


def settle(desk: Desk) -> None:
    for _ in range(3):
        desk.look()
        desk.work()


def test_two_days_one_urge_and_one_line_four_days_refund_resource_and_recovery(late: Desk) -> None:
    late.turn(SHIP_BY + 2 * DAY - timedelta(seconds=1))
    settle(late)
    assert (late.api.urged, late.mail.mails) == ([], [])

    late.turn(SHIP_BY + 2 * DAY)
    settle(late)
    assert late.api.urged == ["T1"]
    assert len(late.mail.to("alice@example.com")) == 1

    late.turn(SHIP_BY + 4 * DAY)
    settle(late)
    assert late.api.urged == ["T1"]
    assert late.row(REFUND).state == "asked"
    assert late.row(f"resource:{LAMP}:1").state == "asked"
    assert late.row(RECOVER).state == "done"
    assert [r.amount for r in late.api.asked] == [Money(8800, "CNY")]

    late.approve(REFUND)
    settle(late)
    assert late.store.paid_back() == 2490


def test_shipped_in_between_nothing_more_happens(late: Desk) -> None:
    late.turn(SHIP_BY + 2 * DAY)
    settle(late)
    late.tell(shipped(SHIP_BY + 3 * DAY))
    late.turn(SHIP_BY + 30 * DAY)
    settle(late)
    assert late.api.urged == ["T1"]
    assert late.api.asked == []
    assert late.store.paid_back() == 0
    assert len(late.mail.mails) == 1
    with late.db.read() as tx:
        (case,) = tx.execute(tables.cases.select()).mappings()
    assert (case["status"], case["outcome"]) == ("closed", "shipped")


def test_an_international_order_is_alerted_only(desk: Desk) -> None:
    desk.tell(order_seen(), purchase(connection="1688", route=Route.INTERNATIONAL))
    for days in (2, 4, 10):
        desk.turn(SHIP_BY + days * DAY)
        settle(desk)
    assert desk.api.urged == []
    assert desk.store.paid_back() == 0
    assert len(desk.mail.to("alice@example.com")) == 2
    with desk.db.read() as tx:
        done = {r.action for r in outbox.of_order(tx, SHOP, ORDER_ID)}
    assert done - ASIDE == {"tell_merchant"}


def test_a_shipment_the_supplier_knows_of_stops_the_urge(late: Desk) -> None:
    late.api.purchases["T1"] = SupplierOrder(
        "T1", "waitbuyerreceive", SHIP_BY + DAY, False, Money(8800, "CNY")
    )
    late.turn(SHIP_BY + 2 * DAY)
    settle(late)
    assert late.api.urged == []
    assert late.row(URGE).why == "shipped"


def test_a_clock_missed_while_the_app_was_away_acts_once_marked_late(late: Desk) -> None:
    late.turn(SHIP_BY + 2 * DAY + 5 * HOUR)
    settle(late)
    (planned,) = [e for e in late.events(t.Planned) if e.key == URGE]
    assert planned.late_seconds == 5 * 3600
    assert late.api.urged == ["T1"]
    settle(late)
    assert late.api.urged == ["T1"]


def test_an_order_first_heard_of_when_late_is_given_an_hour_for_the_rest_of_its_news(
    desk: Desk,
) -> None:
    desk.clock.turn_to(SHIP_BY + 3 * DAY)
    desk.tell(order_seen())
    desk.tell(purchase(connection="1688"))
    desk.turn(SHIP_BY + 3 * DAY + HOUR - timedelta(seconds=1))
    assert desk.events(t.CaseOpened) == []
    desk.tell(shipped(SHIP_BY))
    desk.turn(SHIP_BY + 3 * DAY + HOUR)
    assert desk.events(t.CaseOpened) == []


def test_a_clock_whose_facts_came_late_was_not_missed(desk: Desk) -> None:
    desk.clock.turn_to(SHIP_BY + 3 * DAY)
    desk.tell(order_seen(), purchase(connection="1688"))
    desk.turn(SHIP_BY + 3 * DAY + HOUR)
    steps = [e for e in desk.events(t.Planned) if e.action not in ASIDE]
    assert [e.late_seconds for e in steps] == [0, 0]


# --- By hand ------------------------------------------------------------------------------------


@pytest.fixture
def by_hand(desk: Desk) -> Desk:
    desk.tell(order_seen(), purchase())
    desk.turn(SHIP_BY + 2 * DAY)
    settle(desk)
    return desk


def test_without_an_api_the_message_is_drafted_and_a_person_sends_it(by_hand: Desk) -> None:
    row = by_hand.row(URGE)
    assert row.state == "needs_person"
    assert row.draft is not None
    assert "发货" in row.draft["text_zh"]
    assert "T1" in row.draft["text_en"]
    with by_hand.db.write() as tx:
        merchant.sent_by_hand(tx, by_hand.click(), URGE)
    assert by_hand.row(URGE).state == "done"
    assert by_hand.order.purchases[HUANYU].asked_at == by_hand.clock.now()


def test_what_a_person_sent_late_is_waited_for_from_then(by_hand: Desk) -> None:
    by_hand.clock.turn_to(SHIP_BY + 3 * DAY)
    with by_hand.db.write() as tx:
        merchant.sent_by_hand(tx, by_hand.click(), URGE)
    assert by_hand.order.purchases[HUANYU].asked_at == SHIP_BY + 3 * DAY


def test_sending_by_hand_twice_counts_once(by_hand: Desk) -> None:
    with by_hand.db.write() as tx:
        merchant.sent_by_hand(tx, by_hand.click(), URGE)
    with pytest.raises(merchant.NotPossible), by_hand.db.write() as tx:
        merchant.sent_by_hand(tx, by_hand.click(), URGE)


def test_money_is_never_settled_by_a_claim(by_hand: Desk) -> None:
    by_hand.turn(SHIP_BY + 4 * DAY)
    with pytest.raises(merchant.NotPossible, match="money_is_read"), by_hand.db.write() as tx:
        merchant.sent_by_hand(tx, by_hand.click(), REFUND)


# --- A supplier without keys --------------------------------------------------------------------


def test_a_lost_answer_of_a_supplier_is_read_before_anything_is_asked_again(late: Desk) -> None:
    def lost() -> None:
        raise OutcomeUnknown("1688", "read timed out")

    late.api.after_asking.append(lost)
    late.turn(SHIP_BY + 4 * DAY)
    settle(late)
    assert late.row(RECOVER).state == "unknown"
    for _ in range(3):
        late.wait(HOUR)
        late.work()
    assert late.row(RECOVER).state == "done"
    assert len(late.api.asked) == 1


def test_a_request_lost_before_its_effect_is_made_once_more(late: Desk) -> None:
    def lost() -> None:
        late.api.asked.clear()
        raise OutcomeUnknown("1688", "reset")

    late.api.after_asking.append(lost)
    late.turn(SHIP_BY + 4 * DAY)
    settle(late)
    for _ in range(3):
        late.wait(HOUR)
        late.work()
    assert late.row(RECOVER).state == "done"
    assert len(late.api.asked) == 1


def test_a_supplier_who_would_pay_another_sum_is_a_question_for_a_person(late: Desk) -> None:
    late.api.purchases["T1"] = SupplierOrder(
        "T1", "waitsellersend", None, False, Money(9000, "CNY"), ("E1",)
    )
    late.turn(SHIP_BY + 4 * DAY)
    settle(late)
    assert late.row(RECOVER).state == "needs_person"
    assert late.api.asked == []


def test_recovered_money_is_booked_once_in_its_own_purse(late: Desk) -> None:
    late.turn(SHIP_BY + 4 * DAY)
    settle(late)
    received = t.RecoverySeen(HUANYU, "received", 8800, "CNY")
    late.tell(received, by="supplier")
    late.tell(received, by="supplier")
    with late.db.read() as tx:
        rows = [dict(r) for r in tx.execute(tables.ledger.select()).mappings()]
    booked = sorted((r["purse"], r["what"], r["minor"]) for r in rows)
    assert booked == [("recovery", "asked", 8800), ("recovery", "received", 8800)]


# --- A bad row never stops the others -------------------------------------------------------------


def test_a_store_that_cannot_be_reached_is_tried_again_later(late: Desk) -> None:
    class Away:
        def order(self, order_id: int) -> None:
            raise Retriable("shopify", "no route", after=30)

    real = late.connections.store
    late.turn(SHIP_BY + 2 * DAY)
    late.connections.store = Away()  # type: ignore[assignment]  # only what is called
    late.work()
    assert late.row(URGE).state == "planned"
    late.connections.store = real
    late.wait(HOUR)
    settle(late)
    assert late.api.urged == ["T1"]


def test_part_of_a_line_that_shipped_is_not_paid_for(desk: Desk) -> None:
    desk.store.orders[ORDER_ID] = store_order(quantity=3, shipping=500)
    desk.tell(order_seen(line(quantity=3, paid_minor=7470), shipping_paid_minor=500))
    desk.tell(purchase(lines=((LAMP, 3),)), shipped(SHIP_BY, (LAMP, 1)))
    desk.turn(SHIP_BY + 4 * DAY)
    key = f"refund:{LAMP}:2-3"
    desk.approve(key)
    settle(desk)
    assert desk.row(key).state == "done"
    assert desk.store.paid_back() == 4980 + 333


def test_money_after_goods_that_nobody_took_in_time_is_not_late(late: Desk) -> None:
    late.publish(Terms(no_stock_order=NoStockOrder.RESOURCE_FIRST))
    late.turn(SHIP_BY + 4 * DAY)
    assert late.row(f"resource:{LAMP}:1").state == "asked"

    step = late.turn(SHIP_BY + 6 * DAY)

    assert step.planned == [REFUND]
    assert step.late == 0, "nobody is told that clocks were missed: this one was met"
