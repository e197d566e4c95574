"""What a sweep asks is found by its moment, however many orders wait in however many shops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from plugin.store import shops, tables, timelines
from plugin.store.database import Database
from tests.conftest import MONDAY

SHOPS, ORDERS = 40, 4_000
LATER = MONDAY + timedelta(days=400)
ASKED: dict[str, Callable[[Connection], object]] = {
    "orders": lambda tx: timelines.due(tx, MONDAY, limit=200),
    "orders of a shop": lambda tx: timelines.due_of(tx, _shop(0), MONDAY, limit=200),
    "purchases": lambda tx: timelines.purchases_to_look_at(tx, MONDAY, limit=200),
}


def _shop(n: int) -> str:
    return f"shop-{n % SHOPS}.myshopify.com"


@pytest.fixture
def large(sqlite_db: Database) -> Database:
    """Many shops, one of which has most of the orders, and the database has counted its rows."""
    owners = [_shop(n if n % 4 == 0 else 0) for n in range(ORDERS)]
    with sqlite_db.write() as tx:
        for n in range(SHOPS):
            shops.install(tx, _shop(n), MONDAY, currency="USD")
        waiting = [
            {"shop": shop, "order_id": n, "next_look": LATER + timedelta(seconds=n)}
            for n, shop in enumerate(owners)
        ]
        tx.execute(sa.insert(tables.orders), waiting)
        bought = [
            {"shop": shop, "order_id": n, "purchase_id": f"{n}", "supplier": "Huanyu"}
            for n, shop in enumerate(owners)
        ]
        tx.execute(sa.insert(tables.purchases), bought)
    sqlite_db.count_rows()
    return sqlite_db


@pytest.mark.parametrize("what", ASKED)
def test_what_is_due_is_found_by_its_moment(large: Database, what: str) -> None:
    told: list[tuple[str, tuple[object, ...]]] = []
    with large.read() as tx:
        event.listen(tx, "before_cursor_execute", lambda *said: told.append((said[2], said[3])))
        assert ASKED[what](tx) == []
        statement, parameters = told[-1]
        plan = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row[3] for row in plan]
    table = what.split(maxsplit=1)[0]
    (found,) = [step for step in steps if step.startswith((f"SEARCH {table}", f"SCAN {table}"))]
    assert "next_look<?" in found or "look_at<?" in found, steps
