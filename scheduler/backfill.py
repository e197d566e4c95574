"""The last 60 days of a shop that has just come: read page by page, between everything else.

The place is kept with every page, so a process that dies goes on where it was. An order read
twice is one order: what is known already is no news. One page, or a part of one, is read in a
turn; the jobs that send and decide have threads of their own and do not wait for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.engine import Connection

from clients.errors import NeedsAuthorisation, RemoteError, Retriable
from clients.shopify.budget import YIELDING, bulk_work
from plugin.store import backfills, timelines
from plugin.store.backfills import Backfill
from scheduler.reconcile import read_order
from scheduler.runtime import Runtime

log = structlog.get_logger()

LOOK_BACK = timedelta(days=60)
"""Shopify shows no older orders without `read_all_orders`."""
AT_ONCE = 25
"""Orders read in one turn, so that progress is seen to go on."""


def begin(tx: Connection, shop: str, now: datetime) -> None:
    """Read the shop's last 60 days, beginning with the next turn."""
    backfills.begin(tx, shop, now - LOOK_BACK, now)


def go_on(runtime: Runtime) -> int:
    """A turn for each shop whose past is being read; how many orders were read.

    A shop that has just come and only watches has its past read without being asked for.
    """
    with runtime.db.read() as tx:
        new = backfills.never_begun(tx)
    for shop in new:
        with runtime.db.write() as tx:
            begin(tx, shop, runtime.clock.now())
    with runtime.db.read() as tx:
        found = backfills.running(tx)
    return sum(turn(runtime, one) for one in found)


@bulk_work()
def turn(runtime: Runtime, backfill: Backfill) -> int:
    """Some orders of the page it has come to; how many were read."""
    read, finished = 0, False
    try:
        store = runtime.connections.storefront(backfill.shop)
        ids, more = store.orders_page(backfill.since, backfill.cursor)
        with runtime.db.read() as tx:
            wanted = backfills.unread(tx, backfill.shop, ids)
        for order_id in wanted[:AT_ONCE]:
            read += _read(runtime, backfill.shop, order_id)
    except RemoteError as error:
        if error.code == YIELDING:
            with runtime.db.write() as tx:
                backfills.count(tx, backfill, read)
            return read
        log.warning("a shop's past could not be read", shop=backfill.shop, why=error.what)
        with runtime.db.write() as tx:
            backfills.count(tx, backfill, read)
            backfills.stumble(tx, backfill.shop, error.what)
        return read
    with runtime.db.write() as tx:
        if len(wanted) > AT_ONCE:
            backfills.count(tx, backfill, read)
        elif backfills.advance(tx, backfill, more, read) and not more:
            backfills.finish(tx, backfill.shop, runtime.clock.now())
            finished = True
    if finished:
        runtime.db.count_rows()  # the first look at two months of orders takes the right indexes
    return read


def _read(runtime: Runtime, shop: str, order_id: int) -> int:
    """One order; one that cannot be read is left to the others' line and holds up nobody."""
    try:
        read_order(runtime, shop, order_id)
    except (Retriable, NeedsAuthorisation):
        raise
    except Exception:
        log.exception("an order of the past could not be read", shop=shop, order=order_id)
        with runtime.db.write() as tx:
            timelines.lock(tx, shop, order_id)
            now = runtime.clock.now()
            timelines.set_head(tx, shop, order_id, read_wanted=True, read_at=now)
        return 0
    return 1
