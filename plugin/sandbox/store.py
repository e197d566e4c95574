"""The world's own ledger, in one SQLite file.

What happens out here is committed to disk before anybody is told, so a process killed after the
effect and before the answer leaves exactly what a real outside world would: the effect.
The journal is the rollback one and every commit is synced; speed is not the point.

A row is a plain dict. Each table has a few columns to search by; everything else a row holds is
kept as JSON in its `doc` column and comes back flat beside the columns.
"""

from __future__ import annotations

import json
import sqlite3  # noqa: TID251 - the world has a file of its own
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = dict[str, Any]

TABLES = """
CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, number INTEGER UNIQUE,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lines (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL, paid_minor INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS transactions (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL,
    refund_id INTEGER, parent_id INTEGER, kind TEXT NOT NULL, status TEXT NOT NULL,
    amount_minor INTEGER NOT NULL, created_at TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fulfilments (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refunds (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL,
    created_at TEXT NOT NULL, key TEXT, params_hash TEXT, shipping_minor INTEGER NOT NULL,
    doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refund_lines (id INTEGER PRIMARY KEY, refund_id INTEGER NOT NULL,
    line_id INTEGER NOT NULL, quantity INTEGER NOT NULL, amount_minor INTEGER NOT NULL,
    doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS remembered_keys (key TEXT PRIMARY KEY, params_hash TEXT NOT NULL,
    refund_id INTEGER, at TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS disputes (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL,
    created_at TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS holds (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL,
    handle TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fields (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL,
    key TEXT NOT NULL, doc TEXT NOT NULL, UNIQUE (order_id, key));
CREATE TABLE IF NOT EXISTS definitions (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
    doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS returns (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL,
    created_at TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cancellations (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL,
    state TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS drafts (id INTEGER PRIMARY KEY, order_id INTEGER,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS purchases (reference TEXT PRIMARY KEY, order_id INTEGER NOT NULL,
    status TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS urges (id INTEGER PRIMARY KEY, reference TEXT NOT NULL,
    at TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS supplier_refunds (id TEXT PRIMARY KEY, reference TEXT NOT NULL,
    status TEXT NOT NULL, amount_minor INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS mails (id INTEGER PRIMARY KEY, message_id TEXT NOT NULL,
    received_at TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (id TEXT PRIMARY KEY, seq INTEGER NOT NULL,
    due TEXT NOT NULL, state TEXT NOT NULL, topic TEXT NOT NULL, attempts INTEGER NOT NULL,
    doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due, seq);
CREATE TABLE IF NOT EXISTS happenings (id INTEGER PRIMARY KEY, due TEXT NOT NULL,
    kind TEXT NOT NULL, state TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS happenings_due ON happenings (state, due, id);
CREATE TABLE IF NOT EXISTS bulk_operations (id INTEGER PRIMARY KEY, state TEXT NOT NULL,
    created_at TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY, operation TEXT NOT NULL,
    remaining INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS lines_of ON lines (order_id);
CREATE INDEX IF NOT EXISTS fulfilments_of ON fulfilments (order_id);
CREATE INDEX IF NOT EXISTS orders_placed ON orders (created_at, id);
CREATE INDEX IF NOT EXISTS transactions_of ON transactions (order_id);
CREATE INDEX IF NOT EXISTS refunds_of ON refunds (order_id);
CREATE INDEX IF NOT EXISTS refund_lines_of ON refund_lines (line_id);
CREATE INDEX IF NOT EXISTS purchases_of ON purchases (order_id);
"""


class Ledger:
    """The ledger in one file. Safe to use from several threads; they take turns."""

    def __init__(self, file: Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._base = sqlite3.connect(
            file, isolation_level=None, check_same_thread=False, timeout=30.0
        )
        self._base.row_factory = sqlite3.Row
        self._base.execute("PRAGMA journal_mode = DELETE")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.executescript(TABLES)
        self._columns = {name: self._columns_of(name) for name in self._tables()}

    def close(self) -> None:
        """Let go of the file. The ledger cannot be used afterwards."""
        with self._lock:
            self._base.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All inside is committed together, or not at all. May be nested; the outer one commits."""
        with self._lock:
            if self._depth == 0:
                self._base.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._base.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._base.execute("COMMIT")
            finally:
                self._depth -= 1

    def rows(self, sql: str, *values: object) -> list[Row]:
        """What a SELECT finds, each row flat."""
        with self._lock:
            return [_flat(row) for row in self._base.execute(sql, values)]

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row a SELECT finds, if any."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def run(self, sql: str, *values: object) -> None:
        """An UPDATE or DELETE of ours, in a transaction of its own unless one is open."""
        with self.writing():
            self._base.execute(sql, values)

    def add(self, table: str, **values: object) -> int:
        """Add a row; gives its row number. Raises sqlite3.IntegrityError when it is there."""
        columns = self._split(table, values)
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        with self.writing():
            done = self._base.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - names are ours
                tuple(columns.values()),
            )
        return done.lastrowid or 0

    def amend(self, table: str, which: object, **changes: object) -> None:
        """Change some values of the row whose first column is `which`; the others stay.

        Raises LookupError when there is no such row.
        """
        key = self._columns[table][0]
        with self.writing():
            found = self.row(f"SELECT * FROM {table} WHERE {key} = ?", which)  # noqa: S608 - ours
            if found is None:
                raise LookupError(f"no {which!r} in {table}")
            columns = self._split(table, {**found, **changes})
            names = ", ".join(f"{name} = ?" for name in columns)
            self._base.execute(
                f"UPDATE {table} SET {names} WHERE {key} = ?",  # noqa: S608 - names are ours
                (*columns.values(), which),
            )

    def note(self, name: str) -> Row:
        """What is written under a name; empty when nothing is."""
        return self.row("SELECT * FROM notes WHERE name = ?", name) or {}

    def write(self, name: str, **values: object) -> None:
        """Write under a name; what was there is gone."""
        with self.writing():
            self.run("DELETE FROM notes WHERE name = ?", name)
            self.add("notes", name=name, **values)

    def count(self, name: str) -> int:
        """1 the first time a name is counted, then 2, 3, ..."""
        with self.writing():
            reached = int(self.note(f"count:{name}").get("reached", 0)) + 1
            self.write(f"count:{name}", reached=reached)
        return reached

    def _tables(self) -> list[str]:
        found = self._base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [row["name"] for row in found]

    def _columns_of(self, table: str) -> list[str]:
        return [row["name"] for row in self._base.execute(f"PRAGMA table_info({table})")]

    def _split(self, table: str, values: dict[str, object]) -> dict[str, object]:
        known = self._columns[table]
        columns = {name: value for name, value in values.items() if name in known}
        rest = {name: value for name, value in values.items() if name not in known}
        return columns | {"doc": json.dumps(rest, ensure_ascii=False, sort_keys=True)}


def _flat(row: sqlite3.Row) -> Row:
    flat = dict(row)
    flat.update(json.loads(flat.pop("doc", None) or "{}"))
    return flat
