"""Opening the database: SQLite for one machine, PostgreSQL for more.

SQLite before 3.51.3 is reported to lose commits in WAL mode when two connections checkpoint at
once: those get a rollback journal instead. Commits are flushed to the disk (`synchronous=FULL`)
either way. All writes of a process go through one connection, so that writers queue instead of
racing for the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError

from plugin.store import chain, wakes, walls
from plugin.store.sqlite import sqlite3

SAFE_WAL = (3, 51, 3)
BUSY_SECONDS = 20
QUEUE_SECONDS = 30
MOST_CONNECTIONS = 20
"""Of one process to PostgreSQL."""
SILENT_SECONDS = 60.0
"""How long PostgreSQL lets a transaction of ours lie still before it gives it up."""
SAMPLE = 1000
"""Rows of each index that are looked at when rows are counted."""


class Database:
    """The one place that opens transactions."""

    def __init__(self, url: str) -> None:
        """Raises ValueError for an address that is neither SQLite nor PostgreSQL."""
        self.url = _accepted(url)
        self.on_wake: Callable[[frozenset[str]], None] = lambda woken: None
        """Hears whose work a commit has brought."""
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite(self.url, "BEGIN IMMEDIATE", pool_size=1)
            self._reader = _sqlite(self.url, "BEGIN", pool_size=8)
        else:
            # An error that quotes its parameters would put addresses into logs.
            # All that were ever needed at once stay open: PostgreSQL starts a process for each new
            # one, and the jobs of a tick come together, every time.
            self._writer = self._reader = sa.create_engine(
                self.url,
                pool_size=MOST_CONNECTIONS,
                max_overflow=0,
                pool_use_lifo=True,
                pool_pre_ping=True,
                hide_parameters=True,
            )
            event.listen(self._writer, "connect", _settle_in)
            event.listen(self._writer, "begin", walls.tell)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: everything in it, or nothing. What it adds to history is linked last.

        Whoever waits for work it brought is told when it is committed.
        """
        with self._writer.begin() as tx:
            chain.begin(tx)
            wakes.begin(tx)
            yield tx
            chain.link(tx)
            woken = wakes.woken(tx)
        if woken:
            self.on_wake(woken)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A look; nothing is changed."""
        with self._reader.connect() as tx:
            yield tx

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A look at one state, however many queries it takes. SQLite's writers wait for its end."""
        with self._reader.connect() as tx:
            if not self.is_sqlite:
                tx.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield tx

    def count_rows(self) -> None:
        """Let the database count how its rows lie, by a sample: a few hundredths of a second.

        SQLite does so only when it is told to. Without it every index looks equally good, and it
        may go through all cases of a shop in the order it is asked for to find the fifty it was
        given. PostgreSQL counts by itself, but only a minute after many rows came at once.
        """
        with self.write() as tx:
            if self.is_sqlite:
                tx.exec_driver_sql(f"PRAGMA analysis_limit={SAMPLE}")
            tx.exec_driver_sql("ANALYZE")
        if self.is_sqlite:
            self._reader.dispose()  # a connection reads the counts when it is opened

    def close(self) -> None:
        """Let go of every connection."""
        self._writer.dispose()
        self._reader.dispose()

    @property
    def engine(self) -> Engine:
        """For migrations."""
        return self._writer


def is_passing(error: BaseException) -> bool:
    """A trouble of the database that a second try may not have: locked, restarting, serialising."""
    if not isinstance(error, DBAPIError):
        return False
    words = str(error.orig).lower()
    passing = ("locked", "busy", "deadlock", "serialize", "terminating", "closed", "connection")
    return error.connection_invalidated or any(word in words for word in passing)


def journal_mode(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """WAL where the version is safe with it, else a rollback journal."""
    return "WAL" if version >= SAFE_WAL else "TRUNCATE"


def _accepted(url: str) -> URL:
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return parsed
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"unsupported database {backend!r}: use sqlite:/// or postgresql://")


def _sqlite(url: URL, begin: str, *, pool_size: int) -> Engine:
    engine = sa.create_engine(
        url,
        module=sqlite3,
        poolclass=sa.QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=QUEUE_SECONDS,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _beginner(begin))
    return engine


def _prepare(connection: Any, _record: object) -> None:
    # SQLAlchemy's `begin` event says how a transaction starts, so the driver must not.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"journal_mode={journal_mode()}",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _settle_in(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        # Compiling a query of a page takes PostgreSQL a second or two, running it milliseconds.
        cursor.execute("SET jit = off")
        # A process that froze in the middle of one holds its locks, and a shop's writers queue.
        cursor.execute(f"SET idle_in_transaction_session_timeout = {SILENT_SECONDS * 1000:.0f}")
    connection.commit()


def _beginner(begin: str) -> Callable[[Connection], None]:
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return start
