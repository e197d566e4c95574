"""Customers order, and something becomes of each order: mostly trouble."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from plugin.sandbox.troubles import TROUBLES

if TYPE_CHECKING:
    from tests.simulation.world import World

STORIES = (
    *(("in_time", 4), ("waiting_then_late", 3), ("late_answers", 4), ("late_ships", 3)),
    *(("late_for_good", 14), ("late_ships_anyway", 6), ("no_stock", 14), ("silent", 3)),
    *(("abroad_late", 2), ("unrecorded", 2), ("disputed", 3)),
    *((name, 2) for name in TROUBLES),
    *(("damaged_verified", 8), ("customs_returned", 3)),
)
"""(what becomes of it, how often): far more trouble than a store can bear."""
ALL = tuple(story for story, share in STORIES for _ in range(share))
ROOM = timedelta(days=16)
"""What the last order needs to come to something."""


def place_all(world: World) -> None:
    """Every order of the world, on its day, in one store or the other."""
    troubled = world.plan.troubled
    last = max(troubled - ROOM, troubled / 2)
    for number in range(world.plan.orders):
        shop = world.dice.one_of(world.shops, "whose order", number)
        story = world.dice.one_of(ALL, "story", number)
        placed = world.begun + last * world.dice.share("ordered", number)
        shop.ground.schedule(
            _whole_seconds(placed),
            "place_order",
            mark=f"order {number}",
            story=story,
            promised=world.dice.between(2, 5, "promised", number),
        )


def _whole_seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
