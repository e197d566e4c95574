"""Putting away what was delivered: packed after a day, emptied after as long as it is kept."""

from __future__ import annotations

from datetime import timedelta

from plugin.store import bodies
from scheduler.runtime import Runtime

PACK_AFTER = timedelta(days=1)
AT_ONCE = 50
"""Bodies in one transaction: webhooks that come meanwhile wait for it."""


def put_away(runtime: Runtime) -> int:
    """Pack and empty what is old enough, shop by shop; how many bodies."""
    with runtime.db.read() as tx:
        shops = bodies.shops_with_bodies(tx)
    return sum(_pack(runtime, shop) + _empty(runtime, shop) for shop in shops)


def _pack(runtime: Runtime, shop: str) -> int:
    before, count = runtime.clock.now() - PACK_AFTER, 0
    while True:
        with runtime.db.read() as tx:
            found = bodies.to_pack(tx, shop, before, limit=AT_ONCE)
        smaller = [(number, body, bodies.packed(body)) for number, body in found]
        with runtime.db.write() as tx:
            done = bodies.keep_packed(tx, shop, smaller)
        count += done
        if not done:
            return count


def _empty(runtime: Runtime, shop: str) -> int:
    before = runtime.clock.now() - timedelta(days=runtime.settings.body_days)
    count = 0
    while True:
        with runtime.db.write() as tx:
            some = bodies.empty(tx, shop, before, limit=AT_ONCE)
        count += some
        if not some:
            return count
