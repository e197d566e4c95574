"""kill -9 of the worker, the web side, both at once, and the one process of a small shop.

Half of the blows fall at any moment, half right after the world has seen an effect or sent a
webhook, so that the dangerous windows are really met: for a worker between an effect outside and
its record here, for the web side between keeping a delivery and the thanks for it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.torture import ledgers
from tests.torture.load import Load
from tests.torture.tally import Tally
from tests.torture.town import Town, pause

Step = Callable[[], None]

PAST_THE_LEASE = timedelta(minutes=7)
LONGEST_WAIT = 5.0
"""Seconds until a blow falls although nothing was seen."""
ANSWER_SECONDS = 0.02
"""Within which most effects are recorded after the world has written them down."""


@dataclass(frozen=True)
class Kill:
    """Which processes there are and which of them are killed."""

    name: str
    database: str
    processes: tuple[str, ...]
    victims: tuple[str, ...]

    def run(self, town: Town, count: int, dice: random.Random, step: Step) -> Tally:
        """That many kills under load; then rest, and the comparison."""
        tally, load = Tally(self.name), Load(town)
        for name in self.processes:
            town.begin(name)
        for _ in range(count):
            load.feed()
            self._aim(town, dice)
            self._strike(town, tally)
            town.turn(PAST_THE_LEASE)
            for name in self.victims:
                town.begin(name)
            step()
        finish(town, load, tally)
        return tally

    def _aim(self, town: Town, dice: random.Random) -> None:
        at_the_door = "web" in self.victims and ("worker" not in self.victims or dice.random() < 0.5)
        seen = town.door.left if at_the_door else town.effects.happened
        if dice.random() < 0.3:
            pause(dice.uniform(0.0, 0.5))
            return
        seen.clear()
        seen.wait(LONGEST_WAIT)
        pause(town.door.delay if at_the_door else dice.uniform(0, ANSWER_SECONDS))

    def _strike(self, town: Town, tally: Tally) -> None:
        flying, before = town.door.on_its_way, set(town.door.unanswered)
        town.kill(*self.victims)
        tally.blows += 1
        inside = False
        if "worker" in self.victims or "serve" in self.victims:
            inside = bool(ledgers.unrecorded(town))
        if "worker" != self.victims[0]:
            inside |= self._kept_without_thanks(town, flying, before)
        tally.inside += inside

    def _kept_without_thanks(self, town: Town, flying: str, before: set[str]) -> bool:
        while town.door.on_its_way:
            pause(0.001)  # it breaks off by itself: nobody listens any more
        new = town.door.unanswered - before
        found = ledgers.kept(town, new)
        if flying:
            town.door.learn(thanked=flying in town.door.thanked, kept=bool(found))
        return bool(found)


def finish(town: Town, load: Load, tally: Tally) -> None:
    """Everything comes to rest, the merchant chooses what is left to choose, and it is compared."""
    left = town.come_to_rest()
    while not left and load.asked():
        load.choose()
        left = town.come_to_rest()
    if left:
        tally.lost.append(left)
    ledgers.compare(town, load, tally)


WORKER = Kill("worker", "postgresql", ("web", "worker"), ("worker",))
WEB = Kill("web", "postgresql", ("web", "worker"), ("web",))
BOTH = Kill("both", "postgresql", ("web", "worker"), ("web", "worker"))
SERVE = Kill("serve", "sqlite", ("serve",), ("serve",))
