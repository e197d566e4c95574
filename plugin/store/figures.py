"""The few figures of a period, each one question to the database. Currencies are never added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import cases, events, ledger, outbox

SAMPLE = 2_000
"""Cases of which the hours to the first action are looked at: the latest of the period."""
TOP = 10


@dataclass(frozen=True)
class Period:
    """From a moment up to, not including, another."""

    since: datetime
    until: datetime

    @property
    def before(self) -> Period:
        """As long a time just before this one."""
        return Period(self.since - (self.until - self.since), self.since)

    def of(self, column: sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
        """The moment lies in it."""
        return (column >= self.since) & (column < self.until)


def orders(tx: Connection, shop: str, period: Period) -> int:
    """Orders first heard of in the period."""
    query = sa.select(sa.func.count()).where(
        events.c.shop == shop, period.of(events.c.at), events.c.seq == 1
    )
    return int(tx.execute(query).scalar_one())


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
        .subquery()
    )
    done = (outbox.c.shop == shop) & (outbox.c.case_id == latest.c.case_id)
    query = (
        sa.select(latest.c.opened_at, sa.func.min(outbox.c.settled_at))
        .join(outbox, done & (outbox.c.state == "done"))
        .group_by(latest.c.case_id, latest.c.opened_at)
    )
    hours = [(first - begun).total_seconds() / 3600 for begun, first in tx.execute(query)]
    return median(hours) if hours else None


def alone(tx: Connection, shop: str, period: Period) -> tuple[int, int]:
    """(done without a person, done): of the actions settled in the period."""
    by_itself = sa.case(((outbox.c.level == "auto") & outbox.c.draft.is_(None), 1), else_=0)
    query = sa.select(sa.func.coalesce(sa.func.sum(by_itself), 0), sa.func.count()).where(
        outbox.c.shop == shop, outbox.c.state == "done", period.of(outbox.c.settled_at)
    )
    mine, every = tx.execute(query).one()
    return int(mine), int(every)


def kept(tx: Connection, shop: str, period: Period) -> tuple[int, int]:
    """(deadlines met, deadlines that came): steps a clock called for, on time or late."""
    late = events.c.body["late_seconds"].as_integer()
    query = sa.select(sa.func.count(), sa.func.sum(sa.case((late > 0, 1), else_=0))).where(
        events.c.shop == shop, period.of(events.c.at), events.c.kind == "planned"
    )
    every, missed = tx.execute(query).one()
    return int(every) - int(missed or 0), int(every)


def money(tx: Connection, shop: str, period: Period) -> dict[str, dict[str, int]]:
    """`out`, `back` and `lost` to minor units by currency: sums of the ledger's entries."""
    query = sa.select(
        ledger.c.purse, ledger.c.what, ledger.c.currency, sa.func.sum(ledger.c.minor)
    ).where(ledger.c.shop == shop, period.of(ledger.c.at))
    grouped = query.group_by(ledger.c.purse, ledger.c.what, ledger.c.currency)
    names = {
        ("remedy", "refunded"): "out",
        ("recovery", "received"): "back",
        ("recovery", "refused"): "lost",
    }
    found: dict[str, dict[str, int]] = {"out": {}, "back": {}, "lost": {}}
    for purse, what, currency, minor in tx.execute(grouped):
        name = names.get((purse, what))
        if name and minor:
            found[name][str(currency)] = int(minor)
    return found


def by_supplier(tx: Connection, shop: str, period: Period) -> list[tuple[str, str, int]]:
    """(supplier, currency, minor units) paid back to customers, the largest first."""
    mine = (cases.c.shop == ledger.c.shop) & (cases.c.case_id == ledger.c.case_id)
    total = sa.func.sum(ledger.c.minor)
    query = (
        sa.select(cases.c.supplier, ledger.c.currency, total)
        .join(cases, mine)
        .where(
            ledger.c.shop == shop,
            ledger.c.purse == "remedy",
            ledger.c.what == "refunded",
            cases.c.supplier != "",
            period.of(ledger.c.at),
        )
        .group_by(cases.c.supplier, ledger.c.currency)
        .order_by(total.desc(), cases.c.supplier)
        .limit(TOP)
    )
    return [(str(s), str(c), int(m)) for s, c, m in tx.execute(query)]


def refunded_orders(tx: Connection, shop: str, period: Period, limit: int) -> Sequence[int]:
    """Orders of the latest refunds of the period."""
    query = (
        sa.select(ledger.c.order_id)
        .where(
            ledger.c.shop == shop,
            ledger.c.purse == "remedy",
            ledger.c.what == "refunded",
            period.of(ledger.c.at),
        )
        .order_by(ledger.c.id.desc())
        .limit(limit)
    )
    return list(dict.fromkeys(int(row.order_id) for row in tx.execute(query)))
