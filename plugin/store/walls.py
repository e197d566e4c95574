"""The second wall between shops: PostgreSQL shows no row of another, and writes none.

The first is that every query names its shop. This one is for a query that forgets to. Whoever
works for one shop says so (`only`, or `enter` for a request), each of his transactions tells the
database, and its row-level security hides the rest. What is done for all shops at once, such as
asking what is due, says nothing and sees everything.

SQLite has no such thing, and PostgreSQL holds no superuser to it (`passes_through`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.shops import sample_name
from plugin.store.tables import metadata

T = TypeVar("T")
SETTING = "postvendita.shops"
POLICY = "one_shop"
TOLD = f"(SELECT current_setting('{SETTING}', true))"
"""In a query of its own, so that it is read once and not for every row."""
MINE = f"(coalesce({TOLD}, '') = '' OR shop = ANY ((SELECT string_to_array({TOLD}, ','))::text[]))"
_WHOSE: ContextVar[str] = ContextVar("whose", default="")


@contextmanager
def only(shop: str) -> Iterator[None]:
    """Until its end this thread works for one shop."""
    before = _WHOSE.set(shop)
    try:
        yield
    finally:
        _WHOSE.reset(before)


def within(shop: str, made: Iterable[T]) -> Iterator[T]:
    """What is made while it is sent, when its request is long over: each piece for this shop."""
    pieces = iter(made)
    while True:
        with only(shop):
            try:
                piece = next(pieces)
            except StopIteration:
                return
        yield piece


def enter(shop: str) -> None:
    """From here on this thread works for one shop, until `leave`."""
    _WHOSE.set(shop)


def leave(_error: BaseException | None = None) -> None:
    """This thread works for nobody in particular."""
    _WHOSE.set("")


def tell(connection: Connection) -> None:
    """At the beginning of a transaction: whose rows it is about. A shop's samples are its own."""
    shop = _WHOSE.get()
    if shop:
        quoted = f"{shop},{sample_name(shop)}".replace("'", "''").replace("%", "%%")
        connection.exec_driver_sql(f"SET LOCAL {SETTING} = '{quoted}'")


def build(tx: Connection) -> None:
    """Put the wall around every table with shops in it; nothing where it stands."""
    for table in missing(tx):
        tx.execute(sa.text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
        # Tables belong to the app itself, whom the plain word lets through.
        tx.execute(sa.text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
        tx.execute(sa.text(f"DROP POLICY IF EXISTS {POLICY} ON {table}"))
        tx.execute(sa.text(f"CREATE POLICY {POLICY} ON {table} USING {MINE} WITH CHECK {MINE}"))


def missing(tx: Connection) -> list[str]:
    """Tables of shops without the wall; none on SQLite, which cannot have it."""
    if tx.dialect.name == "sqlite":
        return []
    standing = sa.text(
        "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid"
        " WHERE relnamespace = current_schema()::regnamespace AND polname = :policy"
        " AND relrowsecurity AND relforcerowsecurity"
    )
    there = set(tx.execute(standing, {"policy": POLICY}).scalars())
    of_shops = [table.name for table in metadata.sorted_tables if "shop" in table.c]
    return [name for name in of_shops if name not in there]


def passes_through(tx: Connection) -> bool:
    """Whoever is connected here is not held by it: a superuser, or one who may bypass it."""
    if tx.dialect.name == "sqlite":
        return False
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    return bool(tx.execute(sa.text(query)).scalar_one())
