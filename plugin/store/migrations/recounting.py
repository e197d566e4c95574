"""Adding up once, from the rows, what is summed as it changes ever after.

A migration that begins such a sum counts it while processes of the version before may still be at
work, which do not add to it. So the one that is run when none of them is left counts it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

INTO = "INSERT INTO tallies (shop, figure, day, subject, unit, part, amount) "
SUMS = {
    "at_risk": "SELECT shop, 'at_risk', '', '', currency, 0, sum(at_risk_minor)"
    " FROM cases WHERE at_risk_minor > 0 GROUP BY shop, currency",
    "owed": "SELECT shop, 'owed', '', '', owed_currency, 0, sum(owed_minor)"
    " FROM cases WHERE owed_minor > 0 GROUP BY shop, owed_currency",
    "booked": "SELECT shop, 'booked', '', purse || '.' || what, currency, 0, sum(minor)"
    " FROM ledger GROUP BY shop, purse, what, currency",
    "expected": "SELECT shop, 'expected', expected_on,"
    " CASE WHEN state = 'agreed' THEN 'agreed' ELSE '' END, owed_currency, 0, sum(owed_minor)"
    " FROM recoveries WHERE open AND owed_minor > 0"
    " GROUP BY shop, expected_on, CASE WHEN state = 'agreed' THEN 'agreed' ELSE '' END,"
    " owed_currency",
    "bought": "SELECT shop, 'bought', '', supplier, '', 0, count(*)"
    " FROM purchases GROUP BY shop, supplier",
    "problem": "SELECT shop, 'problem', '', supplier, situation, 0, count(*)"
    " FROM cases GROUP BY shop, supplier, situation",
}
OPENED = "opened"
"""By the day it was in the shop, which no database can tell."""
ADD = INTO + "VALUES (:shop, 'opened', :day, :subject, '', 0, :amount)"


def count(tx: Connection, figures: Iterable[str]) -> None:
    """Add figures up that nobody has summed yet."""
    for figure in figures:
        if figure == OPENED:
            _count_opened(tx)
        else:
            tx.execute(sa.text(INTO + SUMS[figure]))


def count_again(tx: Connection, figures: Iterable[str]) -> None:
    """The same of figures that were summed by some of the processes, while others go on adding."""
    if tx.dialect.name == "postgresql":
        # Whoever has added to a sum is waited for, whoever wants to waits: then each row that is
        # seen below is in its sum already, and each that is not will be added behind it.
        tx.execute(sa.text("LOCK TABLE tallies IN SHARE ROW EXCLUSIVE MODE"))
    wanted = list(figures)
    for figure in wanted:
        tx.execute(sa.text("DELETE FROM tallies WHERE figure = :figure"), {"figure": figure})
    count(tx, wanted)


def _count_opened(tx: Connection) -> None:
    for shop, zone in tx.execute(sa.text("SELECT shop, zone FROM shops")).all():
        counts: Counter[tuple[str, str]] = Counter()
        query = sa.text("SELECT opened_at, situation FROM cases WHERE shop = :shop")
        for opened_at, situation in tx.execute(query, {"shop": shop}):
            counts[_day(opened_at, zone), situation] += 1
        rows = [
            {"shop": shop, "day": day, "subject": situation, "amount": amount}
            for (day, situation), amount in counts.items()
        ]
        if rows:
            tx.execute(sa.text(ADD), rows)


def _day(moment: str | datetime, zone: str) -> str:
    """The day it was in the shop; SQLite gives a text without a zone."""
    told = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    aware = told if told.tzinfo else told.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone or "UTC")).date().isoformat()
