"""PostgreSQL is stopped as if it had crashed, every 5 to 40 seconds, and comes back after 0 to 2.

The app's processes live on: they have to find their own way back to work.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from time import monotonic

from plugin.store import tables
from tests.torture import ledgers
from tests.torture.killed import ANSWER_SECONDS, PAST_THE_LEASE, Step, finish
from tests.torture.load import Load
from tests.torture.postgres import Postgres
from tests.torture.tally import Tally
from tests.torture.town import Town, pause

SOONEST, LATEST, MEAN_MORE = 5.0, 40.0, 4.0
"""Seconds between two stops: never fewer, never more, and most often a few more than the fewest."""
LONGEST_AWAY = 2.0
BACK_SECONDS = 10.0
"""Within which the app has to be ready again once its database is."""


@dataclass(frozen=True)
class Stop:
    """`pg_ctl stop -m immediate`, and a start."""

    soonest: float = SOONEST
    more: float = MEAN_MORE
    patience: float = BACK_SECONDS
    name: str = "database"
    database: str = "postgresql"

    def run(self, town: Town, count: int, dice: random.Random, step: Step) -> Tally:
        """That many stops under load; then rest, and the comparison."""
        assert town.postgres is not None
        tally, load, slowest = Tally(self.name, "stops"), Load(town), 0.0
        for name in ("web", "worker"):
            town.begin(name)
        for _ in range(count):
            self._work(town, load, dice)
            tally.inside += self._stop(town, town.postgres, dice)
            tally.blows += 1
            slowest = max(slowest, self._seconds_until_ready(town, tally))
            town.turn(PAST_THE_LEASE)
            step()
        dead = [name for name, process in town.processes.items() if not process.alive]
        tally.wrong += [f"{name} did not live through it" for name in dead]
        tally.notes.append(f"ready again after {slowest:.1f} s at most")
        finish(town, load, tally)
        return tally

    def _work(self, town: Town, load: Load, dice: random.Random) -> None:
        """Some seconds of it, and then until something has just happened out here."""
        seconds = min(LATEST, self.soonest + dice.expovariate(1 / self.more))
        until = monotonic() + seconds
        while monotonic() < until:
            load.feed()
            pause(0.3)
        load.order()
        town.effects.happened.clear()
        town.effects.happened.wait(LATEST)
        pause(dice.uniform(0, ANSWER_SECONDS))

    def _stop(self, town: Town, postgres: Postgres, dice: random.Random) -> bool:
        """Gives whether something had happened that was not recorded."""
        postgres.stop_hard()
        pause(dice.uniform(0, LONGEST_AWAY))
        postgres.start()
        town.db.close()
        doubtful = tables.outbox.c.state.in_(("claimed", "unknown"))
        rows = town.rows(tables.outbox, doubtful)
        return bool(ledgers.happened(town, rows))

    def _seconds_until_ready(self, town: Town, tally: Tally) -> float:
        began = monotonic()
        while monotonic() - began < self.patience:
            ready = town.door.ready()
            if ready is not None and ready.ok:
                return monotonic() - began
            pause(0.05)
        tally.wrong.append(f"not ready {self.patience:.0f} s after the database was back")
        return self.patience
