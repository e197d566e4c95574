"""The app's own database class, at which a process can die, wait its turn, or be told no.

A transaction is never waited in, so two of them never overlap; what overlaps is the work that
leads from one to the next.
"""

from __future__ import annotations

import sqlite3  # noqa: TID251 - an error, no file
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from plugin.store.database import Database
from tests.simulation.lanes import Lane, current

LOCKED = "database is locked"
LOST = "server closed the connection unexpectedly"
FULL = "database or disk is full"


class SimulatedDatabase(Database):
    """One file or server, shared by all processes of a world."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.statements = 0
        self.full = False
        self.outbox_written = False
        """Since somebody last looked."""
        self.committed: Callable[[Lane | None], None] = lambda lane: None
        """Told after every commit."""
        self.rolled_back: Callable[[Lane | None], None] = lambda lane: None
        for engine in {self._writer, self._reader}:
            event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(self._writer, "commit", self._commit)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """As its parent's, with all that can happen to one."""
        lane = current()
        if lane is None:
            with super().write() as tx:
                yield tx
            self.committed(None)
            return
        self._before(lane)
        lane.open += 1
        try:
            with super().write() as tx:
                yield tx
        except BaseException:
            self.rolled_back(lane)
            raise
        finally:
            lane.open -= 1
        self.committed(lane)
        lane.step("after a commit")
        if self._strikes(lane, "lost after commit", 0.001):
            raise trouble(lane, LOST)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """As its parent's; nobody waits in it."""
        lane = current()
        if lane is None:
            with super().read() as tx:
                yield tx
            return
        lane.open += 1
        try:
            with super().read() as tx:
                yield tx
        finally:
            lane.open -= 1

    def forget_connections(self) -> None:
        """A process died, and its connections with it."""
        self._writer.dispose()
        self._reader.dispose()

    def _before(self, lane: Lane) -> None:
        world = lane.process.world
        lane.step("before a transaction")
        if not lane.open and world.dice.strikes("process", "turn", lane.task, 0.01):
            lane.wait(2)
        if not lane.open and world.dice.strikes("database", "slow", lane.task, 0.0005):
            world.seen["database slow"] += 1
            lane.wait(90)
        if self.full:
            raise trouble(lane, FULL)
        if self._strikes(lane, "locked", 0.003):
            raise trouble(lane, LOCKED)

    def _commit(self, connection: Connection) -> None:
        """Everything is said, history linked, and nothing kept yet."""
        lane = current()
        if lane is not None:
            lane.step("before a commit")
            if self._strikes(lane, "lost before commit", 0.001):
                raise trouble(lane, LOST)

    def _strikes(self, lane: Lane, what: str, rate: float) -> bool:
        struck = lane.process.world.dice.strikes("database", what, lane.task, rate)
        if struck:
            lane.process.world.seen[f"database {what}"] += 1
        return struck

    def _statement(self, connection: Connection, cursor: object, sql: str, *more: Any) -> None:
        if sql.startswith(OF_ONE_KIND):
            return
        self.statements += 1
        self.outbox_written |= sql.startswith(OF_THE_OUTBOX)
        lane = current()
        if lane is not None:
            lane.step("before a statement")


OF_ONE_KIND = ("BEGIN", "SELECT pg_advisory_xact_lock", "SET ", "PRAGMA ")
"""What only one of the databases is told: it would make another world of the same seed."""


OF_THE_OUTBOX = ("INSERT INTO outbox ", "UPDATE outbox ", "DELETE FROM outbox ")


def trouble(lane: Lane, words: str) -> OperationalError:
    """What SQLAlchemy raises for it."""
    lane.trouble = True
    if words == FULL and lane.letter:
        lane.process.world.lost_letters[lane.letter] += 1
    return OperationalError("COMMIT", {}, sqlite3.OperationalError(words))
