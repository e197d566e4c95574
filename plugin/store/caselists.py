"""Lists of cases, from the derived table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import case_words, cases, orders, shops

FIRST_ORDER, FIRST_CASE = ("", 0), ("", "")
"""Before all of them."""

# What every step asks is written once: putting a query together takes longer than running it.
_WOKEN = (
    sa.update(cases)
    .where(cases.c.shop == sa.bindparam("of_shop"), cases.c.order_id == sa.bindparam("of_order"))
    .where(cases.c.snoozed_until.is_not(None), cases.c.deadline <= sa.bindparam("now"))
    .values(snoozed_until=None)
)
_STOOD = sa.select(
    *(cases.c.currency, cases.c.at_risk_minor, cases.c.owed_currency, cases.c.owed_minor),
    *(cases.c.snoozed_until.is_not(None), cases.c.deadline),
    *(cases.c.supplier, cases.c.situation),
).where(cases.c.shop == sa.bindparam("of_shop"), cases.c.order_id == sa.bindparam("of_order"))
_WORDS = sa.select(case_words.c.case_id, case_words.c.word).where(
    case_words.c.shop == sa.bindparam("of_shop"),
    case_words.c.case_id.in_(sa.bindparam("case_ids", expanding=True)),
)


def recovering(tx: Connection, *, read_before: datetime, limit: int) -> list[tuple[str, int]]:
    """(shop, order id) of open cases with money owed, not asked about since a moment.

    Of shops that have the app.
    """
    query = (
        sa.select(cases.c.shop, cases.c.order_id)
        .join(orders, (orders.c.shop == cases.c.shop) & (orders.c.order_id == cases.c.order_id))
        .join(shops, (shops.c.shop == cases.c.shop) & (shops.c.state != "uninstalled"))
        .where(cases.c.owed_currency != "", cases.c.closed_at.is_(None))
        .where(sa.or_(orders.c.read_at.is_(None), orders.c.read_at < read_before))
        .distinct()
        .order_by(cases.c.shop, cases.c.order_id)
        .limit(limit)
    )
    return [(shop, order_id) for shop, order_id in tx.execute(query)]


def open_orders(
    tx: Connection, behind: tuple[str, int] = FIRST_ORDER, *, limit: int
) -> list[tuple[str, int]]:
    """(shop, order id) of orders with an open case, of shops that have the app.

    In their order, behind one that was given before: there can be hundreds of thousands.
    """
    place = sa.tuple_(cases.c.shop, cases.c.order_id)
    query = (
        sa.select(cases.c.shop, cases.c.order_id)
        .join(shops, shops.c.shop == cases.c.shop)
        .where(cases.c.closed_at.is_(None), shops.c.state != "uninstalled")
        .where(place > sa.tuple_(*behind))
        .distinct()
        .order_by(cases.c.shop, cases.c.order_id)
        .limit(limit)
    )
    return [(shop, order_id) for shop, order_id in tx.execute(query)]


@dataclass(frozen=True)
class Dated:
    """An open case and the date it waits for."""

    shop: str
    order_id: int
    case_id: str
    name: str
    deadline: datetime


def with_deadline(
    tx: Connection, names: Collection[str], behind: tuple[str, str] = FIRST_CASE, *, limit: int
) -> list[Dated]:
    """Open cases that wait for one of these deadlines, behind the last one that was given."""
    query = sa.select(
        cases.c.shop, cases.c.order_id, cases.c.case_id, cases.c.deadline_name, cases.c.deadline
    ).where(cases.c.closed_at.is_(None), cases.c.deadline_name.in_(sorted(names)))
    query = query.where(sa.tuple_(cases.c.shop, cases.c.case_id) > sa.tuple_(*behind))
    query = query.order_by(cases.c.shop, cases.c.case_id).limit(limit)
    return [Dated(*row) for row in tx.execute(query)]


@dataclass(frozen=True)
class Stood:
    """A case's row before it is written again."""

    currency: str
    at_risk: int
    owed_currency: str
    owed: int
    asleep: bool
    """Snoozed."""
    deadline: datetime | None
    supplier: str
    situation: str


def stood(tx: Connection, shop: str, order_id: int) -> list[Stood]:
    """The rows of an order's cases."""
    return [Stood(*row) for row in tx.execute(_STOOD, {"of_shop": shop, "of_order": order_id})]


def one(tx: Connection, shop: str, case_id: str) -> dict[str, Any] | None:
    """One case of this shop; anybody else's is as unknown as one that never was."""
    query = sa.select(cases).where(cases.c.shop == shop, cases.c.case_id == case_id)
    row = tx.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def of_order(tx: Connection, shop: str, order_id: int) -> list[dict[str, Any]]:
    """The cases of one order, oldest first."""
    query = sa.select(cases).where(cases.c.shop == shop, cases.c.order_id == order_id)
    # Sorted here: asked to sort, SQLite goes through all cases by their days instead.
    found = [dict(row) for row in tx.execute(query).mappings()]
    return sorted(found, key=lambda row: (row["opened_at"], row["number"]))


# --- What people set on a case --------------------------------------------------------------------


def assign(tx: Connection, shop: str, case_id: str, assignee: str) -> bool:
    """Give a case to somebody, or to nobody; False for a case that is not this shop's."""
    return _set(tx, shop, case_id, assignee=assignee)


def snooze(tx: Connection, shop: str, case_id: str, until: datetime | None) -> bool:
    """Leave a case out of what needs somebody until a moment, or until its deadline passes."""
    return _set(tx, shop, case_id, snoozed_until=until)


def _set(tx: Connection, shop: str, case_id: str, **values: Any) -> bool:
    mine = (cases.c.shop == shop) & (cases.c.case_id == case_id)
    return tx.execute(sa.update(cases).where(mine).values(**values)).rowcount == 1


def wake_overdue(tx: Connection, shop: str, order_id: int, now: datetime) -> None:
    """A deadline that has passed ends a snooze: to be asked before the row moves on to the next."""
    tx.execute(_WOKEN, {"of_shop": shop, "of_order": order_id, "now": now})


# --- The words a case is found by -----------------------------------------------------------------


def words_of(tx: Connection, shop: str, case_ids: Iterable[str]) -> dict[str, set[str]]:
    """Case id to its words; a case without any is left out."""
    found: dict[str, set[str]] = {}
    for case_id, word in tx.execute(_WORDS, {"of_shop": shop, "case_ids": list(case_ids)}):
        found.setdefault(case_id, set()).add(word)
    return found
