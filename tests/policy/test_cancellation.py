"""Situations 8 and 9 by the guide's sentences: stop it if it can be stopped, say so if not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plugin import timeline as t
from plugin.actions import RefundCustomer, WriteCustomer
from plugin.terms import Route, Situation, Terms
from tests.conftest import MONDAY
from tests.story import HUANYU, LAMP, Story, kinds, line, order_seen, purchase

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
INTERCEPT = f"intercept:{HUANYU}"

both = pytest.mark.parametrize("situation", [Situation.CANCELLATION, Situation.WRONG_ADDRESS])


def bought(route: Route = Route.DOMESTIC) -> Story:
    return Story(Terms()).tell(order_seen(), purchase(route=route))


def letters(actions: list[object]) -> list[str]:
    return [str(a.letter) for a in actions if isinstance(a, WriteCustomer)]


@both
def test_domestic_try_to_intercept(situation):
    story = bought().report(situation)

    asked = story.at(MONDAY)

    assert kinds(asked) == ["intercept_parcel"]
    assert not story.order.our_refunds(LAMP), "nothing is paid before it is stopped"


@both
def test_interception_succeeded_refund_once(situation):
    story = bought().report(situation)
    story.at(MONDAY)
    story.done(INTERCEPT, MONDAY)
    story.tell(t.InterceptionSeen(HUANYU, "succeeded"), at=MONDAY + DAY, by="Alice")

    asked = story.at(MONDAY + DAY)

    assert sorted(kinds(asked)) == ["ask_recovery", "refund_customer"]
    (refund,) = [a for a in asked if isinstance(a, RefundCustomer)]
    story.tell(t.Approved(refund.key), at=MONDAY + DAY).done(refund.key, MONDAY + DAY)
    assert letters(story.at(MONDAY + DAY)) == ["refunded"]
    story.tell(t.RecoverySeen(HUANYU, "received", 8800, "CNY"), at=MONDAY + DAY)
    story.carry_out(MONDAY + DAY).at(MONDAY + 2 * DAY)
    assert story.outcomes() == ["refunded"]


@both
def test_interception_failed_no_refund_and_the_customer_is_told_so(situation):
    story = bought().report(situation)
    story.at(MONDAY)
    story.done(INTERCEPT, MONDAY)
    story.tell(t.InterceptionSeen(HUANYU, "failed"), at=MONDAY + DAY, by="Alice")

    asked = story.at(MONDAY + DAY)
    story.carry_out(MONDAY + DAY).at(MONDAY + DAY)

    assert letters(asked) == ["not_intercepted"]
    assert kinds(asked) == ["write_customer"]
    assert story.outcomes() == ["not_intercepted"]


@both
def test_international_neither_intercepted_nor_refunded_and_told_so_plainly(situation):
    story = bought(Route.INTERNATIONAL).report(situation)

    asked = story.at(MONDAY)
    story.carry_out(MONDAY).at(MONDAY)

    assert letters(asked) == ["cannot_stop"]
    assert kinds(asked) == ["write_customer"], "no button is offered"
    assert story.outcomes() == ["cannot_stop"]


@both
def test_a_parcel_that_goes_abroad_meanwhile_is_asked_for_no_more(situation):
    story = bought().report(situation)
    story.at(MONDAY)
    story.tell(t.RouteLearned(HUANYU, Route.INTERNATIONAL), at=MONDAY + HOUR)

    asked = story.at(MONDAY + HOUR)

    assert story.order.planned[INTERCEPT].state == "withdrawn"
    assert letters(asked) == ["cannot_stop"]


@both
def test_an_unknown_route_is_asked_about_and_a_day_later_taken_to_be_abroad(situation):
    story = bought(Route.UNKNOWN).report(situation)

    assert kinds(story.at(MONDAY)) == ["tell_merchant"]
    assert story.at(MONDAY + DAY - timedelta(seconds=1)) == []
    assert letters(story.at(MONDAY + DAY)) == ["cannot_stop"]


@both
def test_what_became_of_it_is_asked_after_48_hours_up_to_3_times(situation):
    story = bought().report(situation)
    story.at(MONDAY)
    story.done(INTERCEPT, MONDAY)
    chased = 0
    assert story.at(MONDAY + 2 * DAY - timedelta(seconds=1)) == []
    for hours in range(48, 24 * 20):
        now = MONDAY + hours * HOUR
        chased += kinds(story.at(now)).count("chase_interception")
        story.carry_out(now)

    assert chased == 3
    assert story.outcomes() == ["open"], "a person has to say"


@both
def test_a_purchase_cancelled_at_the_supplier_is_stopped(situation):
    story = bought().report(situation)
    story.at(MONDAY)
    story.tell(t.PurchaseCancelled(HUANYU, MONDAY + HOUR), at=MONDAY + HOUR)

    assert "refund_customer" in kinds(story.at(MONDAY + HOUR))


def test_nobody_is_urged_to_ship_what_is_to_be_stopped():
    story = bought().report(Situation.CANCELLATION)
    story.at(MONDAY)

    later = story.at(MONDAY + 8 * DAY)

    assert "urge_supplier" not in kinds(later)
    assert "refund_customer" not in kinds(later)


# --- Nothing bought yet ---------------------------------------------------------------------------


def test_nothing_bought_yet_a_cancellation_is_an_ordinary_cancel_and_refund():
    story = Story(Terms()).tell(order_seen())
    story.report(Situation.CANCELLATION, purchase_id="")

    assert kinds(story.at(MONDAY)) == ["refund_customer"]
    (key,) = [p.key for p in story.order.our_refunds(LAMP)]
    story.tell(t.Approved(key), at=MONDAY).done(key, MONDAY)
    asked = story.at(MONDAY)
    assert sorted(kinds(asked)) == ["cancel_order", "write_customer"]
    story.tell(t.Approved("cancel"), at=MONDAY).done("cancel", MONDAY).carry_out(MONDAY).at(MONDAY)
    assert story.outcomes() == ["cancelled"]


def test_a_refund_asked_for_before_anything_was_bought_waits_for_the_parcel_once_it_was():
    story = Story(Terms()).tell(order_seen())
    story.report(Situation.CANCELLATION, purchase_id="")
    story.at(MONDAY)
    story.tell(purchase(), at=MONDAY + HOUR)

    asked = story.at(MONDAY + HOUR)

    assert [
        p.state for p in story.order.planned.values() if p.action.kind == "refund_customer"
    ] == ["withdrawn"]
    assert kinds(asked) == ["intercept_parcel"]


def test_an_order_that_was_not_paid_is_only_cancelled_and_then_said_so():
    story = Story(Terms()).tell(order_seen(paid_at=None))
    story.report(Situation.CANCELLATION, purchase_id="")

    assert kinds(story.at(MONDAY)) == ["cancel_order"]
    story.tell(t.Approved("cancel"), at=MONDAY).done("cancel", MONDAY)
    assert letters(story.at(MONDAY)) == ["cancelled"]


def test_nothing_bought_yet_a_wrong_address_is_corrected_nothing_else():
    story = Story(Terms()).tell(order_seen())
    story.report(Situation.WRONG_ADDRESS, purchase_id="")
    report_id = story.order.reports[-1].id
    story.tell(t.AddressSettled(report_id, "corrected"), at=MONDAY)

    assert kinds(story.at(MONDAY)) == ["correct_address"]
    key = f"address:{report_id}"
    story.tell(t.Approved(key), at=MONDAY).done(key, MONDAY)
    story.carry_out(MONDAY).at(MONDAY)
    assert story.outcomes() == ["address_corrected"]


# --- Before it is too late ------------------------------------------------------------------------


def doubtful() -> Story:
    return Story(Terms()).tell(order_seen(), t.OrderChecked(doubts=("zip:zip_format",)))


def test_a_doubtful_address_is_held_and_confirmed_before_anything_is_bought():
    story = doubtful()

    asked = story.at(MONDAY)

    assert kinds(asked) == ["hold_order", "tell_merchant", "write_customer"]
    assert letters(asked) == ["address_asked"]


@pytest.mark.parametrize("how", ["confirmed", "corrected"])
def test_once_it_is_settled_the_hold_is_lifted_and_the_case_ends(how):
    story = doubtful()
    story.at(MONDAY)
    story.carry_out(MONDAY)
    story.tell(t.AddressSettled(story.order.reports[0].id, how), at=MONDAY + HOUR, by="customer")
    story.at(MONDAY + HOUR)
    for key in [p.key for p in story.order.planned.values() if p.state == "waiting"]:
        story.tell(t.Approved(key), at=MONDAY + HOUR)
    for _ in range(3):
        story.carry_out(MONDAY + HOUR).at(MONDAY + HOUR)

    assert "release_order" in {p.action.kind for p in story.order.planned.values()}
    assert story.outcomes() == [f"address_{how}"]


def test_goods_bought_on_an_address_that_turns_out_wrong_are_stopped_parcel_by_parcel():
    story = Story(Terms()).tell(
        order_seen(line(quantity=3, paid_minor=7470)), t.OrderChecked(doubts=("zip:zip_format",))
    )
    story.at(MONDAY)
    story.carry_out(MONDAY)
    elsewhere = purchase(purchase_id="Yiwu/T2", supplier="Yiwu", reference="T2")
    story.tell(purchase(), elsewhere, at=MONDAY + HOUR)
    story.at(MONDAY + HOUR)
    story.tell(t.AddressSettled("check-2", "corrected"), at=MONDAY + HOUR, by="customer")
    asked = story.at(MONDAY + HOUR)

    assert sorted(a.purchase_id for a in asked if a.kind == "intercept_parcel") == [
        HUANYU,
        "Yiwu/T2",
    ]
    assert "correct_address" in kinds(asked)  # for the lamp nobody has bought yet

    story.tell(t.InterceptionSeen(HUANYU, "succeeded"), at=MONDAY + DAY)
    story.tell(t.InterceptionSeen("Yiwu/T2", "failed"), at=MONDAY + DAY)
    asked = story.at(MONDAY + DAY)

    assert [a.units for a in asked if isinstance(a, RefundCustomer)] == [(1,)]
    assert letters(asked) == ["not_intercepted"]


def test_the_customer_is_reminded_after_a_day_and_after_three_the_merchant_decides():
    story = doubtful()
    story.at(MONDAY)

    assert letters(story.at(MONDAY + DAY)) == ["address_reminded"]
    assert kinds(story.at(MONDAY + 3 * DAY)) == ["tell_merchant"]


def test_a_doubt_about_goods_that_are_bought_already_holds_nothing():
    story = Story(Terms()).tell(
        order_seen(), purchase(), t.OrderChecked(doubts=("zip:zip_format",))
    )

    assert story.at(MONDAY) == []


def test_the_same_doubt_found_again_is_no_second_case():
    story = doubtful()
    story.at(MONDAY)
    story.tell(t.OrderChecked(doubts=("zip:zip_format",)), at=MONDAY + HOUR)

    assert story.at(MONDAY + HOUR) == []
    assert len(story.order.cases) == 1
