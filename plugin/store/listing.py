"""The inbox's questions to the table of cases: every one limited, every one on an index.

Rows are sorted by `urgency`, the largest first, and by case id where that is equal. A page begins
behind the last row of the one before (keyset), so nothing is shown twice and nothing skipped
while other rows come and go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.narrowing import Wanted, conditions
from plugin.store.tables import cases, customers, orders

COUNTED_TO = 100
LOOKED_THROUGH = 3_000
"""Cases that a shop's own lists are counted among: the most urgent."""


@dataclass(frozen=True)
class Place:
    """A row's place in the list. What needs a person, is open or closed is part of `urgency`."""

    urgency: float
    case_id: str

    def spell(self) -> str:
        """As an address carries it."""
        return f"{self.urgency!r}_{self.case_id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """None for what is no place."""
        number, _, case_id = text.partition("_")
        try:
            found = cls(float(number), case_id)
        except ValueError:
            return None
        finite = float("-inf") < found.urgency < float("inf")
        plain = text.isascii() and "\0" not in text
        return found if finite and plain and 0 < len(case_id) <= 36 else None


def listed(
    tx: Connection,
    shop: str,
    wanted: Wanted,
    now: datetime,
    *,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> list[dict[str, Any]]:
    """Cases with the names of their order and customer, the most urgent first."""
    key = sa.tuple_(cases.c.urgency, cases.c.case_id)
    query = sa.select(cases.c.case_id).where(*conditions(tx, shop, wanted, now))
    if before is not None:
        query = query.where(key > sa.tuple_(before.urgency, before.case_id))
        query = query.order_by(cases.c.urgency, cases.c.case_id)
    else:
        if after is not None:
            query = query.where(key < sa.tuple_(after.urgency, after.case_id))
        query = query.order_by(cases.c.urgency.desc(), cases.c.case_id.desc())
    return rows_of(tx, shop, query.limit(limit))


def rows_of(tx: Connection, shop: str, case_ids: sa.Select[tuple[str]]) -> list[dict[str, Any]]:
    """The rows of some cases as the list shows them, the most urgent first.

    Their ids are asked for first: within one query, a database that has not counted its rows yet
    looks for them once per case. They are sorted here: asked to sort, SQLite goes through all the
    shop's cases in that order instead of fetching fifty.
    """
    found = list(tx.execute(case_ids).scalars())
    of_order = (orders.c.shop == cases.c.shop) & (orders.c.order_id == cases.c.order_id)
    of_customer = (customers.c.shop == cases.c.shop) & (customers.c.order_id == cases.c.order_id)
    query = (
        sa.select(cases, orders.c.name.label("order_name"), customers.c.name.label("customer_name"))
        .outerjoin(orders, of_order)
        .outerjoin(customers, of_customer)
        .where(cases.c.shop == shop, cases.c.case_id.in_(found))
    )
    rows = [dict(row) for row in tx.execute(query).mappings()]
    return sorted(rows, key=lambda row: (row["urgency"], row["case_id"]), reverse=True)


def chosen(tx: Connection, shop: str, case_ids: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of cases that were picked; anybody else's are left out."""
    picked = sa.select(cases.c.case_id).where(
        cases.c.shop == shop, cases.c.case_id.in_(sorted(set(case_ids)))
    )
    return rows_of(tx, shop, picked)


def counts(tx: Connection, shop: str, lists: Mapping[str, Wanted], now: datetime) -> dict[str, int]:
    """How many cases several lists have, counted to 100 and no further, in one query."""
    capped = []
    for name, wanted in lists.items():
        some = sa.select(sa.literal(1).label("one")).select_from(cases)
        some = some.where(*conditions(tx, shop, wanted, now)).limit(COUNTED_TO)
        counted = sa.select(sa.func.count()).select_from(some.subquery())
        capped.append(counted.scalar_subquery().label(name))
    return {name: int(n) for name, n in tx.execute(sa.select(*capped)).mappings().one().items()}


@dataclass(frozen=True)
class Count:
    """How many cases a list has."""

    found: int
    at_least: bool
    """There may be more: not every case was looked at."""


def counts_of_own(
    tx: Connection, shop: str, lists: Mapping[str, Wanted], now: datetime
) -> dict[str, Count]:
    """How many cases each of a shop's own lists has, in one walk through the most urgent.

    They can be narrowed by anything, so no index answers all of them: the walk ends after 3,000
    cases. Lists that search for words are left out; each would be a search of its own.
    """
    plain = {name: wanted for name, wanted in lists.items() if not wanted.words}
    if not plain:
        return {}
    urgent = cases.alias("urgent")
    first = (
        sa.select(urgent.c.case_id)
        .where(urgent.c.shop == shop)
        .order_by(urgent.c.urgency.desc(), urgent.c.case_id.desc())
        .limit(LOOKED_THROUGH)
    )
    sums = [
        sa.func.count(sa.case((sa.and_(*conditions(tx, shop, wanted, now)), 1)))
        for wanted in plain.values()
    ]
    query = sa.select(sa.func.count(), *sums).where(
        cases.c.shop == shop, cases.c.case_id.in_(first)
    )
    looked, *found = tx.execute(query).one()
    more = looked == LOOKED_THROUGH
    return {name: Count(int(n), more) for name, n in zip(plain, found, strict=True)}


def suppliers_of(tx: Connection, shop: str, *, limit: int = 200) -> list[str]:
    """The suppliers cases are about, one look into the index for each."""
    mine = cases.c.shop == shop
    first = sa.select(sa.func.min(cases.c.supplier).label("name")).where(
        mine, cases.c.supplier > ""
    )
    found = first.cte("found", recursive=True)
    later = sa.select(sa.func.min(cases.c.supplier)).where(mine, cases.c.supplier > found.c.name)
    following = sa.select(later.scalar_subquery()).where(found.c.name.is_not(None))
    found = found.union_all(following)
    query = sa.select(found.c.name).where(found.c.name.is_not(None)).limit(limit)
    return list(tx.execute(query).scalars())
