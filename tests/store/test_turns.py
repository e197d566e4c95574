"""Turns: called once, taken once, open again when whoever had them is gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.store import turns
from plugin.store.database import Database
from plugin.store.turns import CALLED_FOR, TAKEN_FOR, Turn
from tests.conftest import MONDAY

SHOP, OTHER = "alice.myshopify.com", "bob.myshopify.com"
SECOND = timedelta(seconds=1)


def call(db: Database, now: datetime = MONDAY, lanes: int = 1, shop: str = SHOP) -> Turn | None:
    with db.write() as tx:
        return turns.call(tx, "actions", shop, now, lanes=lanes)


def called(db: Database, now: datetime = MONDAY, lanes: int = 1) -> Turn:
    found = call(db, now, lanes)
    assert found is not None
    return found


def take(db: Database, turn: Turn, now: datetime = MONDAY) -> Turn | None:
    with db.write() as tx:
        return turns.take(tx, turn, now)


def test_a_shop_waits_in_the_line_once(db: Database) -> None:
    assert called(db) == Turn("actions", SHOP, 0, 0)
    assert call(db) is None
    assert call(db, shop=OTHER) is not None


def test_a_call_nobody_took_is_made_again_after_a_while(db: Database) -> None:
    first = called(db)
    assert call(db, MONDAY + CALLED_FOR - SECOND) is None
    assert called(db, MONDAY + CALLED_FOR) == first, "the same number: whichever comes first counts"


def test_a_call_that_comes_twice_is_taken_once(db: Database) -> None:
    turn = called(db)
    assert take(db, turn) is not None
    assert take(db, turn) is None


def test_a_turn_that_is_taken_is_called_for_nobody_until_it_is_given_back(db: Database) -> None:
    mine = take(db, called(db))
    assert mine is not None
    assert call(db, MONDAY + TAKEN_FOR - SECOND) is None
    with db.write() as tx:
        turns.give_back(tx, mine, MONDAY + SECOND)
    assert call(db, MONDAY + SECOND) is not None


def test_a_turn_whose_taker_died_is_open_again_and_he_has_no_say_in_it(db: Database) -> None:
    gone = take(db, called(db))
    later = MONDAY + TAKEN_FOR
    assert gone is not None
    assert call(db, later - SECOND) is None
    mine = take(db, called(db, later), later)
    assert mine is not None
    with db.write() as tx:
        turns.give_back(tx, gone, later)
        assert not turns.keep(tx, gone, later + TAKEN_FOR)
    assert call(db, later + SECOND) is None, "it is still taken"


def test_there_are_as_many_turns_at_once_as_lanes(db: Database) -> None:
    first, second = called(db, lanes=2), called(db, lanes=2)
    assert {first.lane, second.lane} == {0, 1}
    assert call(db, lanes=2) is None
    with db.read() as tx:
        assert turns.closed(tx, MONDAY)["actions", SHOP] == 2


def test_a_clock_that_ran_ahead_and_was_set_right_closes_no_lane(db: Database) -> None:
    called(db, MONDAY + timedelta(days=1))
    assert call(db) is not None
