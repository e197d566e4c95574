"""The last 60 days of a shop that has just come: read page by page, between everything else.

The place is kept with every page, so a process that dies goes on where it was. An order read
twice is one order: what is known already is no news.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.engine import Connection

from clients.errors import RemoteError
from plugin.store import backfills, timelines
from plugin.store.backfills import Backfill
from scheduler.reconcile import read_order
from scheduler.runtime import Runtime

log = structlog.get_logger()

LOOK_BACK = timedelta(days=60)
"""Shopify shows no older orders without `read_all_orders`."""


def begin(tx: Connection, shop: str, now: datetime) -> None:
    """Read the shop's last 60 days, beginning with the next turn."""
    backfills.begin(tx, shop, now - LOOK_BACK, now)


def go_on(runtime: Runtime) -> int:
    """One page of each shop whose past is being read; how many orders were read."""
    with runtime.db.read() as tx:
        found = backfills.running(tx)
    return sum(_page(runtime, one) for one in found)


def _page(runtime: Runtime, backfill: Backfill) -> int:
    shop, read = backfill.shop, 0
    try:
        store = runtime.connections.storefront(shop)
        ids, more = store.orders_page(backfill.since, backfill.cursor)
        for order_id in ids:
            with runtime.db.read() as tx:
                known = timelines.read_at(tx, shop, order_id)
            if known is None:
                read_order(runtime, shop, order_id)
                read += 1
    except RemoteError as error:
        log.warning("a shop's past could not be read", shop=shop, why=error.what)
        with runtime.db.write() as tx:
            backfills.stumble(tx, shop, error.what)
        return read
    with runtime.db.write() as tx:
        backfills.advance(tx, shop, more, len(ids))
        if not more:
            backfills.finish(tx, shop, runtime.clock.now())
    return read
