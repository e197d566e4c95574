"""How far the reading of a shop's past has come: a place to go on from, kept with every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    bulk: str = ""
    """How far the store's own writing of a file is: empty (not begun), `starting` (asked for, the
    answer not known), `running`, `ready` (being read), `taken` (read to its end) or `given_up`."""
    operation: str = ""
    bulk_at: datetime | None = None
    """When it was asked for."""
    look_at: datetime | None = None
    """When it is looked at next."""
    place: int = 0
    """Bytes of the file that were read."""
    tries: int = 0


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
    # A shop that has nothing to show yet comes before those whose past is half read.
    query = query.order_by(backfills.c.done > 0, backfills.c.shop)
    return [Backfill(**row) for row in tx.execute(query).mappings()]


def never_begun(tx: Connection) -> list[str]:
    """Shops that only watch so far and whose past nobody has begun to read."""
    begun = sa.select(backfills.c.shop)
    query = sa.select(shops.c.shop).where(
        shops.c.watching, shops.c.state != "uninstalled", shops.c.shop.not_in(begun)
    )
    return list(tx.execute(query.order_by(shops.c.shop)).scalars())


def move(tx: Connection, backfill: Backfill, **values: Any) -> bool:
    """Change how far the store's file is. False: somebody else has done so meanwhile."""
    here = (
        (backfills.c.shop == backfill.shop)
        & (backfills.c.bulk == backfill.bulk)
        & (backfills.c.operation == backfill.operation)
        & (backfills.c.place == backfill.place)
    )
    return tx.execute(sa.update(backfills).where(here).values(**values)).rowcount == 1


def unread(tx: Connection, backfill: Backfill, order_ids: Sequence[int]) -> list[int]:
    """Those of some orders which the store was not asked about since it began, in their order."""
    query = sa.select(orders.c.order_id).where(
        orders.c.shop == backfill.shop,
        orders.c.order_id.in_(order_ids),
        orders.c.read_at >= backfill.started_at,
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
        "bulk": "",
        "operation": "",
        "bulk_at": None,
        "look_at": None,
        "place": 0,
        "tries": 0,
    }
    upsert(tx, backfills, row, ["shop"])


def change(tx: Connection, shop: str, **values: Any) -> None:
    """Bring the shop's row up to date."""
    tx.execute(sa.update(backfills).where(backfills.c.shop == shop).values(**values))


def count(tx: Connection, shop: str) -> None:
    """One more order was read; in the transaction that takes it in, so that none counts twice."""
    mine = sa.update(backfills).where(backfills.c.shop == shop)
    tx.execute(mine.values(done=backfills.c.done + 1, problem=""))


def advance(tx: Connection, shop: str, cursor: str, more: str) -> bool:
    """The rest of the page at `cursor` was read. False: somebody else has turned it."""
    here = (backfills.c.shop == shop) & (backfills.c.cursor == cursor)
    turned = sa.update(backfills).where(here, backfills.c.state == "running")
    return tx.execute(turned.values(cursor=more, problem="")).rowcount == 1


def finish(tx: Connection, backfill: Backfill, now: datetime) -> None:
    """The last page was read. Orders that others read meanwhile are counted in."""
    read = sa.select(sa.func.count()).where(
        orders.c.shop == backfill.shop, orders.c.read_at >= backfill.started_at, orders.c.seq > 0
    )
    done = int(tx.execute(read).scalar_one())
    values = {"state": "done", "finished_at": now, "cursor": "", "problem": "", "done": done}
    change(tx, backfill.shop, **values)


def stumble(tx: Connection, shop: str, why: str) -> None:
    """It could not go on just now; the next turn tries from the same place."""
    mine = sa.update(backfills).where(backfills.c.shop == shop)
    tx.execute(mine.values(problem=why[:500]))
