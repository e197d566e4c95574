"""The recovery page's questions: each limited, each answered from an index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import ledger, recoveries
from plugin.store.timelines import upsert


@dataclass(frozen=True)
class Place:
    """A row's place in a list that is sorted by the day it was asked."""

    since: datetime
    order_id: int
    purchase_id: str

    def spell(self) -> str:
        """As an address carries it."""
        return f"{self.since.isoformat()}~{self.order_id}~{self.purchase_id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """None for what is no place."""
        since, _, rest = text.partition("~")
        number, _, purchase = rest.partition("~")
        try:
            moment, order_id = datetime.fromisoformat(since), int(number)
        except ValueError:
            return None
        sound = moment.tzinfo is not None and "\0" not in purchase and abs(order_id) < 2**63
        return cls(moment, order_id, purchase) if sound else None


@dataclass(frozen=True)
class Due:
    """Money expected on a day; None: nobody can say when."""

    day: date | None
    agreed: bool
    currency: str
    minor: int


def keep(tx: Connection, row: Mapping[str, Any]) -> None:
    """Add a row, or bring it up to date."""
    upsert(tx, recoveries, dict(row), ["shop", "order_id", "purchase_id"])


def listed(
    tx: Connection, shop: str, *, still: bool, after: Place | None = None, limit: int
) -> list[dict[str, Any]]:
    """What is still owed, the oldest first; or what has ended, the newest first."""
    key = sa.tuple_(recoveries.c.since, recoveries.c.order_id, recoveries.c.purchase_id)
    query = sa.select(recoveries).where(recoveries.c.shop == shop, recoveries.c.open.is_(still))
    if after is not None:
        place = sa.tuple_(
            sa.literal(after.since, recoveries.c.since.type), after.order_id, after.purchase_id
        )
        query = query.where(key > place if still else key < place)
    columns = (recoveries.c.since, recoveries.c.order_id, recoveries.c.purchase_id)
    query = query.order_by(*(c if still else c.desc() for c in columns))
    return [dict(row) for row in tx.execute(query.limit(limit)).mappings()]


def owed(tx: Connection, shop: str) -> list[Due]:
    """What is still to come, by day, currency and whether it was agreed to."""
    agreed = (recoveries.c.state == "agreed").label("agreed")
    columns = (recoveries.c.expected_on, agreed, recoveries.c.owed_currency)
    query = sa.select(*columns, sa.func.sum(recoveries.c.owed_minor)).where(
        recoveries.c.shop == shop, recoveries.c.open.is_(True)
    )
    return [
        Due(date.fromisoformat(day) if day else None, bool(sure), currency, int(minor))
        for day, sure, currency, minor in tx.execute(query.group_by(*columns))
    ]


def booked(tx: Connection, shop: str, purse: str, what: str) -> dict[str, int]:
    """Minor units by currency of all entries of one kind."""
    query = sa.select(ledger.c.currency, sa.func.sum(ledger.c.minor)).where(
        ledger.c.shop == shop, ledger.c.purse == purse, ledger.c.what == what
    )
    return {cur: int(sum_) for cur, sum_ in tx.execute(query.group_by(ledger.c.currency))}
