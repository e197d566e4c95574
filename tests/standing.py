"""What is summed while it changes, beside what the rows behind it add up to."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import tables, tallies

Sums = dict[str, dict[str, int]]
KEPT = (
    *(tallies.AT_RISK, tallies.OWED, tallies.BOOKED, tallies.EXPECTED, tallies.OPENED),
    *(tallies.PROBLEM, tallies.BOUGHT),
)


def summed(tx: Connection, shop: str) -> Sums:
    """Row by row."""
    found: dict[str, Counter[str]] = {name: Counter() for name in KEPT}
    for row in _rows(tx, tables.cases, shop):
        found[tallies.AT_RISK][row["currency"]] += row["at_risk_minor"]
        found[tallies.OWED][row["owed_currency"]] += row["owed_minor"]
        found[tallies.OPENED][row["situation"]] += 1
        found[tallies.PROBLEM][f"{row['supplier']} {row['situation']}".strip()] += 1
    for row in _rows(tx, tables.purchases, shop):
        found[tallies.BOUGHT][row["supplier"]] += 1
    for row in _rows(tx, tables.ledger, shop):
        found[tallies.BOOKED][f"{row['purse']}.{row['what']} {row['currency']}"] += row["minor"]
    for row in _rows(tx, tables.recoveries, shop):
        sure = "agreed" if row["state"] == "agreed" else ""
        place = f"{row['expected_on']} {sure} {row['owed_currency']}".strip()
        found[tallies.EXPECTED][place] += row["owed_minor"] if row["open"] else 0
    return {name: {what: n for what, n in sums.items() if n} for name, sums in found.items()}


def _rows(tx: Connection, table: sa.Table, shop: str) -> sa.MappingResult:
    return tx.execute(sa.select(table).where(table.c.shop == shop)).mappings()


def stands(tx: Connection, shop: str) -> Sums:
    """As it was kept while it changed."""
    found: Sums = {name: {} for name in KEPT}
    for name in KEPT:
        for (day, what), n in tallies.by_day(tx, shop, name).items():
            dated = day if name == tallies.EXPECTED else ""
            place = f"{dated} {what.subject} {what.unit}".strip()
            found[name][place] = found[name].get(place, 0) + n
    return found
