"""How far the reading of a shop's past has come: a place to go on from, kept with every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import backfills, orders, shops
from plugin.store.timelines import upsert


@dataclass(frozen=True)
class Backfill:
    """The reading of one shop's past."""

    shop: str
    state: str
    """`running`, `done` or `stopped`"""
    cursor: str
    since: datetime
    done: int
    total: int | None
    started_at: datetime
    finished_at: datetime | None
    problem: str


def of_shop(tx: Connection, shop: str) -> Backfill | None:
    """The shop's last one."""
    query = sa.select(backfills).where(backfills.c.shop == shop)
    row = tx.execute(query).mappings().one_or_none()
    return Backfill(**row) if row else None


def running(tx: Connection) -> list[Backfill]:
    """Those that are under way, of shops that have the app."""
    gone = sa.select(shops.c.shop).where(shops.c.state == "uninstalled")
    query = sa.select(backfills).where(
        backfills.c.state == "running", backfills.c.shop.not_in(gone)
    )
    return [Backfill(**row) for row in tx.execute(query.order_by(backfills.c.shop)).mappings()]


def never_begun(tx: Connection) -> list[str]:
    """Shops that only watch so far and whose past nobody has begun to read."""
    begun = sa.select(backfills.c.shop)
    query = sa.select(shops.c.shop).where(
        shops.c.watching, shops.c.state != "uninstalled", shops.c.shop.not_in(begun)
    )
    return list(tx.execute(query.order_by(shops.c.shop)).scalars())


def unread(tx: Connection, shop: str, order_ids: Sequence[int]) -> list[int]:
    """Those of some orders which the store was never asked about, in their order."""
    query = sa.select(orders.c.order_id).where(
        orders.c.shop == shop, orders.c.order_id.in_(order_ids), orders.c.read_at.is_not(None)
    )
    known = set(tx.execute(query).scalars())
    return [order_id for order_id in order_ids if order_id not in known]


def begin(tx: Connection, shop: str, since: datetime, now: datetime) -> None:
    """From the beginning, whatever was before."""
    row = {
        "shop": shop,
        "state": "running",
        "cursor": "",
        "since": since,
        "done": 0,
        "total": None,
        "started_at": now,
        "finished_at": None,
        "problem": "",
    }
    upsert(tx, backfills, row, ["shop"])


def count(tx: Connection, backfill: Backfill, read: int) -> None:
    """Some orders of the page were read."""
    mine = sa.update(backfills).where(backfills.c.shop == backfill.shop)
    tx.execute(mine.values(done=backfills.c.done + read, problem=""))


def advance(tx: Connection, backfill: Backfill, cursor: str, read: int) -> bool:
    """The rest of the page was read. False: somebody else has turned it."""
    count(tx, backfill, read)
    here = (backfills.c.shop == backfill.shop) & (backfills.c.cursor == backfill.cursor)
    return tx.execute(sa.update(backfills).where(here).values(cursor=cursor)).rowcount == 1


def finish(tx: Connection, shop: str, now: datetime) -> None:
    """The last page was read."""
    mine = sa.update(backfills).where(backfills.c.shop == shop)
    tx.execute(mine.values(state="done", finished_at=now, cursor="", problem=""))


def stumble(tx: Connection, shop: str, why: str) -> None:
    """It could not go on just now; the next turn tries from the same place."""
    mine = sa.update(backfills).where(backfills.c.shop == shop)
    tx.execute(mine.values(problem=why[:500]))
