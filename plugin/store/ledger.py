"""The two purses, never mixed: `remedy` is merchant to customer, `recovery` supplier to merchant.

Entries are only added, never edited; every figure shown is a sum of them.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from plugin.store.tables import ledger


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
) -> None:
    """Add an entry; the same entry twice is one."""
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
    if tx.dialect.name == "sqlite":
        tx.execute(sqlite.insert(ledger).values(row).on_conflict_do_nothing(index_elements=unique))
    else:
        insert = postgresql.insert(ledger).values(row)
        tx.execute(insert.on_conflict_do_nothing(index_elements=unique))


def totals(tx: Connection, shop: str, case_id: str = "") -> dict[tuple[str, str, str], int]:
    """(purse, what, currency) to minor units, of a shop or of one case."""
    query = sa.select(
        ledger.c.purse, ledger.c.what, ledger.c.currency, sa.func.sum(ledger.c.minor)
    ).where(ledger.c.shop == shop)
    if case_id:
        query = query.where(ledger.c.case_id == case_id)
    grouped = query.group_by(ledger.c.purse, ledger.c.what, ledger.c.currency)
    return {(purse, what, cur): int(total) for purse, what, cur, total in tx.execute(grouped)}
