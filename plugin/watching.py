"""Watching only: the app looks and plans, and nothing goes out until the merchant says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from plugin import timeline as t
from plugin.casework import Casework
from plugin.store import deeds, outbox, shops
from plugin.store.database import Database

STALE = timedelta(hours=24)
"""What was planned longer ago than this is asked about before it goes out after all."""
WHY = "watched"
WHOLE_SHOP = 0
"""The order id of lines to the merchant about the shop as a whole."""


def would_go(tx: Connection, shop: str) -> dict[str, int]:
    """What would go out at once, by kind of action."""
    return outbox.planned_by_kind(tx, shop)


def switch_on(db: Database, shop: str, now: datetime, *, by: str = deeds.OPERATOR) -> int:
    """Let things go out from now on. What is stale waits for a person's word; how many of those.

    A stale line to the merchant about the shop as a whole is left out. Order by order, and the
    switch last: whatever stops it half way, nothing stale goes out.
    """
    with db.read() as tx:
        stale = outbox.planned_before(tx, shop, now - STALE)
    held = 0
    for order_id, keys in stale.items():
        with db.write() as tx:
            held += _hold(tx, shop, order_id, keys, now)
    with db.write() as tx:
        shops.change(tx, shop, watching=False)
        deeds.add(tx, shop, now, by=by, what="switched_on", facts={"held": held})
    return held


def watch(tx: Connection, shop: str) -> None:
    """Nothing goes out any more; what is being sent at this moment comes to its end."""
    shops.change(tx, shop, watching=True)


def _hold(tx: Connection, shop: str, order_id: int, keys: list[str], now: datetime) -> int:
    if order_id == WHOLE_SHOP:
        for key in keys:
            outbox.call_off(tx, shop, order_id, key, now, WHY)
        return 0
    held = [key for key in keys if outbox.hold_planned(tx, shop, order_id, key, WHY)]
    if held:
        work = Casework(tx, shop, order_id, now)
        work.record([t.Held(key, WHY) for key in held], by="app", cause="switched on")
    return len(held)
