"""Refund safety: what the store said last and when, and asking it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.order import DISPUTE_OVER, Order
from plugin.pages.case_goods import safety
from plugin.store import caselists, timelines
from plugin.store.tables import orders

STALE = timedelta(days=1)
"""The store's facts are read again after a day; before money goes out they always are."""


@dataclass(frozen=True)
class Safety:
    """The panel."""

    sums: dict[str, int]
    """Minor units of the order's currency, by name."""
    disputes: tuple[str, ...]
    """The status of each dispute that is not over."""
    read_at: datetime | None
    """When the store was last asked, or told us by itself."""
    reading: bool
    """It has been asked for and is still to come."""
    stale: bool


def safety_of(
    tx: Connection, shop: str, order_id: int, order: Order, heard: datetime | None, now: datetime
) -> Safety:
    """`heard` is when the store last said anything of the order by itself."""
    query = sa.select(orders.c.read_at, orders.c.read_wanted).where(
        orders.c.shop == shop, orders.c.order_id == order_id
    )
    row = tx.execute(query).one_or_none()
    moments = [m for m in (row.read_at if row else None, heard) if m is not None]
    read_at = max(moments, default=None)
    return Safety(
        sums=safety(order),
        disputes=open_disputes(order),
        read_at=read_at,
        reading=bool(row and row.read_wanted),
        stale=read_at is None or now - read_at > STALE,
    )


def open_disputes(order: Order) -> tuple[str, ...]:
    """What the banks say of card disputes that are open or were lost."""
    found = [d.status.lower() for d in order.disputes.values()]
    return tuple(status for status in found if status not in DISPUTE_OVER)


def ask_again(tx: Connection, shop: str, case_id: str) -> bool:
    """Have the store asked about a case's order now. False: the shop has no such case."""
    row = caselists.one(tx, shop, case_id)
    if row is None:
        return False
    timelines.lock(tx, shop, row["order_id"])
    timelines.set_head(tx, shop, row["order_id"], read_wanted=True)
    return True
