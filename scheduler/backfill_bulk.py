"""A shop's past out of one file: the store is asked to write it, and it is read when it is there.

Every step is written down before it is taken, so that whatever stops it is found again: a start
that was never answered by what it asked, an operation by its id, the place in the file by its
bytes. Whatever goes wrong, the pages go on; the file only saves them work. A file that was not
written to its end is not used: half an order is worse than one that is read a little later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import structlog

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, RemoteError, Retriable
from clients.shopify.bulk import COMPLETED, BulkRun
from clients.shopify.bulk_orders import BulkOrder
from plugin.ports import Storefront
from plugin.store import backfills, timelines
from plugin.store.backfills import Backfill
from scheduler.backfill_taking import Turn, take
from scheduler.runtime import Runtime

log = structlog.get_logger()

PAYS_FROM = 250
"""Orders from which a file is worth asking for. See docs/decisions/0022."""
AT_ONCE = 200
"""Orders taken out of the file in one turn."""
KEPT_EVERY = 50
"""Orders after which the place is kept."""
LOOK_AGAIN = timedelta(seconds=5)
AFTER_TROUBLE = timedelta(minutes=1)
MOST_TRIES = 3
APART = timedelta(minutes=10)
"""How far the store's clock may be from ours."""


def go_on(runtime: Runtime, backfill: Backfill, store: Storefront, done: Turn) -> bool:
    """The next step with the store's file, if one is due. True: this turn was spent on reading it.

    May raise what the client raises; the step is then taken again.
    """
    step = _STEPS.get(backfill.bulk)
    if step is None or (backfill.look_at and runtime.clock.now() < backfill.look_at):
        return False
    return step(runtime, backfill, store, done)


def call_off(backfill: Backfill, store: Storefront) -> None:
    """The pages were faster: the store need not go on."""
    if backfill.bulk == "running":
        try:
            store.cancel_bulk(backfill.operation)
        except RemoteError as error:
            log.info("an operation was not called off", shop=backfill.shop, why=error.what)


# --- Asking for it --------------------------------------------------------------------------------


def _begin(runtime: Runtime, backfill: Backfill, store: Storefront, done: Turn) -> bool:
    if (backfill.total or 0) - backfill.done < PAYS_FROM:
        return False
    now = runtime.clock.now()
    asked = _moved(runtime, backfill, bulk="starting", bulk_at=now, look_at=now + LOOK_AGAIN)
    if asked is None:
        return False
    try:
        # The second time with less: a scope that is missing, or too much for the store at once.
        operation = store.start_bulk(backfill.since, disputes=backfill.tries == 0)
    except OutcomeUnknown:
        return False
    except Retriable as error:
        again = now + timedelta(seconds=error.after)
        _moved(runtime, asked, bulk="", look_at=again)
    except (Refused, NeedsAuthorisation) as error:
        _give_up(runtime, asked, error.what)
    else:
        _moved(runtime, asked, bulk="running", operation=operation, place=0)
    return False


def _find(runtime: Runtime, backfill: Backfill, store: Storefront, done: Turn) -> bool:
    """Its start was never answered, or never sent: what the store has tells."""
    begun = backfill.bulk_at or backfill.started_at
    run = store.find_bulk(backfill.since, begun - APART)
    if run is None:
        _again(runtime, backfill, "it was not begun")
    else:
        _moved(runtime, backfill, bulk="running", operation=run.id, place=0)
    return False


def _wait(runtime: Runtime, backfill: Backfill, store: Storefront, done: Turn) -> bool:
    run = store.bulk_run(backfill.operation)
    if run is not None and run.under_way:
        with runtime.db.write() as tx:
            look_at = runtime.clock.now() + LOOK_AGAIN
            backfills.change(tx, backfill.shop, look_at=look_at)
    elif run is None or run.state != COMPLETED:
        _again(runtime, backfill, _what_became_of(run))
    else:
        _moved(runtime, backfill, bulk="ready" if run.url else "taken")
    return False


# --- Reading it -----------------------------------------------------------------------------------


def _take_some(runtime: Runtime, backfill: Backfill, store: Storefront, done: Turn) -> bool:
    # The address is asked for each time and kept nowhere: who has it has the orders.
    run = store.bulk_run(backfill.operation)
    if run is None or run.state != COMPLETED or not run.url:
        _again(runtime, backfill, _what_became_of(run))
        return False
    try:
        with closing(store.bulk_orders(run.url, backfill.place)) as orders:
            _take(runtime, backfill, orders, done)
    except Refused as error:
        _again(runtime, backfill, error.what)
        return False
    except Retriable as error:
        log.warning("the store's file could not be read", shop=backfill.shop, why=error.what)
        with runtime.db.write() as tx:
            look_at = runtime.clock.now() + AFTER_TROUBLE
            backfills.change(tx, backfill.shop, look_at=look_at)
        return False
    return True


def _take(runtime: Runtime, backfill: Backfill, orders: Iterable[BulkOrder], done: Turn) -> None:
    at, count = backfill, 0
    for one in islice(orders, AT_ONCE):
        count += 1
        done.read += _one(runtime, backfill, one)
        if count % KEPT_EVERY == 0:
            moved = _moved(runtime, at, place=one.end)
            if moved is None:
                return
            at = moved
    if count < AT_ONCE:
        _moved(runtime, at, bulk="taken")
    elif at.place <= backfill.place:
        _again(runtime, at, "its file leads nowhere")


def _one(runtime: Runtime, backfill: Backfill, one: BulkOrder) -> bool:
    """What was not told whole is left to the pages; nothing of it is kept."""
    shop = backfill.shop
    if one.order is not None and one.order_id is not None:
        try:
            return take(runtime, backfill, one.order_id, one.order)
        except Exception:
            log.exception("an order of a file was not taken in", shop=shop, order=one.order_id)
    elif one.late and one.order_id is not None:
        with runtime.db.write() as tx:
            timelines.lock(tx, shop, one.order_id)
            timelines.set_head(tx, shop, one.order_id, read_wanted=True)
    elif one.order_id is None:
        log.warning("a line of a file could not be read", shop=shop, place=one.end)
    return False


# --- When it came to nothing ----------------------------------------------------------------------


def _again(runtime: Runtime, backfill: Backfill, why: str) -> None:
    """Ask once more a little later, some times; then the pages read the rest."""
    tries = backfill.tries + 1
    if tries >= MOST_TRIES:
        _give_up(runtime, backfill, why)
        return
    log.warning("the store's file came to nothing", shop=backfill.shop, why=why, tries=tries)
    look_at = runtime.clock.now() + AFTER_TROUBLE * tries
    _moved(runtime, backfill, bulk="", operation="", place=0, tries=tries, look_at=look_at)


def _give_up(runtime: Runtime, backfill: Backfill, why: str) -> None:
    log.warning("the past is read without a file", shop=backfill.shop, why=why)
    _moved(runtime, backfill, bulk="given_up")


def _what_became_of(run: BulkRun | None) -> str:
    if run is None:
        return "the store does not know it"
    return f"{run.state} {run.error}".strip()


def _moved(runtime: Runtime, backfill: Backfill, **values: Any) -> Backfill | None:
    """As it is after a step; None when another process has taken it meanwhile."""
    with runtime.db.write() as tx:
        if not backfills.move(tx, backfill, **values):
            return None
    return replace(backfill, **values)


_STEPS: Mapping[str, Callable[[Runtime, Backfill, Storefront, Turn], bool]] = {
    "": _begin,
    "starting": _find,
    "running": _wait,
    "ready": _take_some,
}
