"""A small run of the simulation with every run of the tests; the large one is `make simulate`."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from clients.shopify import documents
from tests.conftest import TESTS
from tests.simulation.bell import DAILY, HALF_DAILY, JOBS, NOT_RUNG, WHEN_DUE
from tests.simulation.dice import Dice
from tests.simulation.mutants import MUTANTS
from tests.simulation.plan import Plan
from tests.simulation.report import Outcome, Sum, replay
from tests.simulation.running import Runner, lived
from tests.simulation.seeds import KEPT, Kept
from tests.simulation.shrink import shrunk
from tests.simulation.sometimes import DANGERS
from tests.simulation.wire import OPERATION, operation

SMALL = Plan(orders=6, days=20, factor=1.5)
ZONES = ("UTC", "Asia/Shanghai", "America/New_York")
QUICK = (("done_first", 5), ("no_catching_up", 5))
"""Mutants, and in how many small worlds they must be noticed."""


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    made = Runner(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: f"{kept.seed}: {kept.found}")
def test_a_world_that_failed_once_holds(runner: Runner, kept: Kept) -> None:
    assert lived(runner, kept.seed, kept.plan).violations == []


@pytest.mark.parametrize("seed", range(1, 4))
def test_every_promise_holds_in_a_small_world(runner: Runner, seed: int) -> None:
    found = lived(runner, seed, SMALL)
    assert found.violations == []
    assert len(found.faults) > 10


def test_the_same_seed_is_the_same_world_in_every_zone(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = set()
    for zone in ZONES:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        found.add(lived(runner, 4, SMALL).hash)
    monkeypatch.undo()
    time.tzset()
    assert len(found) == 1


def test_the_same_seed_is_the_same_world_on_postgresql(
    runner: Runner, tmp_path: Path, postgres: sa.Engine
) -> None:
    url = postgres.url.set(database=TESTS).render_as_string(hide_password=False)
    folder = tmp_path / "postgresql"
    folder.mkdir()
    other = Runner(folder, url)
    theirs = lived(other, 5, SMALL)
    other.close()
    ours = lived(runner, 5, SMALL)
    assert theirs.violations == ours.violations == []
    assert (theirs.hash, theirs.events) == (ours.hash, ours.events)


@pytest.mark.parametrize(("mutant", "worlds"), QUICK)
def test_a_broken_guard_is_noticed(runner: Runner, mutant: str, worlds: int) -> None:
    plan = Plan(SMALL.orders, SMALL.days, 2.0, mutant=mutant)
    assert any(lived(runner, seed, plan).violations for seed in range(1, worlds + 1))
    assert mutant in MUTANTS


def test_every_job_of_the_app_is_rung_or_left_out_for_a_reason() -> None:
    rung = {*WHEN_DUE, *HALF_DAILY, *DAILY}
    assert rung.isdisjoint(NOT_RUNG)
    assert rung | set(NOT_RUNG) == set(JOBS)


# --- the tools ------------------------------------------------------------------------------------


def test_taking_a_fault_away_leaves_all_others_as_they_were() -> None:
    first = Dice(1, factor=1.0)
    names = [(first.strikes("call", "call", n, 0.5), n) for n in range(200)]
    second = Dice(1, frozenset(first.met[:1]), factor=1.0)
    again = [(second.strikes("call", "call", n, 0.5), n) for n in range(200)]
    assert sum(a != b for a, b in zip(names, again, strict=True)) == 1
    assert second.met == first.met[1:]


def test_a_failure_is_shrunk_to_the_faults_it_takes() -> None:
    faults, tried = [f"fault {n}" for n in range(51)], []

    def fails(removed: frozenset[str]) -> bool:
        tried.append(removed)
        return not removed & {"fault 7", "fault 40"}

    assert sorted(shrunk(faults, fails)) == ["fault 40", "fault 7"]
    assert len(tried) < 60


def test_what_changes_something_in_a_store_is_met_by_the_faults_of_writes() -> None:
    """A document opens with a comment: its first word does not say what it is."""
    writes = set()
    for name, text in documents.every().items():
        if OPERATION.search(text):
            body = json.dumps({"query": text}).encode()
            writes |= {name} if operation("/admin/api/graphql.json", body)[1] else set()
    assert writes == {name for name, text in documents.every().items() if "\nmutation " in text}
    assert {"refund_create", "draft_create", "tags_add", "order_cancel"} <= writes


def test_a_run_that_never_met_a_danger_says_so() -> None:
    total = Sum()
    for seed in range(40):
        seen = Counter(dict.fromkeys(DANGERS[1:], 1))
        total.add(Outcome(seed, "", 60, [], seen, ["a fault"], 1.0, 10))
    assert total.missed == [DANGERS[0]]
    assert total.last_line() == "40 seeds, 2,400 orders, 40 faults, 200 crashes: 0 violations"


def test_a_failure_names_the_line_that_plays_it_again() -> None:
    one = Outcome(7, "", 60, ["I2"], Counter(), [], 1.0, 10)
    line = replay(one, Plan(orders=20, days=30, factor=2.0, mutant="no_fence"))
    assert line == (
        ".venv/bin/python -m tests.simulation --seeds 7 --orders 20 --days 30 --factor 2"
        " --mutant no_fence"
    )
