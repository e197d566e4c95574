"""What the version before did not add to is counted again from the rows."""

from __future__ import annotations

import sqlalchemy as sa

from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.store import tables
from plugin.store.database import Database
from plugin.store.migrations import recounting
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import REFUND, desk_on
from tests.standing import stands, summed
from tests.story import HUANYU


def test_sums_some_processes_did_not_keep_are_counted_again(db: Database, clock: Clock) -> None:
    desk = desk_on(db, clock)
    with db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID, MONDAY)
        work.settle(desk.row(REFUND), t.ActionDone(REFUND, "7", 2490, "USD"), by="app")
        work.record([t.RecoverySeen(HUANYU, "agreed", 8800, "CNY")], by="supplier")
        kept = stands(tx, SHOP)
    assert {name for name, sums in kept.items() if sums} >= {"booked", "expected", "bought"}
    with db.write() as tx:
        rows = tables.tallies
        tx.execute(sa.update(rows).where(rows.c.figure == "booked").values(amount=1))
        tx.execute(sa.delete(rows).where(rows.c.figure.in_(["opened", "problem", "expected"])))
        assert stands(tx, SHOP) != kept
        recounting.count_again(tx, (*recounting.SUMS, recounting.OPENED))
        assert stands(tx, SHOP) == summed(tx, SHOP) == kept
