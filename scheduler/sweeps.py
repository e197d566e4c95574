"""The sweeps: what was delivered, what is due, what is to be sent. Each idempotent and bounded.

A bad row is put off and reported; it never stops the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.engine import Connection

from plugin.actions import Topic
from plugin.casework import Casework, Step
from plugin.effects.carry import carry_out
from plugin.notices import notice
from plugin.store import inbox, outbox, ticks, timelines, walls
from plugin.store.database import is_passing
from scheduler import careful
from scheduler.deliveries import handle_delivery
from scheduler.runtime import CLOCKS, Runtime

log = structlog.get_logger()

AT_ONCE = 200
AGAIN_AFTER_A_BUG = timedelta(minutes=15)
AGAIN_SOON = timedelta(seconds=30)
"""What a locked or restarting database held up: a clock is not to be late for that."""


@dataclass
class Swept:
    """What one pass did."""

    deliveries: int = 0
    looked: int = 0
    opened: int = 0
    closed: int = 0
    planned: int = 0
    late: int = 0
    failed: int = 0
    sent: int = 0
    late_by_shop: dict[str, int] = field(default_factory=dict)

    def add(self, shop: str, step: Step) -> None:
        """Count one order's step in."""
        self.opened += len(step.opened)
        self.closed += len(step.closed)
        self.planned += len(step.planned)
        self.late += step.late
        if step.late:
            self.late_by_shop[shop] = self.late_by_shop.get(shop, 0) + step.late

    def __bool__(self) -> bool:
        return bool(self.deliveries or self.looked or self.sent or self.failed)


def drain_inbox(runtime: Runtime, swept: Swept | None = None) -> Swept:
    """Handle what was delivered, a few of each shop at a time, until nothing is left for now."""
    swept = Swept() if swept is None else swept
    while True:
        now = runtime.clock.now()
        with runtime.db.read() as tx:
            deliveries = inbox.waiting(tx, now)
        if not deliveries:
            return swept
        for delivery in deliveries:
            step = handle_delivery(runtime, delivery)
            swept.deliveries += 1
            if step is not None:
                swept.add(delivery.shop, step)


def look_at_due(runtime: Runtime, swept: Swept | None = None) -> Swept:
    """Every order whose clock has come, the longest overdue first."""
    swept = Swept() if swept is None else swept
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        since = ticks.last(tx, CLOCKS) or now
    while True:
        with runtime.db.read() as tx:
            due = timelines.due(tx, now, limit=AT_ONCE)
        if not due:
            break
        for shop, order_id in due:
            look_at(runtime, shop, order_id, now, swept)
    _tick(runtime, since, now, swept)
    return swept


def empty_outbox(runtime: Runtime, swept: Swept | None = None, *, limit: int = 16) -> Swept:
    """Carry out what is ready, one claim after another, until nothing is left for now."""
    swept = Swept() if swept is None else swept
    while True:
        with runtime.db.write() as tx:
            rows = outbox.claim(tx, runtime.clock.now(), limit=limit)
        if not rows:
            return swept
        for row in rows:
            carry_out(runtime.db, runtime.clock, runtime.connections, row)
            swept.sent += 1


def sweep(runtime: Runtime) -> Swept:
    """One whole pass: inbox, clocks, outbox, until all three are at rest."""
    swept = Swept()
    while True:
        before = (swept.deliveries, swept.looked, swept.sent)
        drain_inbox(runtime, swept)
        look_at_due(runtime, swept)
        careful.go_on(runtime)
        empty_outbox(runtime, swept)
        if (swept.deliveries, swept.looked, swept.sent) == before:
            return swept


def look_at(runtime: Runtime, shop: str, order_id: int, now: datetime, swept: Swept) -> None:
    """One order whose clock has come; one that cannot be looked at is put off and reported."""
    swept.looked += 1
    try:
        with walls.only(shop), runtime.db.write() as tx:
            swept.add(shop, Casework(tx, shop, order_id, now).look())
    except Exception as error:
        swept.failed += 1
        log.exception("an order could not be looked at", shop=shop, order=order_id)
        again = now + (AGAIN_SOON if is_passing(error) else AGAIN_AFTER_A_BUG)
        with runtime.db.write() as tx:
            timelines.set_head(tx, shop, order_id, next_look=again)


def _tick(runtime: Runtime, since: datetime, now: datetime, swept: Swept) -> None:
    """The clock has ticked; and if it had stopped, every shop that missed something is told."""
    missed, swept.late_by_shop = swept.late_by_shop, {}
    with runtime.db.write() as tx:
        if not missed:
            ticks.ticked(tx, CLOCKS, now)
            return
        ticks.was_away(tx, CLOCKS, since, now, sum(missed.values()))
        for shop, count in missed.items():
            tell_of_missed(tx, shop, count, now.isoformat(), since, now)


def tell_of_missed(
    tx: Connection, shop: str, count: int, about: str, since: datetime, now: datetime
) -> None:
    """Tell a shop that clocks of its own passed while nobody looked."""
    facts: dict[str, str | int] = {
        "missed": count,
        "from": since.isoformat(),
        "until": now.isoformat(),
    }
    notice(tx, shop, Topic.MISSED_CLOCKS, about, facts, now)
