"""Nothing is missed and no clock passes unseen (I5, I6), while the app is up and undisturbed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from plugin.sandbox import moments
from tests.simulation.probe import moment

if TYPE_CHECKING:
    from datetime import datetime

    from tests.simulation.world import World

EVERY = timedelta(hours=6)
KNOWN_WITHIN = timedelta(minutes=75)
ON_TIME = timedelta(seconds=180)
SETTLES = timedelta(hours=2)
"""A disturbance is forgotten so long after its end: queues have to drain."""
OVERDUE = """
SELECT shop, order_id, next_look FROM orders WHERE next_look IS NOT NULL AND shop NOT IN
 (SELECT shop FROM shops WHERE state = 'uninstalled') ORDER BY next_look LIMIT 1
"""
ORDERS = "SELECT shop, order_id, read_wanted FROM orders"
CHANGED = "SELECT id, updated_at FROM orders WHERE updated_at > ? AND updated_at <= ?"
INSTALLED = "SELECT shop FROM shops WHERE state <> 'uninstalled' ORDER BY shop"


class Freshness:
    """Looks several times a day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.disturbed_at: datetime = world.now()
        self._last: datetime = world.now()

    def disturbed(self) -> None:
        """Something began or ended that keeps the app from its work."""
        self.disturbed_at = self.world.now()

    @property
    def undisturbed(self) -> bool:
        """All is well, and has been for a while."""
        world = self.world
        if world.outages or world.db.full or world.hand.skew:
            return False
        if any(p.lanes for p in world.processes) or not any(p.alive for p in world.processes):
            return False
        return world.now() - self.disturbed_at > SETTLES

    def excuses(self, late: timedelta) -> bool:
        """Something kept the app from its work within that time."""
        world = self.world
        if world.db.full or world.hand.skew:
            return True
        return world.now() - self.disturbed_at < late + ON_TIME

    def look(self) -> None:
        """Now and then."""
        now = self.world.now()
        if now - self._last < EVERY or not self.undisturbed:
            return
        self._last = now
        for shop, order_id, looks in self.world.probe.rows(OVERDUE):
            due = moment(looks)
            if due is not None and now - due > ON_TIME:
                self.world.wrong("I6", f"{shop} {order_id}: its clock passed at {due} unseen")
        for (name,) in self.world.probe.rows(INSTALLED):
            self._fresh(name, now)

    def _fresh(self, name: str, now: datetime) -> None:
        shop = self.world.by_name[name]
        since, until = moments.text(now - EVERY - SETTLES), moments.text(now - KNOWN_WITHIN)
        for row in shop.ledger.rows(CHANGED, since, until):
            seen = self.world.invariants.timelines.of(name, row["id"]).version
            if seen is None or moments.text(seen) < row["updated_at"]:
                what = f"changed {row['updated_at']}, seen as of {seen}"
                self.world.wrong("I5", f"{name} {row['id']}: {what}")
