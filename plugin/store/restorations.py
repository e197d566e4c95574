"""Shops that were restored from a backup, and have not read back what happened since.

Until that is done nothing is sent for them: what the backup does not know may have gone out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import restorations, shops
from plugin.store.timelines import upsert


@dataclass(frozen=True)
class Restoration:
    """One shop's last restoration."""

    shop: str
    since: datetime
    """From here on the database knows nothing for certain."""
    restored_at: datetime
    ended_at: datetime | None


def begin(tx: Connection, shop: str, since: datetime, now: datetime) -> None:
    """It was restored just now."""
    row = {"shop": shop, "since": since, "restored_at": now, "ended_at": None}
    upsert(tx, restorations, row, ["shop"])


def of_shop(tx: Connection, shop: str) -> Restoration | None:
    """The last one; None for a shop that never was."""
    query = sa.select(restorations).where(restorations.c.shop == shop)
    row = tx.execute(query).mappings().one_or_none()
    return Restoration(**row) if row else None


def is_careful(tx: Connection, shop: str) -> bool:
    """Is it still being read back?"""
    found = of_shop(tx, shop)
    return found is not None and found.ended_at is None


def careful(tx: Connection) -> list[Restoration]:
    """Every shop that is still being read back."""
    query = sa.select(restorations).where(restorations.c.ended_at.is_(None))
    rows = tx.execute(query.order_by(restorations.c.shop)).mappings()
    return [Restoration(**row) for row in rows]


def sending_shops() -> sa.Select[tuple[str]]:
    """Shops things go out for: not paused, not watching only, not being read back."""
    reading = sa.exists().where(
        restorations.c.shop == shops.c.shop, restorations.c.ended_at.is_(None)
    )
    query = sa.select(shops.c.shop).where(shops.c.state == "active", ~shops.c.watching)
    return query.where(~reading)


def end(tx: Connection, shop: str, now: datetime) -> bool:
    """Everything was read back. True if this is the first to say so."""
    mine = (restorations.c.shop == shop) & restorations.c.ended_at.is_(None)
    return tx.execute(sa.update(restorations).where(mine).values(ended_at=now)).rowcount == 1
