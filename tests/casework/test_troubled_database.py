"""A database that is locked or restarting for a moment delays nothing that has a clock."""

from __future__ import annotations

import sqlite3  # noqa: TID251 - an error, no file
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from plugin.settings import read
from plugin.store import timelines
from scheduler import sweeps
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.casework.conftest import Desk
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.story import order_seen, purchase

LOCKED = OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))


def test_a_clock_that_met_a_locked_database_is_looked_at_within_the_minute(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = Runtime(read(GOOD), desk.db, desk.clock, desk.connections)
    desk.tell(order_seen(), purchase(ship_by=MONDAY))
    desk.clock.turn_to(MONDAY + timedelta(days=2, minutes=1))
    real, troubles = sweeps.Casework.look, [LOCKED]

    def look(self: sweeps.Casework, *given: Any) -> Any:
        if troubles:
            raise troubles.pop()
        return real(self, *given)

    monkeypatch.setattr(sweeps.Casework, "look", look)
    assert sweeps.look_at_due(runtime).failed == 1
    with desk.db.read() as tx:
        assert timelines.due(tx, desk.clock.now() + timedelta(minutes=1), limit=5) == [
            (SHOP, ORDER_ID)
        ]
    desk.wait(timedelta(minutes=1))
    assert sweeps.look_at_due(runtime).planned > 0
