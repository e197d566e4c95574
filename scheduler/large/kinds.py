"""The kinds of work that is done in turns: what is ready of a shop's, and doing a few of it.

A turn does a bounded share and begins nothing new after a few seconds, so that the next shop's
turn comes soon however much one shop has waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.effects.carry import carry_out
from plugin.store import inbox, outbox, ready, ticks, timelines
from scheduler.deliveries import handle_delivery
from scheduler.runtime import CLOCKS, Runtime
from scheduler.sweeps import Swept, look_at, tell_of_missed

LONGEST = timedelta(seconds=3)
"""A turn begins nothing new after this long."""


@dataclass(frozen=True)
class Kind:
    """One kind of work. `work` says how much it did; nothing done calls for no further turn."""

    name: str
    lanes: int
    """How many turns of one shop may be under way at once."""
    shops: Callable[[Connection, datetime], Sequence[str]]
    more: Callable[[Connection, str, datetime], bool]
    work: Callable[[Runtime, str], int]


def look_at_clocks(runtime: Runtime, shop: str) -> int:
    """Orders whose clock has come, the longest overdue first."""
    began = now = runtime.clock.now()
    with runtime.db.read() as tx:
        since = ticks.last(tx, CLOCKS) or now
        due = timelines.due_of(tx, shop, now, limit=50)
    swept = Swept()
    for order_id in due:
        look_at(runtime, shop, order_id, now, swept)
        if runtime.clock.now() - began > LONGEST:
            break
    if swept.late:
        with runtime.db.write() as tx:
            ticks.missed_too(tx, CLOCKS, since, now, swept.late)
            tell_of_missed(tx, shop, swept.late, since.isoformat(), since, now)
    return swept.looked


def carry_out_actions(runtime: Runtime, shop: str) -> int:
    """Actions, claimed one by one: whoever dies half way leaves one behind and not four."""
    began, done = runtime.clock.now(), 0
    while done < 4 and runtime.clock.now() - began <= LONGEST:
        with runtime.db.write() as tx:
            rows = outbox.claim_of(tx, shop, runtime.clock.now(), limit=1)
        if not rows:
            break
        carry_out(runtime.db, runtime.clock, runtime.connections, rows[0])
        done += 1
    return done


def handle_deliveries(runtime: Runtime, shop: str) -> int:
    """What was delivered, the oldest first."""
    began, done = runtime.clock.now(), 0
    with runtime.db.read() as tx:
        deliveries = inbox.waiting_of(tx, shop, began, limit=10)
    for delivery in deliveries:
        handle_delivery(runtime, delivery)
        done += 1
        if runtime.clock.now() - began > LONGEST:
            break
    return done


def _more_clocks(tx: Connection, shop: str, now: datetime) -> bool:
    return bool(timelines.due_of(tx, shop, now, limit=1))


def _more_deliveries(tx: Connection, shop: str, now: datetime) -> bool:
    return bool(inbox.waiting_of(tx, shop, now, limit=1))


KINDS = (
    Kind("clocks", 1, ready.with_clocks, _more_clocks, look_at_clocks),
    Kind("actions", 2, ready.with_actions, outbox.any_ready, carry_out_actions),
    Kind("deliveries", 1, ready.with_deliveries, _more_deliveries, handle_deliveries),
)
"""Deadlines first, then money and letters, then what was delivered.

A shop's history is one chain, so two who write to it wait for each other: one lane. Actions wait
for the world outside; a second lane keeps one slow answer from holding up all of a shop's.
"""
NAMED = {kind.name: kind for kind in KINDS}
