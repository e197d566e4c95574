"""The last 60 days of a shop that has just come, read between everything else.

Two ways lead through them. Pages, the newest orders first and each order by itself, are the whole
truth: they end when every order was read. For a shop with many orders the store writes them into a
file meanwhile (see `backfill_bulk.py`), and what the file tells whole the pages pass over.

Each order is taken in and counted in one transaction, and the place is kept, so a process that
dies goes on where it was. An order read twice is one order: what is known already is no news.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.engine import Connection

from clients.errors import NeedsAuthorisation, RemoteError, Retriable
from clients.shopify.budget import YIELDING, bulk_work
from plugin.circuit import PAUSED
from plugin.ports import Storefront
from plugin.store import backfills, timelines
from plugin.store.backfills import Backfill
from plugin.window import WINDOW
from scheduler import backfill_bulk
from scheduler.backfill_taking import Turn, take
from scheduler.runtime import Runtime

log = structlog.get_logger()

AT_ONCE = 25
"""Orders read by themselves in one turn, so that every shop has its turn soon."""
PAGES_AT_ONCE = 10
"""Pages looked through in one turn for orders that nobody has read."""


def begin(tx: Connection, shop: str, now: datetime) -> None:
    """Read the shop's last 60 days, beginning with the next turn."""
    backfills.begin(tx, shop, now - WINDOW, now)


def keep_on(runtime: Runtime) -> int:
    """A turn for each shop, round after round, until each has to wait; how many orders were read.

    A shop that comes meanwhile joins the next round.
    """
    count, waiting = 0, set[str]()
    while found := [one for one in running(runtime) if one.shop not in waiting]:
        for one in found:
            done = turn(runtime, one)
            count += done.read
            waiting |= {one.shop} if done.waits else set()
    return count


def running(runtime: Runtime) -> list[Backfill]:
    """The shops whose past is being read.

    A shop that has just come and only watches has its past read without being asked for.
    """
    with runtime.db.read() as tx:
        new = backfills.never_begun(tx)
    for shop in new:
        with runtime.db.write() as tx:
            begin(tx, shop, runtime.clock.now())
    with runtime.db.read() as tx:
        return backfills.running(tx)


def turn(runtime: Runtime, backfill: Backfill) -> Turn:
    """Some of the store's file where it has one, else some orders of the page it has come to."""
    done = Turn()
    try:
        _turn(runtime, backfill, done)
    except RemoteError as error:
        done.waits = True
        if error.code not in {YIELDING, PAUSED}:
            log.warning("a shop's past could not be read", shop=backfill.shop, why=error.what)
            with runtime.db.write() as tx:
                backfills.stumble(tx, backfill.shop, error.what)
    return done


@bulk_work()
def _turn(runtime: Runtime, backfill: Backfill, done: Turn) -> None:
    store = runtime.connections.storefront(backfill.shop)
    if backfill.total is None:
        total = store.orders_count(backfill.since)
        with runtime.db.write() as tx:
            backfills.change(tx, backfill.shop, total=total)
    # The newest orders come before all else: somebody may be looking.
    elif backfill.done and backfill_bulk.go_on(runtime, backfill, store, done):
        return
    cursor: str | None = backfill.cursor
    for _ in range(PAGES_AT_ONCE):
        if cursor is None or done.read >= AT_ONCE:
            return
        cursor = _page(runtime, backfill, store, cursor, done)


def _page(
    runtime: Runtime, backfill: Backfill, store: Storefront, cursor: str, done: Turn
) -> str | None:
    """Some orders of one page; the next page's place, or None when it does not end here."""
    ids, more = store.orders_page(backfill.since, cursor)
    with runtime.db.read() as tx:
        wanted = backfills.unread(tx, backfill, ids)
    left = AT_ONCE - done.read
    for order_id in wanted[:left]:
        done.read += _read(runtime, store, backfill, order_id)
    if len(wanted) > left:
        return None
    with runtime.db.write() as tx:
        turned = backfills.advance(tx, backfill.shop, cursor, more)
        if turned and not more:
            backfills.finish(tx, backfill, runtime.clock.now())
    if turned and not more:
        backfill_bulk.call_off(backfill, store)
        runtime.db.count_rows()  # the first look at two months of orders takes the right indexes
    return more or None if turned else None


def _read(runtime: Runtime, store: Storefront, backfill: Backfill, order_id: int) -> bool:
    """One order; one that cannot be read is left to the others' line and holds up nobody."""
    try:
        return take(runtime, backfill, order_id, store.order(order_id))
    except (Retriable, NeedsAuthorisation):
        raise
    except Exception:
        shop = backfill.shop
        log.exception("an order of the past could not be read", shop=shop, order=order_id)
        with runtime.db.write() as tx:
            timelines.lock(tx, shop, order_id)
            now = runtime.clock.now()
            timelines.set_head(tx, shop, order_id, read_wanted=True, read_at=now)
        return False
