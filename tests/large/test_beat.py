"""The beat: one process holds it, however many could."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plugin.store.database import Database
from scheduler.jobs import JOBS, Job, run_once
from scheduler.large.beat import HELD_FOR, IN_TURNS, Beat
from tests.large.street import QUIET, Street


@pytest.fixture
def street(db: Database) -> Street:
    made = Street(db)
    made.write_letters(QUIET, 1)
    return made


def test_one_of_two_rings_and_the_other_stays_silent(street: Street) -> None:
    other = Beat(street.runtime, street.turns)
    assert street.beat.ring() == 1
    street.line.get()
    for _ in range(20):
        street.clock.goes_on(timedelta(seconds=1))
        street.beat.ring()
        other.ring()
        assert street.beat.held
        assert not other.held


def test_when_the_holder_is_gone_another_rings_within_seconds(street: Street) -> None:
    other = Beat(street.runtime, street.turns)
    street.beat.ring()
    street.clock.goes_on(HELD_FOR)
    other.ring()
    assert other.held


def test_a_holder_that_comes_back_from_a_pause_has_lost_it(street: Street) -> None:
    other = Beat(street.runtime, street.turns)
    street.beat.ring()
    street.clock.goes_on(HELD_FOR)
    other.ring()
    street.beat.ring()
    assert not street.beat.held
    assert other.held


def test_a_process_that_stops_hands_it_over_at_once(street: Street) -> None:
    other = Beat(street.runtime, street.turns)
    street.beat.ring()
    street.beat.let_go()
    other.ring()
    assert other.held


def test_only_the_holder_does_what_one_process_may_do_and_nobody_else_takes_its_turn(
    street: Street,
) -> None:
    done: list[str] = []
    other = Beat(street.runtime, street.turns)
    job = Job("daily", lambda _: done.append("x"), timedelta(days=1))
    street.beat.ring()
    run_once(street.runtime, job, other.allows)
    assert done == []
    run_once(street.runtime, job, street.beat.allows)
    assert done == ["x"]


def test_every_recurring_job_is_rung_for_but_what_is_done_in_turns(street: Street) -> None:
    names = {job.name for job in street.beat.jobs()}
    assert names == {job.name for job in JOBS} - set(IN_TURNS) | {"beat"}
