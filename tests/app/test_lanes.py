"""What has come is begun when it is committed, not at the next tick."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from plugin.settings import read
from plugin.store import inbox, wakes
from scheduler import jobs, sweeps
from scheduler.lanes import Lane, Lanes
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.casework.conftest import Desk, desk
from tests.casework.test_refund_once import REFUND, asked
from tests.conftest import MONDAY
from tests.fakes import SHOP

__all__ = ["asked", "desk"]

LONG = 60.0
"""Seconds between ticks: no test waits for one."""


@pytest.fixture
def rung(asked: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """The bell of inbox and outbox, where a refund waits for a word, between two ticks."""
    monkeypatch.setattr(jobs, "JOBS", [j for j in jobs.JOBS if j.name in {"inbox", "outbox"}])
    settings = replace(read(GOOD), tick_seconds=LONG)
    runtime = Runtime(settings, asked.db, asked.clock, asked.connections)
    bell = jobs.ring(runtime)
    yield runtime
    bell.shutdown(wait=True)


def test_a_yes_is_carried_out_at_once(
    asked: Desk, rung: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid, refund = Event(), asked.store.create_refund

    def heard(*how: Any, **more: Any) -> Any:
        found = refund(*how, **more)
        paid.set()
        return found

    monkeypatch.setattr(asked.store, "create_refund", heard)
    asked.approve(REFUND)
    assert paid.wait(LONG / 2)


def test_a_delivery_is_handled_at_once(rung: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    handled = Event()

    def put_aside(runtime: Runtime, delivery: inbox.Delivery) -> None:
        with runtime.db.write() as tx:
            inbox.settle(tx, delivery, runtime.clock.now(), inbox.IGNORED)
        handled.set()

    monkeypatch.setattr(sweeps, "handle_delivery", put_aside)
    said = {"source": "shopify", "shop": SHOP, "topic": "orders/create", "headers": {}}
    inbox.Inbox(rung.db).keep(**said, delivery_id="d-1", body=b"{}", received_at=MONDAY)
    assert handled.wait(LONG / 2)


def test_nobody_is_woken_for_what_was_rolled_back(asked: Desk) -> None:
    heard: list[frozenset[str]] = []
    asked.db.on_wake = heard.append
    with suppress(ZeroDivisionError), asked.db.write() as tx:
        wakes.wake(tx, wakes.INBOX)
        raise ZeroDivisionError
    with asked.db.write() as tx:
        assert wakes.woken(tx) == frozenset(), "nothing is left over"
    assert heard == []


def test_a_lane_that_is_rung_while_it_works_works_once_more() -> None:
    begun, go_on, worked = Event(), Event(), []

    def work() -> None:
        worked.append(len(worked))
        begun.set()
        assert go_on.wait(LONG)

    lane = Lane("a lane", work)
    lane.ring()
    assert begun.wait(LONG)
    begun.clear()
    lane.ring()
    go_on.set()
    assert begun.wait(LONG)
    lane.stop(wait=True)
    assert worked == [0, 1]


def test_work_goes_to_a_lane_that_has_none() -> None:
    begun, go_on = [Event(), Event()], Event()

    def working(n: int) -> Lane:
        return Lane(f"lane {n}", lambda: begun[n].set() or (go_on.wait(LONG) and None))

    both = working(0), working(1)
    lanes = Lanes({"outbox": both})
    lanes.wake(["outbox", "nobody's"])
    assert begun[0].wait(LONG)
    lanes.wake(["outbox"])
    assert begun[1].wait(LONG)
    go_on.set()
    lanes.stop(wait=True)
