"""Turns, called and served: fair between shops, nothing lost, nothing twice, whatever is lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from plugin.casework import Casework
from plugin.store import inbox, outbox, tables, ticks, timelines
from plugin.store.database import Database
from plugin.store.turns import CALLED_FOR, Turn
from scheduler.large.kinds import NAMED
from tests.conftest import MONDAY
from tests.large.street import FLOOD, QUIET, Street
from tests.story import order_seen, purchase

TEN_SECONDS = timedelta(seconds=10)


@pytest.fixture
def street(db: Database) -> Street:
    return Street(db)


def states(street: Street) -> dict[str, int]:
    with street.db.read() as tx:
        return {**inbox.counts(tx), **outbox.counts(tx)}


def bought(street: Street, shop: str, order_id: int) -> None:
    """An order whose supplier has three days to ship it."""
    with street.db.write() as tx:
        work = Casework(tx, shop, order_id, MONDAY)
        work.record([order_seen(), purchase()], by="store", cause="x")


def overdue(street: Street, shop: str, order_id: int) -> None:
    """An order that has to be looked at now."""
    bought(street, shop, order_id)
    with street.db.write() as tx:
        timelines.set_head(tx, shop, order_id, next_look=MONDAY)


# --- Fair between shops ---------------------------------------------------------------------------


def test_a_flood_of_deliveries_delays_anothers_money_by_less_than_ten_seconds(
    street: Street,
) -> None:
    street.deliver(FLOOD, 400)
    street.run(until=lambda: states(street)["received"] < 380)
    street.write_letters(QUIET, 1)
    assert street.run(until=lambda: street.letters(QUIET) == 1) < TEN_SECONDS
    assert states(street)["received"] > 100, "the flood is still on"


def test_a_flood_of_actions_delays_anothers_money_by_less_than_ten_seconds(street: Street) -> None:
    street.write_letters(FLOOD, 60)
    street.run(until=lambda: street.letters(FLOOD) > 8)
    street.write_letters(QUIET, 1)
    assert street.run(until=lambda: street.letters(QUIET) == 1) < TEN_SECONDS
    assert street.letters(FLOOD) < 30, "the flood is still on"


def test_a_clock_that_comes_does_not_wait_behind_a_backlog(street: Street) -> None:
    street.deliver(FLOOD, 400)
    street.run(until=lambda: states(street)["received"] < 380)
    overdue(street, FLOOD, 7)

    def looked_at() -> bool:
        with street.db.read() as tx:
            return not timelines.any_due(tx, FLOOD, MONDAY)

    assert street.run(until=looked_at) < TEN_SECONDS
    assert states(street)["received"] > 100, "the backlog is still there"


def test_no_more_turns_of_one_shop_are_called_than_it_has_lanes(street: Street) -> None:
    street.write_letters(FLOOD, 60)
    for _ in range(5):
        street.beat.ring()
    assert len(street.line) == NAMED["actions"].lanes


@pytest.mark.parametrize(("kind", "share"), [("deliveries", 10), ("actions", 4), ("clocks", 50)])
def test_a_turn_does_its_share_and_no_more_however_quick_it_is(
    street: Street, kind: str, share: int
) -> None:
    street.clock.stands_still()
    street.mail.takes = timedelta(0)
    street.deliver(FLOOD, 60)
    street.write_letters(FLOOD, 60)
    for order_id in range(60):
        overdue(street, FLOOD, order_id + 1)
    assert street.one_turn(kind, FLOOD) == share


def test_a_turn_begins_nothing_new_after_three_seconds(street: Street) -> None:
    street.clock.stands_still()
    street.mail.takes = timedelta(seconds=2)
    street.write_letters(FLOOD, 60)
    assert street.one_turn("actions", FLOOD) == 2


# --- Nothing lost, nothing twice ------------------------------------------------------------------


def test_calls_that_are_lost_or_come_twice_lose_and_repeat_nothing(street: Street) -> None:
    put, count = street.line.put, Counter[str]()

    def unreliable(turn: Turn) -> None:
        count["calls"] += 1
        if count["calls"] % 3:
            put(turn)
        if count["calls"] % 5 == 0:
            put(turn)

    street.turns._send = unreliable
    street.deliver(FLOOD, 60)
    street.write_letters(QUIET, 12)
    street.run(until=lambda: states(street) == {"parked": 60, "done": 12})
    assert street.letters(QUIET) == 12


def test_a_broker_that_is_down_loses_nothing_and_closes_no_lane(street: Street) -> None:
    street.line.down = True
    street.deliver(QUIET, 2)
    assert street.beat.ring() == 0
    street.line.down = False
    assert street.beat.ring() == 1, "without waiting for a call that was never made"
    street.run(until=lambda: states(street) == {"parked": 2})


def test_a_broker_that_is_emptied_is_filled_again_by_the_beat(street: Street) -> None:
    street.deliver(QUIET, 1)
    street.beat.ring()
    street.line.queues["deliveries"].clear()
    street.run(until=lambda: states(street) == {"parked": 1})
    assert street.clock.hand[0] - MONDAY >= CALLED_FOR


def test_what_a_dead_worker_had_claimed_is_carried_out_when_its_lease_is_over(
    street: Street,
) -> None:
    street.write_letters(QUIET, 1)
    with street.db.write() as tx:
        assert len(outbox.claim_of(tx, QUIET, MONDAY, limit=1)) == 1
    assert street.run(until=lambda: street.letters(QUIET) == 1) >= outbox.LEASE


def test_a_turn_that_finds_nothing_calls_nobody(street: Street) -> None:
    assert street.one_turn("actions", QUIET) == 0
    assert len(street.line) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_turn_whose_rows_somebody_else_holds_calls_nobody_either(street: Street) -> None:
    street.write_letters(QUIET, 1)
    with street.db.write() as tx:
        tx.execute(sa.select(tables.outbox).with_for_update()).all()
        assert street.one_turn("actions", QUIET) == 0
    assert len(street.line) == 0, "or it would turn in a circle for as long as they are held"


# --- Clocks ---------------------------------------------------------------------------------------


def test_the_clocks_have_ticked_when_none_that_has_come_is_left(street: Street) -> None:
    overdue(street, QUIET, 7)
    street.beat.ring()
    with street.db.read() as tx:
        assert ticks.last(tx, "clocks") is None
    turn = street.line.get()
    assert turn is not None
    street.turns.serve(turn)
    street.beat.ring()
    with street.db.read() as tx:
        assert ticks.last(tx, "clocks") is not None


def test_clocks_missed_while_nobody_worked_are_told_once_a_shop(street: Street) -> None:
    for order_id in range(60):
        bought(street, QUIET, order_id + 1)
    with street.db.write() as tx:
        ticks.ticked(tx, "clocks", MONDAY)
    street.clock.goes_on(timedelta(days=8))

    def looked_at() -> bool:
        with street.db.read() as tx:
            return not timelines.any_due(tx, QUIET, street.clock.hand[0])

    street.run(until=looked_at)
    assert len(outbox_keys(street, "%missed_clocks%")) == 1
    with street.db.read() as tx:
        run = ticks.last_run(tx, "clocks")
    assert run is not None
    assert run["away_from"] == MONDAY
    assert run["missed"] >= 60


def outbox_keys(street: Street, like: str) -> list[str]:
    query = sa.select(tables.outbox.c.key).where(tables.outbox.c.key.like(like))
    with street.db.read() as tx:
        return list(tx.execute(query).scalars())
