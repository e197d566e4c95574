"""4. Supplier unresponsive, in the guide's own sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from plugin import timeline as t
from plugin.actions import RefundCustomer
from plugin.terms import Situation, Terms
from tests.conftest import MONDAY
from tests.story import HUANYU, SHIP_BY, Story, order_seen, purchase

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
ASKED = MONDAY + HOUR


def asked() -> Story:
    story = Story().tell(order_seen(), purchase())
    return story.tell(t.SupplierAsked(HUANYU, "When will it ship?"), at=ASKED, by="Alice")


def refunds(actions: list[Any]) -> int:
    return sum(isinstance(a, RefundCustomer) for a in actions)


def test_no_answer_within_48_hours_of_a_question_refund_under_the_no_stock_route() -> None:
    story = asked()
    assert story.at(ASKED + 48 * HOUR - SECOND) == []
    assert refunds(story.at(ASKED + 48 * HOUR)) == 1
    assert [r.opened.situation for r in story.order.cases.values()] == [Situation.SUPPLIER_SILENT]


def test_no_answer_within_48_hours_of_an_urge_does_too() -> None:
    terms = Terms(deadlines={"treat_as_no_stock": 30})
    story = Story(terms).tell(order_seen(), purchase())
    urged = SHIP_BY + timedelta(days=2)
    story.at(urged)
    story.done(f"urge:{HUANYU}", urged + HOUR)
    assert refunds(story.at(urged + 49 * HOUR - SECOND)) == 0
    assert refunds(story.at(urged + 49 * HOUR)) == 1


def test_an_answer_stops_the_clock_and_the_next_question_starts_it_again() -> None:
    story = asked()
    story.tell(t.SupplierAnswered(HUANYU, "tomorrow"), at=ASKED + HOUR, by="supplier")
    assert story.at(ASKED + 80 * HOUR) == []
    again = ASKED + 90 * HOUR
    story.tell(t.SupplierAsked(HUANYU, "And now?"), at=again, by="Alice")
    assert refunds(story.at(again + 48 * HOUR)) == 1


def test_two_situations_that_meet_on_one_line_ask_for_one_refund() -> None:
    story = Story().tell(order_seen(), purchase())
    story.tell(t.SupplierAsked(HUANYU), at=SHIP_BY + timedelta(days=2), by="Alice")
    story.tell(t.OutOfStockReported(HUANYU), at=SHIP_BY + timedelta(days=4), by="supplier")
    assert refunds(story.at(SHIP_BY + timedelta(days=4))) == 1
    assert refunds(story.at(SHIP_BY + timedelta(days=40))) == 0
