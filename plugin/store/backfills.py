"""How far the reading of a shop's past has come: a place to go on from, kept with every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import backfills
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
    """Those that are under way."""
    query = sa.select(backfills).where(backfills.c.state == "running")
    return [Backfill(**row) for row in tx.execute(query.order_by(backfills.c.shop)).mappings()]


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


def advance(tx: Connection, shop: str, cursor: str, read: int) -> None:
    """A page was read."""
    mine = sa.update(backfills).where(backfills.c.shop == shop)
    tx.execute(mine.values(cursor=cursor, done=backfills.c.done + read, problem=""))


def finish(tx: Connection, shop: str, now: datetime) -> None:
    """The last page was read."""
    mine = sa.update(backfills).where(backfills.c.shop == shop)
    tx.execute(mine.values(state="done", finished_at=now, cursor="", problem=""))


def stumble(tx: Connection, shop: str, why: str) -> None:
    """It could not go on just now; the next turn tries from the same place."""
    mine = sa.update(backfills).where(backfills.c.shop == shop)
    tx.execute(mine.values(problem=why[:500]))
