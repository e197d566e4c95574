"""3. Late shipment, in the guide's own sentences."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plugin import timeline as t
from plugin.actions import (
    AskRecovery,
    ProposeAlternative,
    RefundCustomer,
    TellMerchant,
    Topic,
    UrgeSupplier,
)
from plugin.business_days import end_of_day_after
from plugin.terms import Route, Situation, Terms
from tests.conftest import MONDAY
from tests.story import (
    HUANYU,
    LAMP,
    SHIP_BY,
    Story,
    kinds,
    line,
    order_seen,
    purchase,
    shipped,
)

SITUATION = Situation.LATE_SHIPMENT
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def late_order(**changes: object) -> Story:
    return Story().tell(order_seen(), purchase(**changes))


def test_nothing_happens_until_two_days_overdue() -> None:
    story = late_order()
    assert story.at(SHIP_BY) == []
    assert story.at(SHIP_BY + 2 * DAY - SECOND) == []


def test_two_days_overdue_urge_the_supplier_at_once_and_once_and_tell_the_merchant() -> None:
    story = late_order()

    actions = story.at(SHIP_BY + 2 * DAY)

    assert kinds(actions) == ["urge_supplier", "tell_merchant"]
    urge, told = actions
    assert isinstance(urge, UrgeSupplier)
    assert urge.purchase_id == HUANYU
    assert isinstance(told, TellMerchant)
    assert told.topic is Topic.LATE
    assert story.at(SHIP_BY + 2 * DAY) == []
    assert story.at(SHIP_BY + 4 * DAY - SECOND) == []


def test_four_days_overdue_take_the_no_stock_route_other_supplier_included() -> None:
    story = late_order()
    story.at(SHIP_BY + 2 * DAY)

    actions = story.at(SHIP_BY + 4 * DAY)

    refund = next(a for a in actions if isinstance(a, RefundCustomer))
    recovery = next(a for a in actions if isinstance(a, AskRecovery))
    assert (refund.line_id, refund.units, refund.minor, refund.currency) == (
        LAMP,
        (1,),
        2490,
        "USD",
    )
    assert (recovery.purchase_id, recovery.minor, recovery.currency) == (HUANYU, 8800, "CNY")
    assert any(isinstance(a, ProposeAlternative) for a in actions)


@pytest.mark.parametrize("route", [Route.INTERNATIONAL, Route.UNKNOWN])
def test_only_for_domestic_shipment_on_others_the_clocks_only_alert_the_merchant(
    route: Route,
) -> None:
    story = late_order(route=route)
    assert kinds(story.at(SHIP_BY + 2 * DAY)) == ["tell_merchant"]
    assert kinds(story.at(SHIP_BY + 4 * DAY)) == ["tell_merchant"]
    assert story.at(SHIP_BY + 40 * DAY) == []


def test_a_setting_changes_that() -> None:
    story = Story(Terms(domestic_only=False))
    story.tell(order_seen(), purchase(route=Route.INTERNATIONAL))
    assert "urge_supplier" in kinds(story.at(SHIP_BY + 2 * DAY))


def test_without_a_promised_date_it_counts_from_payment_plus_handling_days() -> None:
    story = late_order(ship_by=None)
    overdue = end_of_day_after(MONDAY, 3) + 2 * DAY
    assert story.at(overdue - SECOND) == []
    assert "urge_supplier" in kinds(story.at(overdue))


def test_without_any_purchase_it_counts_from_payment_plus_handling_days_too() -> None:
    story = Story(Terms(assumed_route=Route.DOMESTIC)).tell(order_seen())
    overdue = end_of_day_after(MONDAY, 3) + 2 * DAY
    assert story.at(overdue - SECOND) == []
    assert "urge_supplier" in kinds(story.at(overdue))


def test_an_unpaid_order_has_no_clock() -> None:
    story = Story().tell(order_seen(paid_at=None))
    assert story.at(MONDAY + 90 * DAY) == []


@pytest.mark.parametrize(
    "end",
    [
        shipped(SHIP_BY + 3 * DAY),
        t.PurchaseShipped(HUANYU, SHIP_BY + 3 * DAY),
        order_seen(version=SHIP_BY + 3 * DAY, cancelled_at=SHIP_BY + 3 * DAY),
        t.RefundSeen(900, SHIP_BY + 3 * DAY, ((LAMP, 1),), 2490, "USD"),
    ],
    ids=["ships, says the store", "ships, says the supplier", "is cancelled", "is refunded"],
)
def test_the_clocks_stop_when_the_purchase(end: t.Event) -> None:
    story = late_order()
    story.at(SHIP_BY + 2 * DAY)
    story.tell(end, at=SHIP_BY + 3 * DAY)
    later = story.at(SHIP_BY + 30 * DAY)
    assert [a for a in later if a.because.situation is not Situation.CANCELLATION] == []
    late = [r for r in story.order.cases.values() if r.opened.situation is SITUATION]
    assert all(record.closed for record in late)


def test_the_clocks_stop_when_the_purchase_itself_is_cancelled_and_start_for_the_next() -> None:
    cancelled = SHIP_BY + 3 * DAY
    story = late_order()
    story.at(SHIP_BY + 2 * DAY)
    story.tell(t.PurchaseCancelled(HUANYU, cancelled), at=cancelled)
    assert story.at(cancelled) == []
    assert all(record.closed for record in story.order.cases.values())
    unbought = end_of_day_after(cancelled, 3) + 2 * DAY
    assert story.at(unbought - SECOND) == []
    assert kinds(story.at(unbought)) == ["tell_merchant"]


def test_a_part_that_shipped_is_not_refunded() -> None:
    story = Story().tell(order_seen(), purchase())
    story.tell(order_seen(*(_two_lamps()), version=MONDAY + SECOND))
    story.tell(purchase(lines=((LAMP, 2),)), shipped(SHIP_BY, (LAMP, 1)))
    refunds = [a for a in story.at(SHIP_BY + 4 * DAY) if isinstance(a, RefundCustomer)]
    assert [refund.units for refund in refunds] == [(2,)]


def test_a_shipment_while_the_refund_waits_for_a_word_withdraws_it() -> None:
    story = late_order()
    story.at(SHIP_BY + 4 * DAY)
    story.tell(shipped(SHIP_BY + 5 * DAY), at=SHIP_BY + 5 * DAY)
    story.at(SHIP_BY + 5 * DAY)
    refund = next(p for p in story.order.planned.values() if isinstance(p.action, RefundCustomer))
    assert refund.state == "withdrawn"


def test_a_supplier_who_promises_again_does_not_move_the_clock() -> None:
    story = late_order()
    story.tell(t.SupplierAnswered(HUANYU, "soon", SHIP_BY + 20 * DAY), at=SHIP_BY, by="supplier")
    assert "refund_customer" in kinds(story.at(SHIP_BY + 4 * DAY))


def test_the_number_of_days_is_the_shops_own() -> None:
    story = Story(Terms(deadlines={"urge_supplier": 1}))
    story.tell(order_seen(), purchase())
    assert "urge_supplier" in kinds(story.at(SHIP_BY + DAY))


def _two_lamps() -> tuple[t.LineFacts, ...]:
    return (line(quantity=2, paid_minor=4980),)


def test_who_ships_after_all_is_not_reminded_of_the_money_again_and_again() -> None:
    story = late_order()
    story.at(SHIP_BY + 4 * DAY)
    story.done(f"recover:{HUANYU}", SHIP_BY + 4 * DAY)
    story.tell(t.PurchaseShipped(HUANYU, SHIP_BY + 5 * DAY), at=SHIP_BY + 5 * DAY)
    assert "ask_recovery" in {p.action.kind for p in story.order.planned.values()}
    assert "chase_recovery" not in kinds(story.at(SHIP_BY + 40 * DAY))
