"""What both ways through a shop's past share: what a turn did, and taking an order in once."""

from __future__ import annotations

from dataclasses import dataclass

from clients.shopify.records import Order
from plugin.store import backfills, timelines
from plugin.store.backfills import Backfill
from scheduler.reading import take_in
from scheduler.runtime import Runtime


@dataclass
class Turn:
    """What one turn of one shop did.

    `waits`: nothing more can be done for it just now.
    """

    read: int = 0
    waits: bool = False


def take(runtime: Runtime, backfill: Backfill, order_id: int, found: Order | None) -> bool:
    """Take an order in and count it, in one transaction. False: it was read since this began."""
    with runtime.db.write() as tx:
        timelines.lock(tx, backfill.shop, order_id)
        read_at = timelines.read_at(tx, backfill.shop, order_id)
        if read_at is not None and read_at >= backfill.started_at:
            return False
        take_in(tx, backfill.shop, order_id, found, runtime.clock.now())
        backfills.count(tx, backfill.shop)
    return True
