"""Above an amount the shop has set, money leaves by two people's yes and by no one person's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin import merchant
from plugin import timeline as t
from plugin.actions import RefundCustomer
from plugin.merchant import NotPossible
from plugin.terms import Autonomy, Cap, Terms, TwoPeople
from tests.casework.conftest import Desk
from tests.story import HUANYU, LAMP, order_seen, purchase

KEY = f"refund:{LAMP}:1"
"""Of 24.90 USD."""


def told(desk: Desk, terms: Terms) -> None:
    desk.publish(terms)
    desk.tell(order_seen(), purchase())
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")


def yes(desk: Desk, by: str) -> None:
    with desk.db.write() as tx:
        merchant.approve(tx, desk.click(by), KEY)


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """A refund of more than 20 waits for a word."""
    told(desk, Terms(two_people=TwoPeople(2000, "USD")))
    assert desk.row(KEY).state == "asked"
    return desk


def test_the_first_yes_moves_nothing_and_the_second_persons_pays_once(asked: Desk) -> None:
    yes(asked, "Alice")
    assert (asked.row(KEY).state, asked.row(KEY).why) == ("asked", merchant.SECOND_PERSON)
    asked.work()
    assert asked.store.paid_back() == 0
    yes(asked, "Bob")
    asked.work()
    assert asked.store.paid_back() == 2490
    assert asked.row(KEY).state == "done"


def test_who_said_yes_first_cannot_be_the_second(asked: Desk) -> None:
    yes(asked, "Alice")
    with pytest.raises(NotPossible, match=merchant.SECOND_PERSON) as told_why:
        yes(asked, "Alice")
    assert told_why.value.last is not None
    assert told_why.value.last.by == "Alice"
    asked.work()
    assert asked.store.paid_back() == 0


def test_all_keys_of_the_api_are_one_person(asked: Desk) -> None:
    yes(asked, "api:till")
    with pytest.raises(NotPossible, match=merchant.SECOND_PERSON):
        yes(asked, "api:another")
    yes(asked, "Alice")
    assert asked.row(KEY).state == "planned"


def test_both_stand_in_the_timeline(asked: Desk) -> None:
    yes(asked, "Alice")
    yes(asked, "Bob")
    words = [(e.by, e.what.kind) for e in asked.entries if getattr(e.what, "key", "") == KEY]
    assert words[-2:] == [("Alice", "held"), ("Bob", "approved")]


def test_news_in_between_takes_the_first_yes_with_it(asked: Desk) -> None:
    """Who said yes before a dispute was known did not say yes to paying twice."""
    yes(asked, "Alice")
    asked.tell(t.Held(KEY, "chargeback"), by="app")
    yes(asked, "Bob")
    assert asked.row(KEY).state == "asked"
    yes(asked, "Alice")
    assert asked.row(KEY).state == "planned"


def test_a_no_of_the_second_is_a_no(asked: Desk) -> None:
    yes(asked, "Alice")
    with asked.db.write() as tx:
        merchant.decline(tx, asked.click("Bob"), KEY, why="too much")
    asked.work()
    assert asked.store.paid_back() == 0


@pytest.mark.parametrize(
    ("limit", "people"),
    [
        (TwoPeople(2490, "USD"), 1),
        (TwoPeople(2489, "USD"), 2),
        (TwoPeople(9_999_999, "EUR"), 2),
        (TwoPeople(0, "USD"), 2),
        (None, 1),
    ],
    ids=["exactly so much", "a cent more", "another currency", "every refund", "not set"],
)
def test_from_which_amount_on(desk: Desk, limit: TwoPeople | None, people: int) -> None:
    told(desk, Terms(two_people=limit))
    yes(desk, "Alice")
    assert desk.row(KEY).state == ("planned" if people == 1 else "asked")


def test_no_such_refund_goes_by_itself(desk: Desk) -> None:
    alone = Terms(autonomy={"no_stock.refund": Autonomy.AUTO}, cap=Cap(5000, 9000, "USD"))
    told(desk, replace(alone, two_people=TwoPeople(2000, "USD")))
    assert (desk.row(KEY).state, desk.row(KEY).why) == ("asked", "two_people")
    action = t.structured(desk.row(KEY).body, RefundCustomer)
    assert action.minor == 2490


def test_the_terms_of_today_count(desk: Desk) -> None:
    """A case that began before the shop wanted two people wants them too."""
    told(desk, Terms())
    desk.publish(Terms(two_people=TwoPeople(2000, "USD")))
    yes(desk, "Alice")
    assert desk.row(KEY).state == "asked"
