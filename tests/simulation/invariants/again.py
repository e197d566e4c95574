"""Everything that was delivered comes once more, shuffled: nothing may change by it (I4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugin.sandbox.store import Row
from scheduler.jobs import run_once
from tests.simulation.bell import JOBS

if TYPE_CHECKING:
    from tests.simulation.postman import Postman
    from tests.simulation.world import World

BROUGHT = "SELECT * FROM deliveries WHERE state = 'delivered' AND topic <> 'app/uninstalled'"
STATE = (
    "SELECT shop, order_id, count(*), max(seq) FROM events GROUP BY shop, order_id"
    " ORDER BY shop, order_id",
    "SELECT shop, order_id, key, state, generation FROM outbox ORDER BY shop, order_id, key",
    "SELECT count(*) FROM inbox",
)
EVERY = 6
"""One world in so many is asked; it takes as long as all its deliveries took."""


def replayed(world: World) -> None:
    """At the end of a world that has come to rest."""
    if world.seed % EVERY:
        return
    before = _state(world)
    rows = [
        (world.dice.share("shuffled", f"{postman.shop.name}|{row['id']}"), postman, row)
        for postman in world.postmen
        for row in postman.shop.ledger.rows(BROUGHT)
        if row["due"] > world.invariants.erasure.at.get(postman.shop.name, "")
    ]
    for _, postman, row in sorted(rows, key=lambda one: one[0]):
        _bring(world, postman, row)
    runtime = world.processes[0].runtime
    assert runtime is not None
    world.processes[0].start("inbox again", lambda: run_once(runtime, JOBS["inbox"]))
    world.seen["the whole inbox once more"] += 1
    for was, now in zip(before, _state(world), strict=True):
        if was != now:
            changed = [pair for pair in zip(was, now, strict=False) if pair[0] != pair[1]][:2]
            world.wrong("I4", f"bringing everything again changed {changed}")


def _bring(world: World, postman: Postman, row: Row) -> None:
    body = row["body"].encode()
    postman.post(row, body, lambda status: None)


def _state(world: World) -> list[list[object]]:
    return [list(map(tuple, world.probe.rows(query))) for query in STATE]
