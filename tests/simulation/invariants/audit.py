"""History is as it was written, every link of it, and the app's own auditor agrees (I15)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from plugin.auditor import looking
from plugin.store import shops
from tests.simulation.bell import JOBS

if TYPE_CHECKING:
    from tests.simulation.invariants.timelines import Timelines
    from tests.simulation.world import World

SETTLED = """
SELECT shop, order_id, key, state FROM outbox WHERE order_id <> 0 AND state = 'done' ORDER BY id
"""
LINKS = "SELECT shop, count(*) FROM chain WHERE order_id <> 0 GROUP BY shop ORDER BY shop"
ENTRIES = "SELECT shop, count(*) FROM events GROUP BY shop ORDER BY shop"
CAUSELESS = "SELECT shop, order_id, seq, kind FROM events WHERE cause = '' ORDER BY 1, 2, 3"


def audited(world: World, timelines: Timelines) -> None:
    """At the end of a world that has come to rest."""
    with world.db.read() as tx:
        everyone = [shop.shop for shop in shops.everyone(tx)]
    runtime = world.processes[0].runtime
    assert runtime is not None
    # In production these go on all the time; here only when there is something to do.
    for name in ("clocks", "catch_up"):
        world.processes[0].start(f"{name} at the end", lambda name=name: JOBS[name].run(runtime))
    for shop in everyone:
        for one in looking.everything(world.db, shop, world.app_clock.now()):
            world.wrong("I15", f"{shop}: the auditor finds {one}")
    links, entries = (Counter(dict(map(tuple, world.probe.rows(q)))) for q in (LINKS, ENTRIES))
    if links != entries:
        world.wrong("I15", f"{dict(entries)} entries and {dict(links)} links")
    for shop, order_id, key, _ in world.probe.rows(SETTLED):
        if timelines.of(shop, order_id).settled.get(key) != "done":
            world.wrong("I15", f"{shop} {order_id} {key}: done, and no entry says so")
    for shop, order_id, seq, kind in world.probe.rows(CAUSELESS):
        world.wrong("I15", f"{shop} {order_id}: nothing caused entry {seq} ({kind})")
