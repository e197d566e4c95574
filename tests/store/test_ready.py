"""Which shops have something to do now, each named once."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.store import ready, shops, tables, timelines
from plugin.store.database import Database
from plugin.store.inbox import HANDLED, RECEIVED, Inbox
from tests.conftest import MONDAY
from tests.store.test_outbox import plan

ALICE, BOB, CHARLIE = (f"{name}.myshopify.com" for name in ("alice", "bob", "charlie"))
SHOPS = (ALICE, BOB, CHARLIE)
LATER = MONDAY + timedelta(hours=1)


def deliver(db: Database, shop: str, number: int, at: datetime, state: str = RECEIVED) -> None:
    Inbox(db).keep(
        source="shopify", shop=shop, delivery_id=f"d{number}", topic="orders/create", headers={},
        body=b"{}", received_at=at, state=state,
    )  # fmt: skip


def test_shops_with_deliveries_are_named_once_and_not_before_their_time(db: Database) -> None:
    for number in range(5):
        deliver(db, CHARLIE, number, MONDAY)
        deliver(db, ALICE, number, MONDAY)
        deliver(db, BOB, number, LATER)
    deliver(db, "dora.myshopify.com", 0, MONDAY, state=HANDLED)
    with db.read() as tx:
        assert ready.with_deliveries(tx, MONDAY) == [ALICE, CHARLIE]
        assert ready.with_deliveries(tx, LATER) == [ALICE, BOB, CHARLIE]


def test_shops_with_actions_are_those_something_is_sent_for(db: Database) -> None:
    plan(db, "a", ALICE)
    plan(db, "b", ALICE, state="unknown", first_sent_at=MONDAY)
    plan(db, "a", BOB)
    plan(db, "a", CHARLIE, state="unknown", first_sent_at=MONDAY)
    plan(db, "a", "dora.myshopify.com", look_at=LATER)
    plan(db, "a", "eve.myshopify.com", state="asked")
    with db.write() as tx:
        shops.change(tx, BOB, state="paused")
    with db.read() as tx:
        assert ready.with_actions(tx, MONDAY) == [ALICE, CHARLIE]


def test_shops_with_clocks_are_those_that_still_have_the_app(db: Database) -> None:
    with db.write() as tx:
        for shop in SHOPS:
            shops.install(tx, shop, MONDAY, currency="USD")
            for order_id in (1, 2):
                timelines.upsert(
                    tx, tables.orders, {"shop": shop, "order_id": order_id}, ["shop", "order_id"]
                )
                timelines.set_head(tx, shop, order_id, next_look=MONDAY)
        timelines.set_head(tx, CHARLIE, 1, next_look=LATER)
        timelines.set_head(tx, CHARLIE, 2, next_look=None)
        shops.change(tx, BOB, state="uninstalled")
    with db.read() as tx:
        assert ready.with_clocks(tx, MONDAY) == [ALICE]
        assert ready.with_clocks(tx, LATER) == [ALICE, CHARLIE]


def test_how_long_the_oldest_of_each_kind_waits(db: Database) -> None:
    deliver(db, ALICE, 1, MONDAY)
    deliver(db, BOB, 2, LATER)
    plan(db, "a", ALICE, look_at=LATER)
    with db.read() as tx:
        assert ready.waiting_since(tx, MONDAY) == {"deliveries": MONDAY}
        assert ready.waiting_since(tx, LATER) == {"deliveries": MONDAY, "actions": LATER}
