"""How much room 1,000 orders take: as they come, a day later, and when the bodies have gone.

Each order is delivered as a store does it: created, paid, updated twice, shipped, and four words of
its parcel, in bodies of the shape that stores send; the desk's own rows are those of cases that
were lived through.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from plugin.store import bodies, migrate
from plugin.store.database import Database
from plugin.store.inbox import HANDLED, Inbox
from scheduler import demo_data
from tests.webhooks.bodies import order
from tests.webhooks.moves import carrier, fulfilment

ORDERS = 1_000
NOW = datetime(2026, 11, 2, tzinfo=UTC)
SHOP = "lanterna-store.myshopify.com"
ORDER_TOPICS = ("orders/create", "orders/paid", "orders/updated", "orders/updated")
STATIONS = 4
AT_ONCE = 500


def run() -> Iterator[str]:
    """Megabytes for 1,000 orders, by what is in them."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate.upgrade(db)
        empty = _used(db)
        for _ in demo_data.fill(db, SHOP, ORDERS, NOW):
            pass
        cases = _used(db) - empty
        _deliver(db)
        whole = _used(db) - empty
        later = NOW + timedelta(days=40)
        with db.write() as tx:
            found = bodies.to_pack(tx, SHOP, later, limit=ORDERS * 20)
            smaller = [(number, body, bodies.packed(body)) for number, body in found]
            bodies.keep_packed(tx, SHOP, smaller)
        packed = _used(db) - empty
        with db.write() as tx:
            bodies.empty(tx, SHOP, later, limit=ORDERS * 20)
        gone = _used(db) - empty
        db.close()
    each = sum(len(body) for _, body in found) / len(found)
    yield (
        f"{ORDERS:,} orders, each with a case, and {len(found):,} webhooks of {each:,.0f} bytes: "
        f"{whole:.1f} MB on the first day, {packed:.1f} MB with bodies packed, {gone:.1f} MB when "
        f"they have gone; of that the desk's own rows {cases:.1f} MB"
    )


def _deliver(db: Database) -> None:
    inbox, random = Inbox(db), Random(1)
    rows = [
        {
            "source": "shopify", "shop": SHOP, "delivery_id": f"{random.getrandbits(128):032x}",
            "topic": topic, "headers": {"topic": topic, "shop-domain": SHOP}, "received_at": NOW,
            "body": json.dumps(body, ensure_ascii=False).encode(), "state": HANDLED,
        }
        for number in range(ORDERS)
        for topic, body in _of_order(6_000_000_000_000 + number, random)
    ]  # fmt: skip
    for start in range(0, len(rows), AT_ONCE):
        inbox.keep_all(rows[start : start + AT_ONCE])


def _of_order(number: int, random: Random) -> Iterator[tuple[str, object]]:
    name = f"{random.getrandbits(64):016x}"
    told = {"id": number, "token": name, "email": f"{name}@example.com", "note": name[:8]}
    for topic in ORDER_TOPICS:
        yield topic, order(**told)
    yield "fulfillments/create", fulfilment(order_id=number)
    for _ in range(STATIONS):
        yield "fulfillment_events/create", carrier(order_id=number)


def _used(db: Database) -> float:
    """Megabytes in use; pages that are free again are not counted."""
    with db.read() as tx:
        pages, free, size = (
            tx.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("page_count", "freelist_count", "page_size")
        )
    return float((pages - free) * size / 1e6)
