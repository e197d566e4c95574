"""Group commit: whoever writes commits all that waits, and each waits for his own commit.

A flush of the disk costs as much as hundreds of rows. SQLite has one writer, so those who come
while he flushes are the next one's; PostgreSQL groups commits by itself, and there each writes his
own. Rows go to the driver by a statement that is made once: SQLAlchemy takes longer to build it
than the database to run it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Condition
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, IntegrityError

from plugin.store import wakes
from plugin.store.database import Database
from plugin.store.tables import inbox

KEY = ("shop", "source", "delivery_id")
COLUMNS = (
    *(*KEY, "topic", "headers", "body", "received_at", "look_at"),
    *("state", "reason", "handled_at"),
)
OF_A_ROW = (DataError, IntegrityError, ValueError, TypeError, OverflowError)
"""Errors that one row brings upon itself; any other is everybody's."""

Row = Mapping[str, Any]
Outcome = bool | Exception


@dataclass(eq=False)
class _Waiting:
    row: Row
    outcome: Outcome | None = None

    @property
    def settled(self) -> Outcome:
        """Raises RuntimeError where there is no outcome: nobody is thanked for that one."""
        return RuntimeError("not committed") if self.outcome is None else self.outcome


class Keeper:
    """Commits rows of the inbox, together with those of whoever waits at the same time."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._statement = _Statement(db.engine.dialect)
        self._changed = Condition()
        self._queue: list[_Waiting] = []
        self._leading = False

    def keep(self, rows: Sequence[Row]) -> list[Outcome]:
        """For each row, once it is on the disk: True for a new one, False for one that was there.

        An error takes the place of the answer of the rows it kept from being committed.
        """
        mine = [_Waiting(row) for row in rows]
        if not mine:
            return []
        if not self._db.is_sqlite:
            self._commit(mine)
        elif self._leads(mine):
            self._lead()
        return [one.settled for one in mine]

    def _leads(self, mine: list[_Waiting]) -> bool:
        """Wait in the queue: False when somebody else has committed these, True in one's turn."""
        with self._changed:
            self._queue += mine
            while self._leading and mine[-1].outcome is None:
                self._changed.wait()
            if mine[-1].outcome is not None:
                return False
            self._leading = True
            return True

    def _lead(self) -> None:
        with self._changed:
            batch, self._queue = self._queue, []
        try:
            self._commit(batch)
        finally:
            with self._changed:
                for one in batch:
                    one.outcome = one.settled
                self._leading = False
                self._changed.notify_all()

    def _commit(self, batch: Sequence[_Waiting]) -> None:
        # In one order, so that two who bring the same deliveries do not wait for each other.
        batch = sorted(batch, key=lambda one: [one.row[name] for name in KEY])
        try:
            with self._db.write() as tx:
                new = [self._statement.insert(tx, one.row) for one in batch]
                wakes.wake(tx, wakes.INBOX)
        except Exception as error:
            if len(batch) > 1 and isinstance(error, OF_A_ROW):
                for one in batch:
                    self._commit([one])
                return
            for one in batch:
                one.outcome = error
            return
        for one, outcome in zip(batch, new, strict=True):
            one.outcome = outcome


class _Statement:
    """The insert, as text for the driver, and what turns values into the driver's."""

    def __init__(self, dialect: sa.Dialect) -> None:
        compiled = _insert_once(dialect).compile(dialect=dialect)
        self._text = str(compiled)
        self._places: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        self._turned: dict[str, Callable[[Any], Any]] = {}
        for name in COLUMNS:
            turn = inbox.c[name].type.dialect_impl(dialect).bind_processor(dialect)
            if turn is not None:
                self._turned[name] = turn

    def insert(self, tx: Connection, row: Row) -> bool:
        """True when it is new."""
        values = dict(row)
        for name, turn in self._turned.items():
            values[name] = turn(values[name])
        if self._places is None:
            return tx.exec_driver_sql(self._text, values).rowcount == 1
        placed = tuple(values[name] for name in self._places)
        return tx.exec_driver_sql(self._text, placed).rowcount == 1


def _insert_once(dialect: sa.Dialect) -> sa.Insert:
    values: dict[str, sa.BindParameter[Any]] = {name: sa.bindparam(name) for name in COLUMNS}
    if dialect.name == "sqlite":
        return sqlite.insert(inbox).values(values).on_conflict_do_nothing(index_elements=KEY)
    return postgresql.insert(inbox).values(values).on_conflict_do_nothing(index_elements=KEY)
