"""A store gives the app less to do: kept, and said what the app then cannot."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from plugin.clock import Clock
from plugin.scopes import ASKED
from plugin.settings import read
from plugin.store import shops, tables, tokens
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from scheduler.runtime import Runtime
from scheduler.sweeps import drain_inbox
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import SHOP, FakeConnections, FakePostbox, FakeStorefront, FakeSupplier
from tests.pages.conftest import desk_on
from tests.webhooks import bodies, doors

HOUR = timedelta(hours=1)
ALL = ",".join(ASKED)
LESS = [scope for scope in ASKED if scope != "write_draft_orders"]


def keep(db: Database, shop: str, at: datetime = MONDAY, scope: str = ALL) -> None:
    with db.write() as tx:
        sealed = {"access": b"a", "refresh": b"r", "expires_at": None, "refresh_expires_at": None}
        tokens.keep(tx, shop, at, scope=scope, **sealed)


@pytest.mark.parametrize(
    ("at", "state", "kept"),
    [(MONDAY + HOUR, "handled", ",".join(LESS)), (MONDAY - HOUR, "ignored", ALL)],
    ids=["newer", "older than the grant"],
)
def test_what_the_store_allows_is_kept_unless_something_newer_is_known(
    db: Database, clock: Clock, at: datetime, state: str, kept: str
) -> None:
    clock.turn_to(MONDAY + HOUR)
    out = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    with db.write() as tx:
        shops.install(tx, bodies.SHOP, MONDAY, currency="EUR")
    keep(db, bodies.SHOP)
    body = bodies.raw({"id": 1, "current": LESS, "updated_at": at.isoformat()})
    client = doors.desk(Inbox(db), clock).test_client()
    assert doors.knock(client, body, X_Shopify_Topic="app/scopes_update").status_code == 200
    drain_inbox(Runtime(read(GOOD), db, clock, out))
    with db.read() as tx:
        found = tokens.read(tx, bodies.SHOP)
        delivery = tx.execute(tables.inbox.select()).one()
    assert found is not None
    assert (found.scope, delivery.state) == (kept, state)


@pytest.mark.parametrize(("scope", "warned"), [(",".join(LESS), True), (ALL, False), ("", False)])
def test_the_connections_page_says_what_the_app_cannot_do(
    sqlite_url: str, clock: Clock, scope: str, warned: bool
) -> None:
    db = Database(sqlite_url)
    browser = desk_on(db, clock)
    keep(db, SHOP, scope=scope)
    assert ("Goods cannot be sent again" in browser.get("/connections")) is warned
    db.close()
