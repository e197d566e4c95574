"""Sums by day of the shop, added to in the transaction in which a thing happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from plugin.store.tables import shops, tallies

PARTS = 16
STANDING = ""
"""The day of what is no sum by day."""
LONGEST = 300


class Tally(NamedTuple):
    """What is counted: the figure, of whom or of what, and in which unit."""

    figure: str
    """`orders`, `opened`, `done`, `planned`, `letters`, `product`; or as an entry of the ledger
    is called.

    `at_risk`, `owed`, `booked`, `bought` and `problem` are no sums by day: they are what stands
    now, over all days.
    The day of `expected` is the one on which money should come in; empty where nobody can say.
    """
    subject: str = ""
    unit: str = ""


ORDERS = Tally("orders")
ALONE, BY_A_PERSON = Tally("done", unit="alone"), Tally("done", unit="person")
KEPT, LATE = Tally("planned", unit="kept"), Tally("planned", unit="late")
AT_RISK, OWED = "at_risk", "owed"
OPENED, BOOKED, EXPECTED = "opened", "booked", "expected"
BOUGHT, PROBLEM = "bought", "problem"
"""Purchases of a supplier; cases with one, by situation."""
LETTERS, ANSWERS = Tally("letters", unit="sent"), Tally("letters", unit="answered")


def add(
    tx: Connection, shop: str, order_id: int, now: datetime, counts: Mapping[Tally, int]
) -> None:
    """Add to the day it is in the shop. One order at a time: then nobody waits in a circle."""
    if not counts:
        return
    zone = tx.execute(sa.select(shops.c.zone).where(shops.c.shop == shop)).scalar_one_or_none()
    day = now.astimezone(ZoneInfo(zone or "UTC")).date().isoformat()
    _write(tx, shop, order_id, {(day, what): amount for what, amount in counts.items()})


def stand(tx: Connection, shop: str, order_id: int, change: Mapping[Tally, int]) -> None:
    """Bring what stands now up to date by what an order changed of it."""
    move(tx, shop, order_id, {(STANDING, what): minor for what, minor in change.items()})


def move(tx: Connection, shop: str, order_id: int, change: Mapping[tuple[str, Tally], int]) -> None:
    """The same of what belongs to days of its own: (day, what) to more or less of it."""
    moved = {place: minor for place, minor in change.items() if minor}
    if moved:
        _write(tx, shop, order_id, moved)


def _write(
    tx: Connection, shop: str, order_id: int, counts: Mapping[tuple[str, Tally], int]
) -> None:
    rows = [
        {
            "shop": shop,
            "figure": tally.figure,
            "day": day,
            "subject": tally.subject[:LONGEST],
            "unit": tally.unit,
            "part": order_id % PARTS,
            "amount": amount,
        }
        for (day, tally), amount in sorted(counts.items())
    ]
    tx.execute(_adding(tx.dialect.name), rows)


@cache
def _adding(dialect: str) -> sa.Executable:
    insert: sqlite.Insert | postgresql.Insert
    insert = sqlite.insert(tallies) if dialect == "sqlite" else postgresql.insert(tallies)
    more = {"amount": tallies.c.amount + insert.excluded.amount}
    return insert.on_conflict_do_update(index_elements=tallies.primary_key, set_=more)


def sums(
    tx: Connection,
    shop: str,
    figures: Iterable[str],
    since: date | None = None,
    until: date | None = None,
    *,
    subjects: Iterable[str] | None = None,
) -> dict[Tally, int]:
    """The sums from a day up to, not including, another; of all time without days."""
    query = sa.select(
        tallies.c.figure, tallies.c.subject, tallies.c.unit, sa.func.sum(tallies.c.amount)
    ).where(tallies.c.shop == shop, tallies.c.figure.in_(list(figures)))
    if since is not None:
        query = query.where(tallies.c.day >= since.isoformat())
    if until is not None:
        query = query.where(tallies.c.day < until.isoformat())
    if subjects is not None:
        query = query.where(tallies.c.subject.in_([name[:LONGEST] for name in subjects]))
    grouped = query.group_by(tallies.c.figure, tallies.c.subject, tallies.c.unit)
    return {Tally(f, s, u): int(total) for f, s, u, total in tx.execute(grouped)}


def by_day(tx: Connection, shop: str, figure: str) -> dict[tuple[str, Tally], int]:
    """All that is left of one figure, day by day."""
    places = (tallies.c.day, tallies.c.subject, tallies.c.unit)
    total = sa.func.sum(tallies.c.amount)
    query = sa.select(*places, total).where(tallies.c.shop == shop, tallies.c.figure == figure)
    grouped = tx.execute(query.group_by(*places).having(total != 0))
    return {(day, Tally(figure, subject, unit)): int(n) for day, subject, unit, n in grouped}
