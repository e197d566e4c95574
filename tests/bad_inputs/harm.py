"""What no bad input may do, whatever else becomes of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from plugin.store import tables
from plugin.store.database import Database

TELLTALES = ("Traceback", 'File "', "sqlalchemy", "werkzeug", "jinja", "psycopg", "sqlite3", "PIL.")
"""What an answer would hold that tells how the app is made or where it broke."""


def harmless(answer: TestResponse) -> None:
    """No failure of ours, and nothing told of how the app is made."""
    assert answer.status_code < 500, answer.status
    text = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
    assert [telltale for telltale in TELLTALES if telltale in text] == []


def rows_of(db: Database, shop: str) -> dict[str, list[Any]]:
    """Every row of a shop."""
    with db.read() as tx:
        return {
            table.name: [
                tuple(row) for row in tx.execute(sa.select(table).where(table.c.shop == shop))
            ]
            for table in tables.metadata.sorted_tables
            if "shop" in table.c
        }


def planned(db: Database) -> int:
    """How many actions are planned, for whomever."""
    with db.read() as tx:
        return int(tx.execute(sa.select(sa.func.count()).select_from(tables.outbox)).scalar_one())
