"""The few figures of a period, each one question to the database. Currencies are never added."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import tallies
from plugin.store.tables import cases, outbox
from plugin.store.tallies import ALONE, KEPT, Tally
from plugin.terms import Situation

SAMPLE = 500
"""Cases of which the hours to the first action are looked at: the latest of the period."""
TOP = 10
LONGEST = timedelta(days=400)
"""The longest period that is looked at in one go."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From a moment up to, not including, another: whole days of the shop."""

    since: datetime
    until: datetime

    @property
    def before(self) -> Period:
        """As long a time just before this one."""
        return Period(self.since - (self.until - self.since), self.since)

    def of(self, column: sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
        """The moment lies in it."""
        return (column >= self.since) & (column < self.until)


def days(first: date, last: date, zone: str) -> Period:
    """Whole days of a zone, the last one included."""
    there = ZoneInfo(zone)
    end = datetime.combine(last + A_DAY, time.min, there)
    return Period(datetime.combine(first, time.min, there), end)


def all_of(tx: Connection, shop: str, period: Period) -> dict[str, Any]:
    """Every figure of a period: orders, opened, hours, alone, kept, money, suppliers."""
    cases_opened = opened(tx, shop, period)
    return {
        "orders": orders(tx, shop, period),
        "opened": {s: n for s in Situation if (n := cases_opened.get(s, 0))},
        "hours": hours_to_first_action(tx, shop, period),
        "alone": alone(tx, shop, period),
        "kept": kept(tx, shop, period),
        "money": money(tx, shop, period),
        "suppliers": by_supplier(tx, shop, period),
    }


def orders(tx: Connection, shop: str, period: Period) -> int:
    """Orders first heard of in the period."""
    return sum(_sums(tx, shop, period, "orders").values())


def opened(tx: Connection, shop: str, period: Period) -> dict[str, int]:
    """Cases opened, by situation."""
    query = sa.select(cases.c.situation, sa.func.count()).where(
        cases.c.shop == shop, period.of(cases.c.opened_at)
    )
    return {str(s): int(n) for s, n in tx.execute(query.group_by(cases.c.situation))}


def hours_to_first_action(tx: Connection, shop: str, period: Period) -> float | None:
    """The middle one of the hours from opening to the first thing done, of the latest cases."""
    latest = (
        sa.select(cases.c.case_id, cases.c.opened_at)
        .where(cases.c.shop == shop, period.of(cases.c.opened_at))
        .order_by(cases.c.opened_at.desc())
        .limit(SAMPLE)
    )
    opened_at = {str(case_id): moment for case_id, moment in tx.execute(latest)}
    # Narrowed by case alone, so that no database takes the index of states for the shorter way.
    steps = sa.select(outbox.c.case_id, outbox.c.state, outbox.c.settled_at).where(
        outbox.c.shop == shop, outbox.c.case_id.in_(list(opened_at))
    )
    first: dict[str, datetime] = {}
    for step in tx.execute(steps):
        if step.state == "done":
            first[step.case_id] = min(step.settled_at, first.get(step.case_id, step.settled_at))
    hours = [(done - opened_at[case]).total_seconds() / 3600 for case, done in first.items()]
    return median(hours) if hours else None


def alone(tx: Connection, shop: str, period: Period) -> tuple[int, int]:
    """(done without a person, done): of the actions settled in the period."""
    found = _sums(tx, shop, period, "done")
    return found.get(ALONE, 0), sum(found.values())


def kept(tx: Connection, shop: str, period: Period) -> tuple[int, int]:
    """(deadlines met, deadlines that came): steps a clock called for, on time or late."""
    found = _sums(tx, shop, period, "planned")
    return found.get(KEPT, 0), sum(found.values())


def money(tx: Connection, shop: str, period: Period) -> dict[str, dict[str, int]]:
    """`out`, `back` and `lost` to minor units by currency: sums of the ledger's entries."""
    names = {"refunded": "out", "received": "back", "refused": "lost"}
    found: dict[str, Counter[str]] = {name: Counter() for name in names.values()}
    for what, minor in _sums(tx, shop, period, *names).items():
        if minor:
            found[names[what.figure]][what.unit] += minor
    return {name: dict(sums) for name, sums in found.items()}


def by_supplier(tx: Connection, shop: str, period: Period) -> list[tuple[str, str, int]]:
    """(supplier, currency, minor units) paid back to customers, the largest first.

    By the supplier who was known when the money went.
    """
    return _largest(_sums(tx, shop, period, "refunded"))


def by_product(tx: Connection, shop: str, period: Period) -> list[tuple[str, str, int]]:
    """(product, currency, minor units) paid back for, the largest first."""
    return _largest(_sums(tx, shop, period, "product"))


def _sums(tx: Connection, shop: str, period: Period, *figures: str) -> dict[Tally, int]:
    return tallies.sums(tx, shop, figures, period.since.date(), period.until.date())


def _largest(found: dict[Tally, int]) -> list[tuple[str, str, int]]:
    rows = [(what.subject, what.unit, minor) for what, minor in found.items() if what.subject]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))[:TOP]
