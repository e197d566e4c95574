"""kill -9 of the worker, the web side, both at once, and the one process of a small shop.

Three in ten blows fall at any moment, the others right after the world has seen an effect or sent a
webhook, so that the dangerous windows are really met: for a worker between an effect outside and
its record here, for the web side between keeping a delivery and the thanks for it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from plugin.store import tables
from tests.torture import ledgers
from tests.torture.load import Load
from tests.torture.tally import Tally
from tests.torture.town import Town, pause

Step = Callable[[], None]

PAST_THE_LEASE = timedelta(minutes=7)
AT_ANY_MOMENT = 0.3
"""The share of blows that is not aimed."""
AT_MONEY = 0.6
"""The share of blows at an effect that wait for one that costs: a letter is no great harm."""
AT_THE_SECOND = 0.5
"""The share that lets the first effect pass: goods are sent in two steps, and both count."""
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
            self._strike(town, load, dice, tally)
            town.turn(PAST_THE_LEASE)
            for name in self.victims:
                town.begin(name)
            step()
        finish(town, load, tally)
        return tally

    def _kill(self, town: Town, load: Load, dice: random.Random) -> None:
        if dice.random() < AT_ANY_MOMENT:
            pause(dice.uniform(0.0, 0.5))
        elif "web" in self.victims and ("worker" not in self.victims or dice.random() < 0.5):
            with next_one_kept(town, load, dice):
                town.kill(*self.victims)
            return
        else:
            seen = town.effects.cost if dice.random() < AT_MONEY else town.effects.happened
            seen.clear()
            load.feed(at_least=1)
            seen.wait(LONGEST_WAIT)
            if dice.random() < AT_THE_SECOND:
                seen.clear()
                seen.wait(LONGEST_WAIT)
            pause(dice.uniform(0, ANSWER_SECONDS))
        town.kill(*self.victims)

    def _strike(self, town: Town, load: Load, dice: random.Random, tally: Tally) -> None:
        before = set(town.door.unanswered)
        self._kill(town, load, dice)
        tally.blows += 1
        while town.door.on_its_way:
            pause(0.001)  # it breaks off by itself: nobody listens any more
        unthanked = ledgers.kept(town, town.door.unanswered - before)
        tally.inside += bool(unthanked or (self.name != "web" and ledgers.unrecorded(town)))


@contextmanager
def next_one_kept(town: Town, load: Load, dice: random.Random) -> Iterator[None]:
    """In here from the moment at which the next webhook has been committed."""
    door = town.door
    door.left.clear()
    load.touch(dice)
    door.left.wait(LONGEST_WAIT)
    name = door.on_its_way
    there = sa.select(tables.inbox.c.id).where(tables.inbox.c.delivery_id == name)
    with town.db.read() as tx:
        while name and door.on_its_way == name and tx.execute(there).first() is None:
            pass
        yield


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
