"""What went out to customers and what suppliers owe: every figure is the sum of entries shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Blueprint, g
from sqlalchemy.engine import Connection

from plugin.pages.desk import Desk
from plugin.store.tables import cases, ledger

BANDS = (15, 30, 45)
"""Days; the last band is everything beyond."""


@dataclass
class Asked:
    """One purchase's money, from asking to its end."""

    case_id: str
    number: str
    supplier: str
    currency: str
    asked_at: datetime
    asked: int
    agreed: int = 0
    received: int = 0
    refused: bool = False
    ended_at: datetime | None = None
    entries: int = 0

    @property
    def state(self) -> str:
        """The furthest it has come."""
        if self.received:
            return "received"
        if self.refused:
            return "refused"
        return "agreed" if self.agreed else "asked"

    @property
    def owed(self) -> int:
        """What is still to come, in minor units."""
        if self.received or self.refused:
            return 0
        return self.agreed or self.asked

    def age(self, now: datetime) -> int:
        """Days since it was asked for."""
        return (now - self.asked_at) // timedelta(days=1)

    def band(self, now: datetime) -> str:
        """`0-15`, `16-30`, `31-45` or `over`."""
        least = 0
        for most in BANDS:
            if self.age(now) <= most:
                return f"{least}-{most}"
            least = most + 1
        return "over"


@dataclass
class Figures:
    """The three figures, in one currency each."""

    out: dict[str, int] = field(default_factory=dict)
    back: dict[str, int] = field(default_factory=dict)
    owed: dict[str, int] = field(default_factory=dict)


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.get("/recovery")
    def recovery() -> str:
        with desk.db.read() as tx:
            rows = read(tx, g.shop.shop)
            figures = sums(tx, g.shop.shop, rows)
        return desk.page("recovery.html", rows=rows, figures=figures)


def read(tx: Connection, shop: str) -> list[Asked]:
    """Every purchase whose money was asked back, the oldest open one first."""
    query = (
        sa.select(ledger, cases.c.number, cases.c.supplier)
        .outerjoin(cases, (cases.c.shop == ledger.c.shop) & (cases.c.case_id == ledger.c.case_id))
        .where(ledger.c.shop == shop, ledger.c.purse == "recovery")
        .order_by(ledger.c.id)
    )
    found: dict[tuple[int, str], Asked] = {}
    for entry in tx.execute(query).mappings():
        purchase = entry["key"].removeprefix("recover:").partition("#")[0]
        asked = found.setdefault(
            (entry["order_id"], purchase),
            Asked(
                case_id=entry["case_id"],
                number=entry["number"] or "",
                supplier=entry["supplier"] or purchase.partition("/")[0],
                currency=entry["currency"],
                asked_at=entry["at"],
                asked=0,
            ),
        )
        _add(asked, entry["what"], entry["minor"], entry["at"])
    return sorted(found.values(), key=lambda a: (a.owed == 0, a.asked_at))


def sums(tx: Connection, shop: str, rows: Sequence[Asked]) -> Figures:
    """The figures: the sums of the entries of the ledger and of the rows shown."""
    figures = Figures()
    query = sa.select(ledger.c.currency, sa.func.sum(ledger.c.minor)).where(
        ledger.c.shop == shop, ledger.c.purse == "remedy", ledger.c.what == "refunded"
    )
    figures.out = {c: int(n) for c, n in tx.execute(query.group_by(ledger.c.currency))}
    for row in rows:
        figures.back[row.currency] = figures.back.get(row.currency, 0) + row.received
        figures.owed[row.currency] = figures.owed.get(row.currency, 0) + row.owed
    return figures


def _add(asked: Asked, what: str, minor: int, at: datetime) -> None:
    asked.entries += 1
    match what:
        case "asked":
            asked.asked += minor
        case "agreed":
            asked.agreed += minor
        case "received":
            asked.received += minor
            asked.ended_at = at
        case "refused":
            asked.refused = True
            asked.ended_at = at
