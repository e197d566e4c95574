"""The ledger's entries of one case, by which every money line of its timeline can be checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import ledger

MOST = 200


@dataclass(frozen=True)
class Booked:
    """One entry; entries are only added."""

    id: int
    case_id: str
    purse: str
    what: str
    key: str
    minor: int
    currency: str
    at: datetime


def entries_of(tx: Connection, shop: str, order_id: int) -> list[Booked]:
    """The entries of an order, oldest first."""
    columns = (
        ledger.c.id, ledger.c.case_id, ledger.c.purse, ledger.c.what, ledger.c.key,
        ledger.c.minor, ledger.c.currency, ledger.c.at,
    )  # fmt: skip
    mine = (ledger.c.shop == shop) & (ledger.c.order_id == order_id)
    rows = tx.execute(sa.select(*columns).where(mine).order_by(ledger.c.id).limit(MOST))
    return [Booked(*row) for row in rows]


def of_case(entries: Sequence[Booked], case_id: str, purchase_id: str) -> list[Booked]:
    """A case's own; what a supplier paid unasked belongs to whoever is about the purchase."""
    return [
        one
        for one in entries
        if one.case_id == case_id or (not one.case_id and purchase_id and one.key == purchase_id)
    ]


def totals(entries: Sequence[Booked]) -> dict[tuple[str, str, str], int]:
    """(purse, what, currency) to minor units."""
    found: dict[tuple[str, str, str], int] = {}
    for one in entries:
        key = (one.purse, one.what, one.currency)
        found[key] = found.get(key, 0) + one.minor
    return found
