"""Who looked at customers' data, or took it away: kept for a year, and by ids alone.

The same person looking at the same thing again within ten minutes is one row with a count: a page
that is left open, or a case with ten pictures, would otherwise fill the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from plugin.store.tables import accesses, cases

KEPT_FOR = timedelta(days=366)
"""A year, and the day a leap year has more."""
TOGETHER_SECONDS = 600
AT_ONCE = 1000


@dataclass(frozen=True)
class Access:
    """Somebody looked at something."""

    person: str
    way: str
    """`desk`, `admin` (the desk inside the store's own admin), or `api`."""
    what: str
    data: str
    """Kinds of data, with spaces between them."""
    orders: tuple[int, ...] = ()
    """The orders whose customers were shown; none for a file of them all."""
    case_id: str = ""


@dataclass(frozen=True)
class Entry:
    """A row of the log."""

    id: int
    since: datetime
    at: datetime
    person: str
    way: str
    what: str
    data: str
    order_id: int | None
    case_id: str
    orders: str
    count: int

    @property
    def kinds(self) -> list[str]:
        """The kinds of data."""
        return self.data.split()

    @property
    def order_ids(self) -> list[int]:
        """Whose customers were shown."""
        return [int(one) for one in self.orders.split()]


@dataclass(frozen=True)
class Sought:
    """Which entries are wanted; what is empty narrows nothing."""

    person: str = ""
    what: str = ""
    order_id: int | None = None


def note(tx: Connection, shop: str, access: Access, now: datetime) -> None:
    """Write an access down: a row of its own, or one more of the one just before."""
    orders = access.orders or _of_case(tx, shop, access.case_id)
    listed = "".join(f" {order_id}" for order_id in sorted(set(orders)))
    listed = f"{listed} " if listed else ""
    said = "\n".join((access.person, access.way, access.what, access.data, access.case_id, listed))
    row = {
        "shop": shop,
        "slot": int(now.timestamp()) // TOGETHER_SECONDS,
        "digest": hashlib.sha256(said.encode("utf-8", "replace")).hexdigest(),
        "since": now,
        "at": now,
        "person": access.person,
        "way": access.way,
        "what": access.what,
        "data": access.data,
        "order_id": orders[0] if len(orders) == 1 else None,
        "case_id": access.case_id,
        "orders": listed,
    }
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(accesses).values(row)
    again = {"count": accesses.c.count + 1, "at": insert.excluded.at}
    tx.execute(insert.on_conflict_do_update(index_elements=["shop", "slot", "digest"], set_=again))


def log(
    tx: Connection, shop: str, sought: Sought, limit: int, before: int | None = None
) -> list[Entry]:
    """The log, the newest first; `before` is the id of the last one shown."""
    columns = [accesses.c[name] for name in Entry.__dataclass_fields__]
    query = sa.select(*columns).where(accesses.c.shop == shop)
    if before is not None:
        query = query.where(accesses.c.id < before)
    if sought.person:
        query = query.where(accesses.c.person == sought.person)
    if sought.what:
        query = query.where(accesses.c.what == sought.what)
    if sought.order_id is not None:
        query = query.where(accesses.c.orders.contains(f" {sought.order_id} ", autoescape=True))
    rows = tx.execute(query.order_by(accesses.c.id.desc()).limit(limit)).mappings()
    return [Entry(**row) for row in rows]


def people(tx: Connection, shop: str) -> list[str]:
    """Everybody who is in the log, by name: one step along the index for each."""
    found: list[str] = []
    smallest = sa.select(sa.func.min(accesses.c.person)).where(accesses.c.shop == shop)
    name = tx.execute(smallest).scalar_one()
    while name is not None:
        found.append(name)
        name = tx.execute(smallest.where(accesses.c.person > name)).scalar_one()
    return found


def forget(tx: Connection, shop: str, now: datetime) -> int:
    """Remove some of what is older than a year, the oldest first; how many. 0: nothing is left."""
    oldest = (
        sa.select(accesses.c.id, accesses.c.at)
        .where(accesses.c.shop == shop)
        .order_by(accesses.c.id)
        .limit(AT_ONCE)
    )
    gone = [row.id for row in tx.execute(oldest) if row.at < now - KEPT_FOR]
    if gone:
        tx.execute(sa.delete(accesses).where(accesses.c.shop == shop, accesses.c.id.in_(gone)))
    return len(gone)


def shops_with_a_log(tx: Connection) -> Iterator[str]:
    """Every shop that has one, those that have gone too: one step along the index for each."""
    smallest = sa.select(sa.func.min(accesses.c.shop))
    shop = tx.execute(smallest).scalar_one()
    while shop is not None:
        yield shop
        shop = tx.execute(smallest.where(accesses.c.shop > shop)).scalar_one()


def _of_case(tx: Connection, shop: str, case_id: str) -> tuple[int, ...]:
    if not case_id:
        return ()
    query = sa.select(cases.c.order_id).where(cases.c.shop == shop, cases.c.case_id == case_id)
    return tuple(tx.execute(query).scalars())
