"""The recovery page's questions: each limited, each answered from an index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import ledger, tallies
from plugin.store.tables import recoveries
from plugin.store.tallies import Tally
from plugin.store.timelines import upsert

AGREED = "agreed"
"""The state in which the other side has said yes."""


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


def keep(tx: Connection, shop: str, order_id: int, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows of an order, or bring them up to date, and what is expected on which day."""
    mine = (recoveries.c.shop == shop) & (recoveries.c.order_id == order_id)
    found = tx.execute(sa.select(recoveries).where(mine)).mappings()
    known = {row["purchase_id"]: row for row in found}
    change: Counter[tuple[str, Tally]] = Counter()
    for row in rows:
        before = known.get(row["purchase_id"])
        change.subtract(_expected(before) if before else {})
        change.update(_expected(row))
        named = {"shop": shop, "order_id": order_id, **row}
        upsert(tx, recoveries, named, ["shop", "order_id", "purchase_id"])
    tallies.move(tx, shop, order_id, change)


def _expected(row: Mapping[Any, Any]) -> dict[tuple[str, Tally], int]:
    if not row["open"]:
        return {}
    sure = AGREED if row["state"] == AGREED else ""
    place = (row["expected_on"], Tally(tallies.EXPECTED, sure, row["owed_currency"]))
    return {place: row["owed_minor"]}


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
    return [
        Due(date.fromisoformat(day) if day else None, what.subject == AGREED, what.unit, minor)
        for (day, what), minor in sorted(tallies.by_day(tx, shop, tallies.EXPECTED).items())
    ]


def booked(tx: Connection, shop: str, purse: str, what: str) -> dict[str, int]:
    """Minor units by currency of all entries of one kind."""
    wanted = ledger.booked_as(purse, what)
    found = tallies.sums(tx, shop, [wanted.figure], subjects=[wanted.subject])
    return {told.unit: minor for told, minor in found.items()}
