"""Orders the store will soon not show us any more: read once more while it does.

What a case needs (its lines, what was paid and repaid, its shipments, who bought) is in our own
timeline and stays there. This makes it as fresh as it can be. See `plugin/window.py`.
"""

from __future__ import annotations

import structlog

from plugin.store import shops, timelines, tokens
from plugin.window import REFRESH, WINDOW, unlimited
from scheduler.runtime import Runtime

log = structlog.get_logger()


def refresh(runtime: Runtime) -> int:
    """Orders somebody still waits for, of a shop that shows only its last 60 days; how many."""
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        found = [
            (shop.shop, order_id)
            for shop in shops.installed(tx)
            if not unlimited(kept.scope if (kept := tokens.read(tx, shop.shop)) else "")
            for order_id in timelines.leaving(tx, shop.shop, now, age=REFRESH, oldest=WINDOW)
        ]
    for shop, order_id in found:
        with runtime.db.write() as tx:
            timelines.set_head(tx, shop, order_id, read_wanted=True)
        log.info("an order is about to be shown no more", shop=shop, order=order_id)
    return len(found)
