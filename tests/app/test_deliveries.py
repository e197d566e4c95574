"""From the door to the timeline: what a delivery does, however it comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plugin import timeline as t
from plugin.casework import Casework, mark_for
from plugin.clock import Clock
from plugin.facts import note_with
from plugin.fold import fold
from plugin.order import Order
from plugin.settings import read
from plugin.store import inbox, outbox, shops, tables, timelines
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from scheduler import reconcile
from scheduler.runtime import Runtime
from scheduler.sweeps import drain_inbox
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import FakeConnections, FakePostbox, FakeStorefront, FakeSupplier, store_order
from tests.webhooks import bodies, doors

HOUR = timedelta(hours=1)
HEADER = {
    "shop": "X_Shopify_Shop_Domain",
    "webhook_id": "X_Shopify_Webhook_Id",
    "triggered_at": "X_Shopify_Triggered_At",
}
PAYLOADS = Path(__file__).parent.parent / "data" / "payloads"


SHIPMENT = {
    "id": 4_400_000_000_001,
    "order_id": bodies.ORDER_ID,
    "status": "success",
    "created_at": "2026-11-03T10:00:00+01:00",
    "updated_at": "2026-11-03T10:00:00+01:00",
    "tracking_company": "YunExpress",
    "tracking_number": "YT1",
    "line_items": [{"id": bodies.VASE, "quantity": 2}],
}


def repaid(note: str) -> dict[str, Any]:
    """The store tells of a refund of both vases."""
    return {
        "id": 900_000_000_001,
        "order_id": bodies.ORDER_ID,
        "note": note,
        "created_at": "2026-11-02T11:00:00+01:00",
        "processed_at": "2026-11-02T11:00:00+01:00",
        "refund_line_items": [{"id": 1, "line_item_id": bodies.VASE, "quantity": 2}],
        "transactions": [
            {
                "id": 2,
                "order_id": bodies.ORDER_ID,
                "kind": "refund",
                "status": "success",
                "amount": "28.67",
                "currency": "CHF",
                "created_at": "2026-11-02T11:00:00+01:00",
            }
        ],
    }


@dataclass
class Door:
    """The real door, the real inbox, the real casework; fakes outside."""

    runtime: Runtime
    client: Any
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))

    @property
    def store(self) -> FakeStorefront:
        found = self.runtime.connections.storefront(bodies.SHOP)
        assert isinstance(found, FakeStorefront)
        return found

    def bring(self, topic: str, body: bytes, **words: Any) -> int:
        """Deliver, handle, and give the status the sender saw."""
        status = self.leave(topic, body, **words)
        drain_inbox(self.runtime)
        return status

    def leave(self, topic: str, body: bytes, **words: str) -> int:
        """Deliver, without handling it yet."""
        changes = {"X_Shopify_Topic": topic, "X_Shopify_Webhook_Id": f"w-{next(self.numbers)}"}
        changes |= {HEADER[name]: value for name, value in words.items()}
        return int(doors.knock(self.client, body, **changes).status_code)

    def order(self, order_id: int = bodies.ORDER_ID, shop: str = bodies.SHOP) -> Order:
        return fold(self.entries(order_id, shop))

    def entries(self, order_id: int = bodies.ORDER_ID, shop: str = bodies.SHOP) -> list[t.Entry]:
        with self.runtime.db.read() as tx:
            return timelines.read(tx, shop, order_id)

    def states(self) -> list[tuple[str, str]]:
        with self.runtime.db.read() as tx:
            rows = tx.execute(tables.inbox.select().order_by(tables.inbox.c.id)).mappings()
            return [(row["state"], row["reason"]) for row in rows]


@pytest.fixture
def door(db: Database, clock: Clock) -> Door:
    connections = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    runtime = Runtime(read(GOOD), db, clock, connections)
    with db.write() as tx:
        shops.install(tx, bodies.SHOP, MONDAY - 30 * 24 * HOUR, currency="EUR")
    client = doors.desk(Inbox(db), clock).test_client()
    return Door(runtime, client)


def test_an_order_comes_in_with_its_customer_kept_apart(door: Door) -> None:
    assert door.bring("orders/paid", bodies.raw(bodies.order())) == 200
    assert door.order().paid_at is not None
    with door.runtime.db.read() as tx:
        customer = timelines.customer_of(tx, bodies.SHOP, bodies.ORDER_ID)
    assert customer is not None
    assert customer.email
    told = json.dumps([t.plain(e.what) for e in door.entries()], default=str)
    assert customer.email not in told
    assert customer.name not in told


def test_the_same_delivery_twice_is_one(door: Door) -> None:
    for _ in range(2):
        door.bring("orders/paid", bodies.raw(bodies.order()), webhook_id="same")
    assert [e.what.kind for e in door.entries()] == ["order_seen", "order_checked"]
    assert door.states() == [("handled", "")]


def test_the_same_body_under_another_id_has_no_second_effect(door: Door) -> None:
    for _ in range(2):
        door.bring("orders/paid", bodies.raw(bodies.order()))
    assert [e.what.kind for e in door.entries()] == ["order_seen", "order_checked"]
    assert [state for state, _ in door.states()] == ["handled", "ignored"]


def test_an_older_version_after_a_newer_is_ignored_as_stale(door: Door) -> None:
    newer = bodies.order(updated_at="2026-11-02T12:00:00+01:00", cancelled_at=None)
    older = bodies.order(
        updated_at="2026-11-01T12:00:00+01:00", cancelled_at="2026-11-01T12:00:00+01:00"
    )
    door.bring("orders/updated", bodies.raw(newer))
    door.bring("orders/cancelled", bodies.raw(older))
    assert door.order().cancelled_at is None
    assert "older than what is known" in door.states()[-1][1]


def test_signed_but_unreadable_is_thanked_for_and_parked_for_a_person(door: Door) -> None:
    assert door.bring("orders/paid", b'{"id": NaN}') == 200
    ((state, reason),) = door.states()
    assert state == "parked"
    assert reason


def test_an_unknown_shop_is_ignored_and_nobody_is_touched(door: Door) -> None:
    body = bodies.raw(bodies.order())
    assert door.bring("orders/paid", body, shop="stranger.myshopify.com") == 200
    assert door.states() == [("ignored", "unknown shop")]
    assert door.entries(shop="stranger.myshopify.com") == []


def test_a_shipment_before_its_order_is_kept_and_the_order_fetched(door: Door) -> None:
    door.store.orders[bodies.ORDER_ID] = replace(store_order(), id=bodies.ORDER_ID)
    door.bring("fulfillments/create", bodies.raw(SHIPMENT))
    assert door.order().seen is None
    assert reconcile.read_wanted(door.runtime) == 1
    assert door.order().seen is not None
    assert reconcile.read_wanted(door.runtime) == 0


def test_a_body_replayed_for_another_shop_moves_nothing_there(door: Door) -> None:
    """The signature covers the body only: the header may lie, a read with that token does not."""
    other = "other.myshopify.com"
    with door.runtime.db.write() as tx:
        shops.install(tx, other, MONDAY, currency="EUR")
    door.bring("fulfillments/create", bodies.raw(SHIPMENT), shop=other)
    reconcile.read_wanted(door.runtime)
    assert door.order(shop=other).seen is None
    with door.runtime.db.read() as tx:
        assert outbox.of_order(tx, other, bodies.ORDER_ID) == []


def test_the_echo_of_our_own_refund_is_matched_by_its_mark(door: Door) -> None:
    door.bring("orders/paid", bodies.raw(bodies.order()))
    with door.runtime.db.write() as tx:
        work = Casework(tx, bodies.SHOP, bodies.ORDER_ID, MONDAY)
        work.record([t.OutOfStockReported("", (bodies.VASE,))], by="Alice")
    key = next(k for k in door.order().planned if k.startswith("refund:"))
    mark = mark_for(bodies.SHOP, bodies.ORDER_ID, key, 1)
    door.bring("refunds/create", bodies.raw(repaid(note_with(mark, "#1-1"))))
    assert door.order().planned[key].state == "done"
    with door.runtime.db.read() as tx:
        row = outbox.by_key(tx, bodies.SHOP, bodies.ORDER_ID, key)
    assert row is not None
    assert row.state == "done"


def test_uninstalling_stops_everything_and_later_events_are_ignored(door: Door) -> None:
    body = bodies.raw({"id": 1, "myshopify_domain": bodies.SHOP})
    door.bring("app/uninstalled", body, triggered_at=MONDAY.isoformat())
    door.bring("orders/paid", bodies.raw(bodies.order()))
    assert door.states() == [
        ("handled", ""),
        ("ignored", "the app is not installed in this shop"),
    ]


def test_a_late_uninstalled_after_a_reinstall_is_ignored(door: Door) -> None:
    body = bodies.raw({"id": 1, "myshopify_domain": bodies.SHOP})
    before = (MONDAY - 60 * 24 * HOUR).isoformat()
    door.bring("app/uninstalled", body, triggered_at=before)
    assert door.states() == [("ignored", "older than the present installation")]


def test_a_purchase_nobody_heard_of_is_waited_for_and_then_parked(door: Door) -> None:
    body = json.dumps(
        {
            "type": "purchase.shipped",
            "shop": bodies.SHOP,
            "data": {"supplier": "Huanyu", "reference": "T1", "shipped_at": MONDAY.isoformat()},
        }
    ).encode()
    headers = doors.standard(body)
    assert door.client.post("/webhooks/supplier", data=body, headers=headers).status_code == 200
    drain_inbox(door.runtime)
    ((state, reason),) = door.states()
    assert state == "received"
    assert "Huanyu/T1" in reason
    while door.runtime.clock.now() < MONDAY + inbox.EXPECTED_WITHIN:
        assert door.states()[0][0] == "received"
        door.runtime.clock.turn_to(door.runtime.clock.now() + 2 * HOUR)
        drain_inbox(door.runtime)
    assert door.states()[0][0] == "parked"


def test_a_shipment_that_overtook_its_purchase_by_a_day_is_still_heard(door: Door) -> None:
    told = {"supplier": "Huanyu", "reference": "T1"}
    lines = [{"line_id": bodies.VASE, "quantity": 2}]
    cost = {"amount": "12.00", "currency": "CNY"}
    recorded = {"order_id": bodies.ORDER_ID, "connection": "by_hand", "lines": lines}
    shipped = _push("purchase.shipped", told | {"shipped_at": MONDAY.isoformat()})
    assert _brought(door, shipped) == 200
    for _ in range(26):
        drain_inbox(door.runtime)
        door.runtime.clock.turn_to(door.runtime.clock.now() + HOUR)
    assert _brought(door, _push("purchase.recorded", told | recorded | {"cost": cost})) == 200
    for _ in range(2):
        drain_inbox(door.runtime)
        door.runtime.clock.turn_to(door.runtime.clock.now() + HOUR)
    assert [state for state, _ in door.states()] == ["handled", "handled"]
    with door.runtime.db.read() as tx:
        order = fold(timelines.read(tx, bodies.SHOP, bodies.ORDER_ID))
    assert order.purchases["Huanyu/T1"].shipped_at == MONDAY


def _push(kind: str, data: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "shop": bodies.SHOP, "data": data}).encode()


def _brought(door: Door, body: bytes) -> int:
    now = door.runtime.clock.now()
    headers = doors.standard(body, at=int(now.timestamp()), id=f"msg_{now:%d%H}")
    return door.client.post("/webhooks/supplier", data=body, headers=headers).status_code


def test_a_flood_of_one_shop_does_not_starve_another(door: Door) -> None:
    other = "other.myshopify.com"
    with door.runtime.db.write() as tx:
        shops.install(tx, other, MONDAY, currency="EUR")
    for _ in range(50):
        door.leave("orders/paid", bodies.raw(bodies.order()))
    door.leave("orders/paid", bodies.raw(bodies.order()), shop=other)
    with door.runtime.db.read() as tx:
        first = inbox.waiting(tx, door.runtime.clock.now())
    assert other in {delivery.shop for delivery in first}


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda p: p.stem)
def test_every_documented_sample_is_accepted_and_understood_or_ignored(
    door: Door, path: Path
) -> None:
    topic = path.stem.replace("__", "/")
    body = path.read_text("utf-8").replace("{shop}.myshopify.com", bodies.SHOP)
    assert door.bring(topic, body.encode()) == 200
    ((state, reason),) = door.states()
    assert state in {"handled", "ignored"}, reason
    assert state == "handled" or reason
