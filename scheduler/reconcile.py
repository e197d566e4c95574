"""Looking for ourselves: what nobody told us, or told us only in part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from clients.errors import RemoteError
from clients.shopify.budget import YIELDING, bulk_work
from plugin import timeline as t
from plugin.casework import Casework
from plugin.circuit import PAUSED
from plugin.effects.supplier import follow
from plugin.fold import fold
from plugin.store import caselists, shops, timelines, walls
from scheduler.reading import take_in
from scheduler.runtime import Runtime

log = structlog.get_logger()

AT_ONCE, OPEN_AT_ONCE = 50, 500
FOLLOW_EVERY = timedelta(hours=6)
OVERLAP = timedelta(minutes=5)
"""Shopify's search lags behind its own changes: the last minutes are asked for again."""
FIRST_LOOK_BACK = timedelta(days=2)


@dataclass
class Place:
    """How far one shop's changes were asked for in this run."""

    shop: str
    since: datetime
    begun_at: datetime
    more: str = ""


def catch_up(runtime: Runtime) -> int:
    """Every order changed in the store since we last asked is read again. How many.

    A webhook that never came is healed by this; one that did makes it a read with no news. Shops
    take turns page by page, so that a flood in one holds up no other, and each page moves the
    shop's mark: whatever stops it, the next time begins there.
    """
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        places = [_place(shop, now) for shop in shops.installed(tx)]
    count = 0
    while places:
        going_on = []
        for place in places:
            read, more = _catch_up(runtime, place)
            count += read
            going_on += [place] if more else []
        places = going_on
    return count


def _place(shop: shops.Shop, now: datetime) -> Place:
    return Place(shop.shop, _mark(shop.reconciled_to, now) - OVERLAP, now)


@bulk_work()
def _catch_up(runtime: Runtime, place: Place) -> tuple[int, bool]:
    """One page: how many orders are to be read again, and whether there is another page now."""
    try:
        store = runtime.connections.storefront(place.shop)
        page = store.changes_page(place.since, place.more)
    except RemoteError as error:
        # The mark stays where it was: the next time begins there again.
        if error.code not in {YIELDING, PAUSED}:
            log.warning("a store could not be asked for changes", shop=place.shop, why=error.what)
        return 0, False
    # Each change is told in the order it was made, so a page leaves none behind it.
    mark = min(page.until or place.begun_at, place.begun_at) if page.more else place.begun_at
    with runtime.db.write() as tx:
        for order_id in sorted(page.ids):
            timelines.lock(tx, place.shop, order_id)
            timelines.set_head(tx, place.shop, order_id, read_wanted=True)
        shops.reconciled(tx, place.shop, mark)
    circles = page.more != "" and page.more == place.more
    place.more = page.more
    return len(page.ids), bool(page.more) and not circles


def _mark(reconciled_to: datetime | None, now: datetime) -> datetime:
    """Up to when changes are known.

    A mark in the future was set by a clock that ran ahead and has been set right since: what
    changed meanwhile was never asked for, so it is begun again as for a new shop.
    """
    if reconciled_to is None or reconciled_to > now:
        return now - FIRST_LOOK_BACK
    return reconciled_to


def read_open_cases(runtime: Runtime) -> int:
    """Every order with an open case is read again: facts older than a day are stale. How many."""
    count, last = 0, caselists.FIRST_ORDER
    while True:
        with runtime.db.read() as tx:
            found = caselists.open_orders(tx, last, limit=OPEN_AT_ONCE)
        if not found:
            return count
        with runtime.db.write() as tx:
            timelines.want_read(tx, found)
        count, last = count + len(found), found[-1]


@bulk_work()
def read_wanted(runtime: Runtime) -> int:
    """Read orders from the store that we heard of without having seen them. How many.

    A shop that has to wait (its points run low, it does not answer) holds up no other.
    """
    count, left_alone = 0, set[str]()
    while True:
        with runtime.db.read() as tx:
            wanted = timelines.to_read(tx, limit=AT_ONCE, besides=left_alone)
        waiting = set[str]()
        for shop, order_id in wanted:
            if shop not in waiting:
                read, has_to_wait = _read_wanted(runtime, shop, order_id)
                count += read
                waiting |= {shop} if has_to_wait else set()
        if not waiting:
            return count
        left_alone |= waiting


def _read_wanted(runtime: Runtime, shop: str, order_id: int) -> tuple[bool, bool]:
    """Whether the order was read, and whether its shop's others have to wait."""
    try:
        read_order(runtime, shop, order_id)
    except RemoteError as error:
        if error.code in {YIELDING, PAUSED}:
            return False, True
        log.warning("an order could not be read", shop=shop, order=order_id, why=error.what)
        with runtime.db.write() as tx:
            # To the end of the line: one shop without a token must not hold up the others.
            timelines.set_head(tx, shop, order_id, read_at=runtime.clock.now())
        return False, False
    return True, False


def read_order(runtime: Runtime, shop: str, order_id: int) -> None:
    """Read an order from the store and take in what is news. Raises what the client raises."""
    found = runtime.connections.storefront(shop).order(order_id)
    with walls.only(shop), runtime.db.write() as tx:
        take_in(tx, shop, order_id, found, runtime.clock.now())


def follow_recoveries(runtime: Runtime) -> int:
    """Ask suppliers with an API what became of the money we asked back. How many had news."""
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        recovering = caselists.recovering(tx, read_before=now - FOLLOW_EVERY, limit=AT_ONCE)
    return sum(_follow(runtime, shop, order_id) for shop, order_id in recovering)


def _follow(runtime: Runtime, shop: str, order_id: int) -> bool:
    with runtime.db.read() as tx:
        order = fold(timelines.read(tx, shop, order_id))
    news: list[t.Event] = []
    for purchase in order.purchases.values():
        if purchase.recovery_state not in {"asked", "agreed"}:
            continue
        try:
            supplier = runtime.connections.supplier(shop, purchase.connection)
            news += follow(supplier, purchase) if supplier else []
        except RemoteError as error:
            log.warning("a recovery could not be read", shop=shop, order=order_id, why=error.what)
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        if news:
            Casework(tx, shop, order_id, now).record(news, by="supplier", cause="read")
        timelines.set_head(tx, shop, order_id, read_at=now)
    return bool(news)
