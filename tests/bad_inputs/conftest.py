"""Doors to knock at with bad inputs, and what must hold after every knock."""

from __future__ import annotations

import pytest

from plugin.clock import Clock
from plugin.settings import read
from plugin.store import shops
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from scheduler.runtime import Runtime
from tests.app.test_deliveries import Door
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import FakeConnections, FakePostbox, FakeStorefront, FakeSupplier
from tests.webhooks import bodies, doors

NEIGHBOUR = "neighbour.myshopify.com"
"""Served by the same app; nothing of it may ever change."""


@pytest.fixture
def door(sqlite_db: Database, clock: Clock) -> Door:
    """The real door, inbox and casework, on SQLite."""
    return door_on(sqlite_db, clock)


@pytest.fixture
def door_on_both(db: Database, clock: Clock) -> Door:
    """The same, on either kind of database."""
    return door_on(db, clock)


def door_on(db: Database, clock: Clock) -> Door:
    connections = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    with db.write() as tx:
        for shop in (bodies.SHOP, NEIGHBOUR):
            shops.install(tx, shop, MONDAY, currency="EUR")
    return Door(
        Runtime(read(GOOD), db, clock, connections), doors.desk(Inbox(db), clock).test_client()
    )
