"""The ledger's entries as the recovery page shows them: a row per purchase, a line per refund."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.case import Case
from plugin.deadlines import RECOVERY_SHUTS
from plugin.fold import fold
from plugin.store import shops, timelines
from plugin.store.tables import cases, ledger, outbox

BANDS = (15, 30, 45)
"""Days; the last band is everything beyond."""
SOON = timedelta(days=14)


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger."""

    minor: int
    currency: str
    at: datetime
    case_id: str = ""
    number: str = ""
    """The case's, as people know it."""


@dataclass
class Asked:
    """One purchase's money, from asking to its end. An amount nobody knows is 0."""

    purchase: tuple[int, str]
    """(order id, purchase id)"""
    supplier: str
    case_id: str
    number: str
    over: bool
    """Its case is closed: nothing more is waited for."""
    stages: dict[str, Entry] = field(default_factory=dict)
    """`asked`, `agreed`, `received`, `refused`, as far as it came."""
    shuts: datetime | None = None
    """When the supplier's own window shuts, while money is owed."""

    @property
    def state(self) -> str:
        """The furthest it has come."""
        for name in ("received", "refused", "agreed"):
            if name in self.stages:
                return name
        return "asked"

    @property
    def open(self) -> bool:
        """Money is still to come."""
        return not self.over and self.state in {"asked", "agreed"}

    @property
    def received(self) -> Entry | None:
        """What came."""
        return self.stages.get("received")

    @property
    def owed(self) -> Entry | None:
        """What is still to come: what was agreed to, else what was asked for."""
        known = self.stages.get("agreed") or self.stages.get("asked")
        return known if self.open else None

    @property
    def since(self) -> datetime:
        """When it was asked for, or first heard of."""
        return min(entry.at for entry in self.stages.values())

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


def refunds(tx: Connection, shop: str) -> list[Entry]:
    """Every refund to a customer, the newest first."""
    query = _entries(shop).where(ledger.c.purse == "remedy", ledger.c.what == "refunded")
    found = tx.execute(query.order_by(ledger.c.id.desc())).mappings()
    return [_entry(row) for row in found]


def asked_back(tx: Connection, shop: str) -> list[Asked]:
    """Every purchase whose money was asked back: what is owed first, and of that the oldest."""
    query = _entries(shop).where(ledger.c.purse == "recovery").order_by(ledger.c.id)
    found: dict[tuple[int, str], Asked] = {}
    for row in tx.execute(query).mappings():
        purchase = (row["body"] or {}).get("purchase_id") or row["key"].removeprefix("recover:")
        key = (int(row["order_id"]), purchase)
        if key not in found:
            supplier = row["supplier"] or purchase.partition("/")[0]
            number, over = row["number"] or "", row["closed_at"] is not None
            found[key] = Asked(key, supplier, row["case_id"], number, over)
        found[key].stages[row["what"]] = _entry(row)
    for asked in found.values():
        asked.shuts = _shuts(tx, shop, asked) if asked.open else None
    return sorted(found.values(), key=lambda asked: (not asked.open, asked.since))


def _entries(shop: str) -> sa.Select[Any]:
    mine = (cases.c.shop == ledger.c.shop) & (cases.c.case_id == ledger.c.case_id)
    # An entry of ours has its action's key, which may be the second of its kind for a purchase.
    ours = (
        (outbox.c.shop == ledger.c.shop)
        & (outbox.c.order_id == ledger.c.order_id)
        & (outbox.c.key == ledger.c.key)
    )
    columns = (ledger, cases.c.number, cases.c.supplier, cases.c.closed_at, outbox.c.body)
    query = sa.select(*columns).outerjoin(cases, mine).outerjoin(outbox, ours)
    return query.where(ledger.c.shop == shop)


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(int(row["minor"]), row["currency"], row["at"], row["case_id"], row["number"] or "")


def _shuts(tx: Connection, shop: str, asked: Asked) -> datetime | None:
    order = fold(timelines.read(tx, shop, asked.purchase[0]))
    record = order.cases.get(asked.case_id)
    if record is None:
        return None
    opened = record.opened
    terms = shops.terms_of(tx, shop, opened.terms_version)
    case = Case(order, opened.situation, opened.purchase_id, terms, opened.line_ids, record)
    return RECOVERY_SHUTS.due(case)
