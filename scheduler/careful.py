"""After a restore: what happened since the backup is read back before anything is sent.

The database has forgotten everything since; the stores have not. For each restored shop, in this
order: what its clocks decide (under the same keys as before, because keys are derived), every order
changed in the store since an hour before the backup, then what was sent: its mark is found there,
and adopted. Until the first two are done nothing goes out for the shop. It ends by itself.

Mail cannot be read back: a letter that went out in the lost stretch may go out once more, under
the same Message-ID.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy.engine import Connection

from plugin.store import deeds, inbox, restorations, shops, ticks, timelines
from plugin.store.restorations import Restoration
from scheduler import reconcile
from scheduler.runtime import Runtime

log = structlog.get_logger()

AGAIN = timedelta(minutes=1)
"""A store that does not answer is not asked at every tick."""
NAME = "job:careful"


def go_on(runtime: Runtime) -> int:
    """Read back what is still to be read; how many shops are done with it."""
    with runtime.db.read() as tx:
        waiting = restorations.careful(tx)
    if not waiting:
        return 0
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        mine = ticks.take_turn(tx, NAME, now, AGAIN)
    if mine and any(_unread(runtime, one) for one in waiting):
        reconcile.catch_up(runtime)
    if mine:
        reconcile.read_wanted(runtime)
    return sum(_end(runtime, one) for one in waiting)


def _unread(runtime: Runtime, one: Restoration) -> bool:
    with runtime.db.read() as tx:
        return "changes" in what_is_left(tx, one)


def what_is_left(tx: Connection, one: Restoration) -> list[str]:
    """What a shop still waits for: `changes`, `orders`, `clocks`, `deliveries`."""
    shop = shops.find(tx, one.shop)
    if shop is None or shop.state == shops.UNINSTALLED:
        return []
    reached = shop.reconciled_to
    left = [] if reached is not None and reached >= one.restored_at else ["changes"]
    left += ["orders"] if timelines.any_to_read(tx, one.shop) else []
    left += ["clocks"] if timelines.any_due(tx, one.shop, one.restored_at) else []
    left += ["deliveries"] if inbox.any_waiting(tx, one.shop, one.restored_at) else []
    return left


def _end(runtime: Runtime, one: Restoration) -> bool:
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        if what_is_left(tx, one) or not restorations.end(tx, one.shop, now):
            return False
        about = one.since.isoformat()
        deeds.add(tx, one.shop, now, by="app", what="careful_ended", about=about)
    log.info("read back, sending goes on", shop=one.shop, since=one.since.isoformat())
    return True
