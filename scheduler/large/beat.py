"""The beat: once a second somebody looks which shops have work, and calls their turns.

Every worker has a bell; one of them holds the beat, by a row in the database that it keeps by
using it. A worker that dies is followed by another within seconds. What only one process may do
over and over, the other recurring jobs, is the beat's too.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from plugin.store import outbox, ticks, turns
from plugin.store.turns import Turn
from scheduler.jobs import JOBS, Job
from scheduler.large.kinds import KINDS
from scheduler.large.turns import Turns
from scheduler.runtime import CLOCKS, Runtime

log = structlog.get_logger()

NAME = "beat"
OF_NO_SHOP = ""
SECONDS = 1.0
HELD_FOR = timedelta(seconds=5)
"""A holder that was not heard of for so long is gone."""
IN_TURNS = ("inbox", "clocks", "outbox")
"""Jobs of one process whose work is done in turns here."""


class Beat:
    """One process's part in the beat."""

    def __init__(self, runtime: Runtime, line: Turns) -> None:
        self._runtime = runtime
        self._line = line
        self._held: Turn | None = None

    @property
    def held(self) -> bool:
        """Did this process hold it when it last asked?"""
        return self._held is not None

    def jobs(self) -> list[Job]:
        """What this process's bell rings for; all but the first is left to whoever holds it."""
        others = [job for job in JOBS if job.name not in IN_TURNS]
        return [Job(NAME, lambda _: self.ring(), every=SECONDS), *others]

    def allows(self, job: Job) -> bool:
        """May this process do this now?"""
        return job.name == NAME or self.held

    def ring(self) -> int:
        """Call every shop with work, if the beat is this process's; how many calls were sent."""
        if not self._hold():
            return 0
        now = self._runtime.clock.now()
        with self._runtime.db.write() as tx:
            outbox.take_back(tx, now)
        with self._runtime.db.read() as tx:
            found = [(kind, list(kind.shops(tx, now))) for kind in KINDS]
        sent = sum(self._line.call(kind, shops) for kind, shops in found)
        if not any(shops for kind, shops in found if kind.name == CLOCKS):
            with self._runtime.db.write() as tx:
                ticks.ticked(tx, CLOCKS, now)  # no clock that has come is still to be looked at
        return sent

    def let_go(self) -> None:
        """This process stops: another may hold it at once."""
        if self._held is not None:
            with self._runtime.db.write() as tx:
                turns.give_back(tx, self._held, self._runtime.clock.now())
        self._held = None

    def _hold(self) -> bool:
        now = self._runtime.clock.now()
        with self._runtime.db.write() as tx:
            if self._held is not None and turns.keep(tx, self._held, now + HELD_FOR):
                return True
            if self._held is not None:
                log.warning("the beat was taken over by another process")
            self._held = None
            called = turns.call(tx, NAME, OF_NO_SHOP, now)
            mine = turns.take(tx, called, now) if called else None
            if mine is not None and turns.keep(tx, mine, now + HELD_FOR):
                self._held = mine
        return self.held
