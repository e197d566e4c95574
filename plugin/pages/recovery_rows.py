"""What the recovery page shows of a purchase, and the weeks in which its money is expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from plugin.store import recoveries
from plugin.store.recoveries import Due, Place

BANDS = (15, 30, 45)
"""Days; the last band is everything beyond."""
SOON = timedelta(days=14)
WEEKS = 8
A_WEEK = timedelta(days=7)
STAGES = ("asked", "agreed", "received", "refused")


@dataclass(frozen=True)
class Stage:
    """One entry of the ledger. An amount nobody knows is 0."""

    minor: int
    currency: str
    at: datetime


@dataclass(frozen=True)
class Asked:
    """One purchase's money, from asking to its end."""

    order_id: int
    purchase_id: str
    case_id: str
    number: str
    """The case's, as people know it."""
    supplier: str
    state: str
    open: bool
    since: datetime
    shuts: datetime | None
    """When the supplier's own window shuts, while money is owed."""
    expected_on: str
    stages: Mapping[str, Stage]
    owed_minor: int
    owed_currency: str

    def band(self, now: datetime) -> str:
        """`0-15`, `16-30`, `31-45` or `over` days since it was asked for."""
        age, least = (now - self.since) // timedelta(days=1), 0
        for most in BANDS:
            if age <= most:
                return f"{least}-{most}"
            least = most + 1
        return "over"

    def shuts_soon(self, now: datetime) -> bool:
        """The supplier's window is about to shut, or has."""
        return self.shuts is not None and self.shuts - now <= SOON


def read_row(row: Mapping[str, Any]) -> Asked:
    """A row of the table."""
    stages = {
        what: Stage(told["minor"], told["currency"], datetime.fromisoformat(told["at"]))
        for what, told in row["stages"].items()
    }
    plain = {name: row[name] for name in Asked.__dataclass_fields__ if name != "stages"}
    return Asked(**plain, stages=stages)


def page(
    tx: Connection, shop: str, after: Place | None, *, still: bool, limit: int
) -> tuple[list[Asked], Place | None]:
    """Some rows of what is still owed, or has ended, and the place the next page begins behind."""
    found = recoveries.listed(tx, shop, still=still, after=after, limit=limit + 1)
    rows = [read_row(row) for row in found[:limit]]
    if len(found) <= limit:
        return rows, None
    last = rows[-1]
    return rows, Place(last.since, last.order_id, last.purchase_id)


def figures_of(tx: Connection, shop: str, owed: Iterable[Due]) -> dict[str, dict[str, int]]:
    """`out` to customers, `back` from suppliers and `owed` still, in minor units by currency."""
    return {
        "out": recoveries.booked(tx, shop, "remedy", "refunded"),
        "back": recoveries.booked(tx, shop, "recovery", "received"),
        "owed": by_currency(owed),
    }


def by_currency(owed: Iterable[Due]) -> dict[str, int]:
    """Minor units still to come."""
    found: Counter[str] = Counter()
    for due in owed:
        found[due.currency] += due.minor
    return dict(found)


@dataclass(frozen=True)
class Expected:
    """Money expected in one currency in one week, in minor units."""

    begins: date | None
    """Its Monday; None for `overdue`, `later` and `unknown`."""
    name: str
    """`overdue`, `week`, `later` or `unknown`."""
    agreed: int
    hoped: int
    """Asked for and not agreed to yet."""


def by_week(owed: Iterable[Due], currency: str, today: date) -> list[Expected]:
    """This week and the seven after it, what is overdue before them, what comes later behind."""
    monday = today - timedelta(days=today.weekday())
    weeks: list[date | None] = [monday + n * A_WEEK for n in range(WEEKS)]
    spans = [("overdue", None), *(("week", w) for w in weeks), ("later", None), ("unknown", None)]
    sums = {span: [0, 0] for span in spans}
    for due in owed:
        if due.currency == currency:
            sums[_span(due.day, today, monday)][not due.agreed] += due.minor
    found = [Expected(begins, name, *sums[name, begins]) for name, begins in spans]
    return [one for one in found if one.name == "week" or one.agreed or one.hoped]


def _span(day: date | None, today: date, monday: date) -> tuple[str, date | None]:
    if day is None:
        return "unknown", None
    if day < today:
        return "overdue", None
    week = (day - monday) // A_WEEK
    return ("week", monday + week * A_WEEK) if week < WEEKS else ("later", None)
