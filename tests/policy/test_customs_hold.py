"""Situation 5 by the guide's sentences, and situation 2 beside it: what stops a parcel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plugin import timeline as t
from plugin.actions import ChooseRemedy, ProposeAlternative, WriteCustomer
from plugin.terms import Alternative, Situation, Terms
from tests.conftest import MONDAY
from tests.story import HUANYU, LAMP, Story, kinds, order_seen, purchase, shipped

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def held(*, tracked: bool = False) -> Story:
    return Story(Terms()).tell(
        order_seen(),
        purchase(),
        t.PurchaseShipped(HUANYU, MONDAY),
        shipped(MONDAY),
        t.CustomsSeen(HUANYU, "held", MONDAY, tracked=tracked),
    )


def letters(actions: list[object]) -> list[str]:
    return [str(a.letter) for a in actions if isinstance(a, WriteCustomer)]


def test_reminders_at_once_and_at_3_and_7_days_until_cleared():
    story = held()

    assert kinds(story.at(MONDAY)) == ["tell_merchant", "write_customer"]
    assert story.at(MONDAY + 3 * DAY - SECOND) == []
    assert letters(story.at(MONDAY + 3 * DAY)) == ["customs_still_held"]
    assert story.at(MONDAY + 7 * DAY - SECOND) == []
    assert letters(story.at(MONDAY + 7 * DAY)) == ["customs_held_long"]
    assert story.at(MONDAY + 60 * DAY) == []


def test_a_stop_read_off_the_tracking_has_to_last_longer_than_the_merchant_allows():
    story = held(tracked=True)

    assert story.at(MONDAY + 2 * DAY - SECOND) == []
    assert kinds(story.at(MONDAY + 2 * DAY)) == ["tell_merchant", "write_customer"]


def test_a_short_stop_that_clears_is_nothing():
    story = held(tracked=True)
    story.tell(t.CustomsSeen(HUANYU, "cleared", MONDAY + DAY, tracked=True), at=MONDAY + DAY)

    assert story.at(MONDAY + 5 * DAY) == []
    assert not story.order.cases


def test_cleared_say_so_to_both():
    story = held()
    story.at(MONDAY)
    story.carry_out(MONDAY)
    story.tell(t.CustomsSeen(HUANYU, "cleared", MONDAY + DAY), at=MONDAY + DAY)

    asked = story.at(MONDAY + DAY)
    story.carry_out(MONDAY + DAY).at(MONDAY + DAY)

    assert kinds(asked) == ["tell_merchant", "write_customer"]
    assert letters(asked) == ["customs_cleared"]
    assert story.outcomes() == ["cleared"]


def test_held_once_more_is_a_case_of_its_own():
    story = held()
    story.at(MONDAY)
    story.carry_out(MONDAY)
    story.tell(t.CustomsSeen(HUANYU, "cleared", MONDAY + DAY), at=MONDAY + DAY)
    story.at(MONDAY + DAY)
    story.carry_out(MONDAY + DAY).at(MONDAY + DAY)
    story.tell(t.CustomsSeen(HUANYU, "held", MONDAY + 5 * DAY), at=MONDAY + 5 * DAY)

    assert kinds(story.at(MONDAY + 5 * DAY)) == ["tell_merchant", "write_customer"]
    assert len(story.order.cases) == 2


@pytest.mark.parametrize("state", ["returned", "destroyed"])
def test_returned_or_destroyed_becomes_the_merchants_decision(state):
    story = held()
    story.at(MONDAY)
    story.tell(t.CustomsSeen(HUANYU, state, MONDAY + DAY), at=MONDAY + DAY)

    asked = story.at(MONDAY + DAY)

    (choice,) = [a for a in asked if isinstance(a, ChooseRemedy)]
    assert choice.choices == ("refund", "reissue", "none")
    assert "refund_customer" not in kinds(asked)
    paid = story.choose("returned", "refund", MONDAY + DAY).at(MONDAY + DAY)
    assert sorted(kinds(paid)) == ["ask_recovery", "refund_customer"]


@pytest.mark.parametrize("state", ["returned", "destroyed"])
def test_the_hold_told_after_its_end_changes_nothing(state):
    """Webhooks come in any order; both say since when."""
    story = Story(Terms()).tell(order_seen(), purchase())
    story.tell(t.CustomsSeen(HUANYU, state, MONDAY + DAY), at=MONDAY + DAY)
    first = story.at(MONDAY + DAY)
    story.tell(t.CustomsSeen(HUANYU, "held", MONDAY), at=MONDAY + DAY + SECOND)

    assert [a.of for a in first if isinstance(a, ChooseRemedy)] == ["returned"]
    assert story.at(MONDAY + DAY + SECOND) == []
    assert story.order.purchases[HUANYU].customs == state
    paid = story.choose("returned", "refund", MONDAY + DAY).at(MONDAY + DAY)
    assert sorted(kinds(paid)) == ["ask_recovery", "refund_customer"]


def test_cleared_told_before_the_hold_that_it_ended_leaves_no_case():
    story = Story(Terms()).tell(order_seen(), purchase())
    story.tell(t.CustomsSeen(HUANYU, "cleared", MONDAY + DAY), at=MONDAY + DAY)
    story.tell(t.CustomsSeen(HUANYU, "held", MONDAY), at=MONDAY + DAY)

    assert story.at(MONDAY + DAY) == []
    assert not story.order.cases


def test_of_one_moment_the_hold_came_first():
    story = Story(Terms()).tell(order_seen(), purchase())
    for state in ("returned", "held"):
        story.tell(t.CustomsSeen(HUANYU, state, MONDAY), at=MONDAY)

    assert story.order.purchases[HUANYU].customs == "returned"


# --- 2. Oversized ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("grams", "offered"), [(29_000, 7), (31_000, 0), (None, 0)])
def test_oversized_refund_then_split_or_an_alternative_that_fits(grams, offered):
    other = Alternative(7, "SKU-11", "Anhe", "https://example.com/7", 9900, "CNY", grams=grams)
    story = Story(Terms(alternatives=(other,))).tell(
        order_seen(), purchase(), t.OversizedReported(HUANYU, (), "too long", parcels=2)
    )

    asked = story.at(MONDAY)

    assert {"refund_customer", "propose_alternative", "ask_recovery"} <= set(kinds(asked))
    (proposal,) = [a for a in asked if isinstance(a, ProposeAlternative)]
    assert (proposal.alternative_id, proposal.parcels) == (offered, 2)
    assert story.case.opened.situation is Situation.OVERSIZED


def test_found_by_our_own_check_the_order_is_held_before_anything_is_bought():
    story = Story(Terms()).tell(order_seen(), t.OrderChecked(parcel="over", over_grams=1400))

    asked = story.at(MONDAY)

    assert "hold_order" in kinds(asked)
    assert "ask_recovery" not in kinds(asked), "nothing was bought"


@pytest.mark.parametrize("state", ["unknown", "fits", "warn"])
def test_a_missing_measure_is_unknown_and_holds_nothing(state):
    story = Story(Terms()).tell(order_seen(), t.OrderChecked(parcel=state))

    assert story.at(MONDAY) == []


def test_split_into_parcels_that_fit_no_money_goes_out_for_the_same_goods():
    story = Story(Terms()).tell(order_seen(), t.OrderChecked(parcel="over", parcels=2))
    story.at(MONDAY)
    story.tell(t.Declined("refund:11:1"), at=MONDAY)
    story.tell(t.Approved("resource:11:1", "split"), at=MONDAY)

    assert story.order.goods_coming(LAMP) == (1,)
    assert "refund_customer" not in kinds(story.at(MONDAY + DAY))


def test_the_hold_is_lifted_before_the_case_ends():
    story = Story(Terms()).tell(order_seen(), t.OrderChecked(parcel="over", parcels=2))
    story.at(MONDAY)
    story.carry_out(MONDAY)
    story.tell(t.Declined("refund:11:1"), at=MONDAY)
    story.tell(t.Approved("resource:11:1", "split"), at=MONDAY).done("resource:11:1", MONDAY)

    assert kinds(story.at(MONDAY)) == ["release_order"]
    story.carry_out(MONDAY).at(MONDAY)
    assert story.outcomes() != ["open"]
