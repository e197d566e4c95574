"""The two purses, never mixed: `remedy` is merchant to customer, `recovery` supplier to merchant.

Entries are only added, never edited; every figure shown is a sum of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from plugin.store import tallies
from plugin.store.tables import cases, ledger
from plugin.store.tallies import Tally


@dataclass(frozen=True)
class Entry:
    """One entry."""

    id: int
    what: str
    key: str
    minor: int
    currency: str
    at: datetime
    case_id: str
    number: str = ""
    """The case's, as people know it."""


def book(
    tx: Connection,
    shop: str,
    order_id: int,
    case_id: str,
    purse: str,
    what: str,
    key: str,
    minor: int,
    currency: str,
    now: datetime,
    *,
    supplier: str = "",
    product: str = "",
) -> None:
    """Add an entry; the same entry twice is one, and counts once for whom it is about."""
    row = {
        "shop": shop,
        "order_id": order_id,
        "case_id": case_id,
        "purse": purse,
        "what": what,
        "key": key,
        "minor": minor,
        "currency": currency,
        "at": now,
    }
    unique = ["shop", "order_id", "purse", "what", "key"]
    insert = sqlite.insert(ledger) if tx.dialect.name == "sqlite" else postgresql.insert(ledger)
    added = insert.values(row).on_conflict_do_nothing(index_elements=unique).returning(ledger.c.id)
    if tx.execute(added).first() is None:
        return
    counts = {Tally(what, supplier, currency): minor}
    if product:
        counts[Tally("product", product, currency)] = minor
    tallies.add(tx, shop, order_id, now, counts)
    tallies.stand(tx, shop, order_id, {booked_as(purse, what, currency): minor})


def booked_as(purse: str, what: str, currency: str = "") -> Tally:
    """What the entries of one kind are summed under, over all time."""
    return Tally(tallies.BOOKED, f"{purse}.{what}", currency)


def totals(tx: Connection, shop: str, case_id: str = "") -> dict[tuple[str, str, str], int]:
    """(purse, what, currency) to minor units, of a shop or of one case."""
    query = sa.select(
        ledger.c.purse, ledger.c.what, ledger.c.currency, sa.func.sum(ledger.c.minor)
    ).where(ledger.c.shop == shop)
    if case_id:
        query = query.where(ledger.c.case_id == case_id)
    grouped = query.group_by(ledger.c.purse, ledger.c.what, ledger.c.currency)
    return {(purse, what, cur): int(total) for purse, what, cur, total in tx.execute(grouped)}


def of_order(tx: Connection, shop: str, order_id: int, purse: str) -> list[Entry]:
    """One order's entries of a purse, the oldest first."""
    mine = (ledger.c.shop == shop) & (ledger.c.order_id == order_id) & (ledger.c.purse == purse)
    query = sa.select(ledger).where(mine).order_by(ledger.c.id)
    return [_entry(row) for row in tx.execute(query).mappings()]


def refunds(tx: Connection, shop: str, *, before: int = 0, limit: int) -> list[Entry]:
    """Refunds to customers, the newest first; `before`: those older than an entry."""
    of_case = (cases.c.shop == ledger.c.shop) & (cases.c.case_id == ledger.c.case_id)
    query = (
        sa.select(ledger, cases.c.number)
        .outerjoin(cases, of_case)
        .where(ledger.c.shop == shop, ledger.c.purse == "remedy", ledger.c.what == "refunded")
    )
    if before:
        query = query.where(ledger.c.id < before)
    found = tx.execute(query.order_by(ledger.c.id.desc()).limit(limit)).mappings()
    return [_entry(row) for row in found]


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(
        *(int(row["id"]), row["what"], row["key"], int(row["minor"]), row["currency"], row["at"]),
        case_id=row["case_id"],
        number=row.get("number") or "",
    )
