"""A shop with a history, and the hands of somebody who has the database to himself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin import timeline as t
from plugin.store import append_only
from plugin.store.database import Database
from plugin.terms import Autonomy, Cap, Terms
from tests.casework.conftest import Desk, desk
from tests.story import HUANYU, LAMP, order_seen, purchase

__all__ = ["Desk", "desk"]

REFUND = f"refund:{LAMP}:1"


@contextmanager
def intruder(db: Database) -> Iterator[Connection]:
    """Past the app and past the triggers: what nobody should do, and what has to be noticed."""
    with db.write() as tx:
        append_only.unguard(tx)
    with db.engine.begin() as tx:
        if not db.is_sqlite:
            tx.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            tx.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
        yield tx
    with db.write() as tx:
        if db.is_sqlite:
            tx.execute(sa.text("PRAGMA ignore_check_constraints = OFF"))
        append_only.guard(tx)


@pytest.fixture
def paid(desk: Desk) -> Desk:
    """No stock was reported, and the customer was paid back by the app alone."""
    auto = {"no_stock.refund": Autonomy.AUTO}
    desk.publish(Terms(autonomy=auto, cap=Cap(1_000_000, 10_000_000, "USD")))
    desk.tell(order_seen(), purchase(), t.NoteWritten("Called Bianca"))
    desk.tell(t.OutOfStockReported(HUANYU, message="all gone"), by="supplier")
    desk.work()
    assert desk.row(REFUND).state == "done"
    return desk
