"""What a shop knows of its suppliers: its own record with each, and what it has noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import tallies
from plugin.store.tables import alternatives, cases, events, outbox, purchases, suppliers
from plugin.store.timelines import upsert
from plugin.terms import VERIFIED

TOO_FEW = 5
MOST = 200
A_DAY = 24 * 3600


@dataclass
class Score:
    """The shop's own record with one supplier."""

    supplier: str
    purchases: int = 0
    problems: dict[str, int] = field(default_factory=dict)
    """Cases by situation."""
    repaid: dict[str, int] = field(default_factory=dict)
    """What customers got back for his goods, in minor units by currency."""
    asked: dict[str, int] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Enough to judge by."""
        return self.purchases >= TOO_FEW

    @property
    def troubled(self) -> int:
        """Cases, of every kind."""
        return sum(self.problems.values())


def scores(tx: Connection, shop: str, names: list[str] | None = None) -> list[Score]:
    """Every supplier the shop has bought from, the most cases first; or some of them."""
    bought = tallies.sums(tx, shop, [tallies.BOUGHT], subjects=names)
    found = {
        what.subject: Score(what.subject, count)
        for what, count in bought.items()
        if count and what.subject
    }
    for what, count in tallies.sums(tx, shop, [tallies.PROBLEM], subjects=found).items():
        if count:
            found[what.subject].problems[what.unit] = count
    _money(tx, shop, found)
    return sorted(found.values(), key=lambda s: (-s.troubled, s.supplier))[:MOST]


def _money(tx: Connection, shop: str, found: dict[str, Score]) -> None:
    names = {"refunded": "repaid", "asked": "asked", "received": "received"}
    for what, minor in tallies.sums(tx, shop, names, subjects=found).items():
        if minor:
            getattr(found[what.subject], names[what.figure])[what.unit] = minor


def days_to_verify(tx: Connection, shop: str, supplier: str) -> float | None:
    """The middle one of the days from handing a claim in to its result; None without any.

    Of the latest cases that ask for a verification.
    """
    latest: list[tuple[datetime, str]] = []
    for situation in VERIFIED:  # one after the other: each is read off the end of its index
        mine = sa.select(cases.c.opened_at, cases.c.case_id).where(
            cases.c.shop == shop, cases.c.supplier == supplier, cases.c.situation == str(situation)
        )
        found = tx.execute(mine.order_by(cases.c.opened_at.desc()).limit(MOST))
        latest += [(opened_at, case_id) for opened_at, case_id in found]
    looked_at = [case_id for _, case_id in sorted(latest, reverse=True)[:MOST]]
    # Narrowed by case alone, so that no database takes the index of states for the shorter way.
    of_them = sa.select(outbox.c.case_id, outbox.c.action, outbox.c.state, outbox.c.settled_at)
    query = of_them.where(outbox.c.shop == shop, outbox.c.case_id.in_(looked_at))
    sent = {
        row.case_id: row.settled_at
        for row in tx.execute(query)
        if (row.action, row.state) == ("ask_verification", "done")
    }
    if not sent:
        return None
    orders = sa.select(cases.c.order_id).where(cases.c.shop == shop, cases.c.case_id.in_(sent))
    told = sa.select(events.c.at, events.c.body).where(
        events.c.shop == shop,
        events.c.order_id.in_(orders),
        events.c.kind == "verification_seen",
    )
    days = [
        (at - sent[body["case_id"]]).total_seconds() / A_DAY
        for at, body in tx.execute(told)
        if body.get("case_id") in sent
    ]
    return median(days) if days else None


def offers(tx: Connection, shop: str, supplier: str) -> list[dict[str, Any]]:
    """What he is listed for as an alternative."""
    query = sa.select(alternatives).where(
        alternatives.c.shop == shop, alternatives.c.supplier == supplier
    )
    return [
        dict(row) for row in tx.execute(query.order_by(alternatives.c.sku).limit(MOST)).mappings()
    ]


def noted(tx: Connection, shop: str, supplier: str) -> dict[str, Any] | None:
    """Contact, windows and proofs, as the shop has written them down."""
    query = sa.select(suppliers).where(suppliers.c.shop == shop, suppliers.c.supplier == supplier)
    row = tx.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def note(
    tx: Connection, shop: str, supplier: str, now: datetime, *, by: str, **values: Any
) -> None:
    """Write down what is known of a supplier."""
    row = {"shop": shop, "supplier": supplier, "by": by, "at": now, **values}
    upsert(tx, suppliers, row, ["shop", "supplier"])


def is_known(tx: Connection, shop: str, supplier: str) -> bool:
    """The shop has bought from him, or has him listed."""
    for table in (purchases, alternatives, suppliers):
        query = sa.select(table.c.supplier).where(
            table.c.shop == shop, table.c.supplier == supplier
        )
        if tx.execute(query.limit(1)).first():
            return True
    return False
