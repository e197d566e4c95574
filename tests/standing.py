"""What the first page says of money, beside what the rows behind it add up to."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import tables, tallies

Sums = dict[str, dict[str, int]]


def summed(tx: Connection, shop: str) -> Sums:
    """Row by row."""
    found: dict[str, Counter[str]] = {tallies.AT_RISK: Counter(), tallies.OWED: Counter()}
    for row in tx.execute(sa.select(tables.cases).where(tables.cases.c.shop == shop)).mappings():
        found[tallies.AT_RISK][row["currency"]] += row["at_risk_minor"]
        found[tallies.OWED][row["owed_currency"]] += row["owed_minor"]
    return {
        name: {cur: minor for cur, minor in sums.items() if minor} for name, sums in found.items()
    }


def stands(tx: Connection, shop: str) -> Sums:
    """As it was kept while it changed."""
    found: Sums = {tallies.AT_RISK: {}, tallies.OWED: {}}
    for what, minor in tallies.sums(tx, shop, found).items():
        if minor:
            found[what.figure][what.unit] = minor
    return found
