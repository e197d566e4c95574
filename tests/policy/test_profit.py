"""Profit and loss of a case, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from plugin import profit
from plugin import timeline as t
from plugin.case import Case
from plugin.profit import Account, Figure
from plugin.terms import Alternative, Terms
from tests.conftest import MONDAY
from tests.story import HUANYU, LAMP, Story, line, order_seen, purchase

OFFER = Alternative(7, f"SKU-{LAMP}", "Anhe", "https://example.com", 1500, "USD", 3)


def account(story: Story) -> Account:
    return profit.account_of(case_of(story))


def case_of(story: Story) -> Case:
    record = story.case
    opened = record.opened
    return Case(
        story.order, opened.situation, opened.purchase_id, story.terms, opened.line_ids, record
    )


def out_of_stock(terms: Terms | None = None, **bought: object) -> Story:
    """Two lamps sold for $49.80 with $6.00 shipping, then out of stock."""
    story = Story(terms or Terms())
    two = line(quantity=2, paid_minor=4980)
    story.tell(order_seen(two, shipping_paid_minor=600))
    story.tell(purchase(lines=((LAMP, 2),), **bought), by="import")
    story.tell(t.OutOfStockReported(HUANYU), by="supplier")
    story.at(MONDAY)
    return story


def test_the_example_worked_by_hand_in_one_currency() -> None:
    # Sold for 49.80 + 6.00 shipping; bought for 22.00 dollars; nothing has moved since.
    story = out_of_stock(Terms(alternatives=(OFFER,)), cost_minor=2200, cost_currency="USD")
    found = account(story)
    assert found.figures[:2] == (Figure("sale", 5580, "USD"), Figure("cost", -2200, "USD"))
    assert found.net == {"USD": 3380}
    by_name = {way.name: way for way in found.ways}
    assert by_name["refund"].net == {"USD": 3380 - 5580}
    assert by_name["replace"].net == {"USD": 3380 - 2 * 1500}
    assert by_name["none"].net == {"USD": 3380}
    assert [way.name for way in found.ways if way.least] == ["replace"]


def test_the_suppliers_currency_is_kept_apart_and_nothing_is_called_cheapest() -> None:
    found = account(out_of_stock())
    assert found.net == {"USD": 5580, "CNY": -8800}
    assert {way.name: way.net for way in found.ways}["refund"] == {"USD": 0, "CNY": -8800}
    assert not any(way.least for way in found.ways)


def test_money_that_came_back_counts_and_money_only_asked_for_does_not() -> None:
    story = out_of_stock(cost_minor=2200, cost_currency="USD")
    refund = next(key for key in story.order.planned if key.startswith("refund:"))
    story.tell(t.Approved(refund), by="Alice").tell(t.ActionDone(refund, "1", 5580, "USD"))
    story.at(MONDAY)
    story.carry_out(MONDAY)
    asked = account(story)
    assert Figure("asked", 2200, "USD") in asked.figures
    assert Figure("refunded", -5580, "USD") in asked.figures
    assert asked.net == {"USD": 5580 - 5580 - 2200}
    story.tell(t.RecoverySeen(HUANYU, "received", 2000, "USD"), by="supplier")
    assert account(story).net == {"USD": -200}


def test_a_cost_nobody_told_us_is_not_guessed() -> None:
    story = Story().tell(order_seen())
    story.tell(t.OutOfStockReported("", (LAMP,)), by="Alice")
    story.at(MONDAY)
    found = account(story)
    assert not found.cost_known
    assert found.net == {"USD": 2490}
    assert not {way.name: way.known for way in found.ways}["replace"]
    assert not any(way.least for way in found.ways)


def test_what_others_repaid_without_saying_for_what_stands_apart() -> None:
    cup = line(12, paid_minor=900)
    story = Story().tell(order_seen(line(), cup)).tell(purchase(), by="import")
    story.tell(t.OutOfStockReported(HUANYU), by="supplier")
    story.at(MONDAY)
    story.tell(t.RefundSeen(5, MONDAY, (), 700, "USD"))
    found = account(story)
    assert found.apart == 700
    assert found.net["USD"] == 2490
    story.tell(t.RefundSeen(6, MONDAY, ((LAMP, 1),), 500, "USD"))
    assert account(story).net["USD"] == 1990


def test_a_closed_case_has_no_ways_out() -> None:
    story = out_of_stock()
    closed = t.CaseClosed(story.case.opened.case_id, "refunded", story.case.opened.because)
    story.tell(closed, at=MONDAY + timedelta(days=1), by="app")
    assert account(story).ways == ()


def test_currencies_that_meet_again_are_added_only_to_their_own() -> None:
    figures = [Figure("sale", 100, "USD"), Figure("cost", -30, "CNY"), Figure("agreed", 5, "CNY")]
    assert profit.nets(figures) == {"USD": 100, "CNY": -30}
    paid = replace(figures[2], name="received")
    assert profit.nets([*figures[:2], paid]) == {"USD": 100, "CNY": -25}
