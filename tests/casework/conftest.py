"""The whole path without HTTP: a real database of either kind, honest fakes outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from plugin import merchant
from plugin import timeline as t
from plugin.casework import Casework, Step
from plugin.clock import Clock
from plugin.effects.carry import carry_out
from plugin.fold import fold
from plugin.order import Order
from plugin.store import outbox, shops, tables, timelines
from plugin.store.database import Database
from plugin.store.outbox import Row
from plugin.terms import Terms
from tests.conftest import MONDAY
from tests.fakes import (
    ORDER_ID,
    SHOP,
    FakeConnections,
    FakePostbox,
    FakeStorefront,
    FakeSupplier,
    store_order,
)


@dataclass
class Desk:
    """A shop, its order, and the hands that work on it."""

    db: Database
    clock: Clock
    connections: FakeConnections

    @property
    def store(self) -> FakeStorefront:
        return self.connections.store

    @property
    def mail(self) -> FakePostbox:
        return self.connections.mail

    @property
    def api(self) -> FakeSupplier:
        return self.connections.api

    def publish(self, terms: Terms) -> None:
        with self.db.write() as tx:
            shops.publish(tx, SHOP, terms, self.clock.now(), author="Alice")

    def tell(self, *events: t.Event, by: str = "store") -> Step:
        with self.db.write() as tx:
            return Casework(tx, SHOP, ORDER_ID, self.clock.now()).record(events, by=by)

    def look(self) -> Step:
        with self.db.write() as tx:
            return Casework(tx, SHOP, ORDER_ID, self.clock.now()).look()

    def turn(self, to: datetime) -> Step:
        self.clock.turn_to(to)
        return self.look()

    def wait(self, time: timedelta) -> None:
        self.clock.turn_to(self.clock.now() + time)

    def claim(self) -> list[Row]:
        with self.db.write() as tx:
            return outbox.claim(tx, self.clock.now(), limit=16)

    def carry(self, row: Row) -> None:
        carry_out(self.db, self.clock, self.connections, row)

    def work(self) -> int:
        """Empty the outbox as far as it goes right now."""
        count = 0
        while rows := self.claim():
            for row in rows:
                self.carry(row)
                count += 1
        return count

    def click(self, by: str = "Alice") -> merchant.Click:
        return merchant.Click(SHOP, ORDER_ID, by, self.clock.now())

    def approve(self, key: str, **words: Any) -> Step:
        with self.db.write() as tx:
            return merchant.approve(tx, self.click(), key, **words)

    def row(self, key: str) -> Row:
        with self.db.read() as tx:
            found = outbox.by_key(tx, SHOP, ORDER_ID, key)
        assert found is not None, key
        return found

    @property
    def entries(self) -> list[t.Entry]:
        with self.db.read() as tx:
            return timelines.read(tx, SHOP, ORDER_ID)

    @property
    def order(self) -> Order:
        return fold(self.entries)

    def events(self, kind: type[t.Event]) -> list[Any]:
        return [e.what for e in self.entries if isinstance(e.what, kind)]

    def booked(self) -> int:
        """Our own ledger: minor units out to customers."""
        with self.db.read() as tx:
            rows = tx.execute(tables.ledger.select()).mappings()
            return sum(r["minor"] for r in rows if r["purse"] == "remedy")


@pytest.fixture
def desk(db: Database, clock: Clock) -> Desk:
    """Alice's shop with order #1001 known to the store."""
    connections = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    connections.store.orders[ORDER_ID] = store_order()
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD", name="Alice's", email="alice@example.com")
    return Desk(db, clock, connections)
