"""A store that was there before the app: read whole by a process that is killed twice meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from plugin.settings import read
from plugin.store import home_figures, outbox, tables
from plugin.terms import Situation
from scheduler.runtime import Runtime, start
from scheduler.sandbox import SHOP
from scheduler.sweeps import look_at_due
from tests.torture.backfilling import Reading, Seen

pytestmark = pytest.mark.enable_socket

ORDERS, KILLS = 300, 2


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    made = Reading(tmp_path_factory.mktemp("past"), ORDERS, odd_of=60)
    yield made
    made.close()


@pytest.fixture(scope="module")
def seen(reading: Reading) -> Seen:
    return reading.run(KILLS, apart=(0.5, 3.0))


@pytest.fixture
def runtime(reading: Reading, seen: Seen, tmp_path: Path) -> Iterator[Runtime]:
    """The same database, two hours later: the news has settled."""
    reading.clock.turn_to(reading.clock.now() + timedelta(hours=2))
    made = start(read(reading.environment), reading.clock)
    yield made
    made.db.close()


def test_every_order_is_known_once_and_nothing_went_out(reading: Reading, seen: Seen) -> None:
    assert seen.wrong == []
    assert seen.kills == KILLS
    assert seen.in_bulk == "taken", "most of them came out of one file"


def test_it_stays_within_the_points_of_the_store(seen: Seen) -> None:
    """A bucket of 2,000 points that fills by 100 a second, of which half is left to others."""
    assert seen.throttled == 0
    assert seen.points <= 1000 * (1 + seen.kills) + 100 * seen.seconds


def test_what_the_first_page_says_afterwards_is_true(reading: Reading, runtime: Runtime) -> None:
    """Every unshipped order is a case where the guide makes it one, and no other is."""
    look_at_due(runtime)
    never_shipped = set(reading.ids[::60])
    now = runtime.clock.now()
    cases = tables.cases
    with runtime.db.read() as tx:
        found = tx.execute(sa.select(cases).where(cases.c.shop == SHOP)).all()
        figures = home_figures.figures(tx, SHOP, now)
        ready = tx.execute(sa.select(sa.func.count()).select_from(tables.outbox)).scalar_one()
    late = {case.order_id for case in found if case.situation == Situation.LATE_SHIPMENT}
    assert late == never_shipped - {reading.ids[0]}, "the newest has time yet"
    assert {case.order_id for case in found} <= never_shipped
    at_risk: dict[str, int] = {}
    for case in found:
        if case.closed_at is None and case.at_risk_minor:
            at_risk[case.currency] = at_risk.get(case.currency, 0) + case.at_risk_minor
    assert figures.at_risk == at_risk
    assert ready > 0
    with runtime.db.write() as tx:
        assert outbox.claim(tx, now, limit=1000) == [], "it still only watches"
