"""What both ways through a shop's past share: what a turn did, and taking an order in once."""

from __future__ import annotations

from dataclasses import dataclass

from clients.shopify.records import Order
from plugin.store import backfills, timelines
from scheduler.reading import take_in
from scheduler.runtime import Runtime


@dataclass
class Turn:
    """What one turn of one shop did.

    `waits`: nothing more can be done for it just now.
    """

    read: int = 0
    waits: bool = False


def take(runtime: Runtime, shop: str, order_id: int, found: Order | None) -> bool:
    """Take an order in and count it, in one transaction. False: somebody has read it before."""
    with runtime.db.write() as tx:
        timelines.lock(tx, shop, order_id)
        if timelines.read_at(tx, shop, order_id) is not None:
            return False
        take_in(tx, shop, order_id, found, runtime.clock.now())
        backfills.count(tx, shop)
    return True
