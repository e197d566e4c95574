"""What a newcomer finds: a store with every situation of the guide in it, in many stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugin.clock import Clock
from plugin.evidence.shots import readiness
from plugin.sandbox.app import create_world
from plugin.settings import read
from plugin.store import outbox, reports, tables, ticks, timelines
from plugin.terms import Situation
from scheduler.runtime import CLOCKS, Runtime, start
from scheduler.sandbox import SHOP, bring_history, environment_for, prepare, world_settings
from scheduler.web import make_app

Row = dict[str, Any]

A_WEDNESDAY = datetime(2026, 7, 15, 12, 30, tzinfo=UTC)
"""Far from a festival: on those nobody in China is late, nor urged."""


@dataclass
class Found:
    """The store as it is when its page is opened for the first time."""

    runtime: Runtime
    cases: list[Row]
    steps: dict[str, list[outbox.Row]]
    """By case."""
    ledger: Row
    failed: list[Row]

    def stages(self, situation: str) -> list[tuple[str, str, str, str]]:
        """(status, outcome, clock, step a person is asked for) of each case."""
        return sorted(
            (c["status"], c["outcome"], c["deadline_name"], c["next_step"].partition(":")[0])
            for c in self.cases
            if c["situation"] == situation
        )


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    directory: Path = tmp_path_factory.mktemp("sandbox")
    address = f"http://127.0.0.1:{_free_port()}"
    environment = environment_for(directory, address, f"{address}/sandbox")
    runtime = start(read(environment), Clock(Path(environment["POSTVENDITA_CLOCK_FILE"])))
    runtime.clock.run_from(A_WEDNESDAY)
    prepare(runtime, environment["SANDBOX_TOKEN"], directory)
    settings = world_settings(directory, environment, address, "1")

    bring_history(runtime, make_app(runtime), settings)

    world = create_world(settings)
    ledger = world.ledger()
    failed = world.ground.ledger.rows("SELECT * FROM happenings WHERE state = 'failed'")
    world.close()
    with runtime.db.read() as tx:
        cases = [dict(row) for row in tx.execute(tables.cases.select()).mappings()]
        orders = timelines.of_shop(tx, SHOP)
        rows = [row for order_id in orders for row in outbox.of_order(tx, SHOP, order_id)]
    steps: dict[str, list[outbox.Row]] = {}
    for row in rows:
        steps.setdefault(row.case_id, []).append(row)
    yield Found(runtime, cases, steps, ledger, failed)
    runtime.db.close()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_sandbox_store_shows_at_least_two_cases_of_every_situation(found: Found) -> None:
    count = Counter(case["situation"] for case in found.cases)
    assert {situation: n for situation in Situation if (n := count[situation]) < 2} == {}
    assert {case["status"] for case in found.cases} >= {"needs_you", "waiting", "closed"}
    assert len(found.ledger["orders"]) == 60


@pytest.mark.parametrize(
    ("situation", "stages"),
    [
        ("oversized", {("needs_you", "", "", "refund")}),
        (
            "customs_hold",
            {
                ("waiting", "", "customs_second", ""),
                ("waiting", "", "customs_third", ""),
                ("needs_you", "", "", "choose"),
                ("closed", "cleared", "", ""),
            },
        ),
        (
            "wrong_items",
            {
                ("waiting", "", "evidence_second", ""),
                ("needs_you", "", "", "verify"),
                ("waiting", "", "verification_overdue", ""),
                ("needs_you", "", "", "choose"),
            },
        ),
        (
            "damaged",
            {
                ("waiting", "", "evidence_third", ""),
                ("waiting", "", "verification_earliest", ""),
                ("needs_you", "", "remedy_within", "choose"),
            },
        ),
        (
            "cancellation",
            {
                ("needs_you", "", "", "intercept"),
                ("waiting", "", "intercept_within", ""),
                ("needs_you", "", "", "refund"),
                ("closed", "cannot_stop", "", ""),
            },
        ),
        (
            "wrong_address",
            {
                ("waiting", "", "address_reminded", ""),
                ("waiting", "", "", ""),
                ("needs_you", "", "", "refund"),
                ("closed", "cannot_stop", "", ""),
            },
        ),
    ],
)
def test_each_situation_is_shown_in_different_stages(
    found: Found, situation: str, stages: set[tuple[str, str, str, str]]
) -> None:
    assert stages - set(found.stages(situation)) == set()


def test_the_store_has_been_lived_in_and_nothing_was_late_or_failed(found: Found) -> None:
    assert found.failed == []
    assert set(found.ledger["webhooks"]) == {"delivered"}
    assert set(found.ledger["visits"]) == {"delivered"}
    with found.runtime.db.read() as tx:
        last = ticks.last(tx, CLOCKS)
    assert last is not None
    subjects = [mail["subject"] for mail in found.ledger["mails"]]
    assert len(subjects) > 40
    assert not [subject for subject in subjects if "missed" in subject.lower()]
    assert max(mail["count"] for mail in found.ledger["mails"]) == 1
    unsettled = [
        (row.key, row.state, row.why)
        for rows in found.steps.values()
        for row in rows
        if row.state in {"unknown", "ready", "sending"}
    ]
    assert unsettled == []


def test_claims_have_the_pictures_of_the_shot_list(found: Found) -> None:
    with found.runtime.db.read() as tx:
        have = [
            readiness(
                Situation(case["situation"]),
                [one.shot for one in reports.evidence_of(tx, SHOP, case["case_id"])],
            ).have
            for case in found.cases
            if case["situation"] in {"wrong_items", "damaged"}
        ]
    assert 4 in have, "ready for Tmall: 4 of 5"
    assert 0 in have, "waiting for proof"
