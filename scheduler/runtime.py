"""What every job needs, made once from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plugin.clock import Clock
from plugin.connections import LiveConnections
from plugin.ports import Connections
from plugin.settings import Settings
from plugin.store import inbox, migrate, outbox, restorations, ticks
from plugin.store.database import Database
from scheduler import same_secret

CLOCKS = "clocks"


@dataclass
class Runtime:
    """The app's parts, wired."""

    settings: Settings
    db: Database
    clock: Clock
    connections: Connections

    def readiness(self) -> dict[str, Any]:
        """What `/readyz` says: can it serve, is the clock ticking, how much waits."""
        now = self.clock.now()
        same = not same_secret.another(self.db, self.settings, now)
        with self.db.read() as tx:
            last_tick = ticks.last(tx, CLOCKS)
            waiting = inbox.counts(tx).get(inbox.RECEIVED, 0)
            ready = outbox.ready_count(tx, now)
            due = ticks.next_due(tx)
            careful = restorations.careful(tx)
        return {
            "ok": migrate.runs_on(migrate.version(self.db)) and same,
            "now": now.isoformat(),
            "last_tick": _iso(last_tick),
            "next_due": _iso(due),
            "inbox": waiting,
            "outbox": ready,
            "careful": [one.shop for one in careful],
            "same_secret": same,
        }


def start(settings: Settings, clock: Clock) -> Runtime:
    """Open the database and wire the rest."""
    db = Database(settings.database_url)
    return Runtime(settings, db, clock, LiveConnections(settings, db, clock))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
