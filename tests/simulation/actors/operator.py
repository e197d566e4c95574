"""Who runs the machines: starts what died, deploys, and what befalls machines and services."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.lanes import Process
    from tests.simulation.world import World

DAY = 86_400.0
SERVICES = ("store", "1688", "mail")
SKEWS = (timedelta(hours=1), timedelta(days=1), timedelta(hours=-1), timedelta(minutes=-20))


class Operator:
    """Misfortunes of machines, decided once a day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.away: list[tuple[object, object]] = []

    def begin(self) -> None:
        """From the first day on."""
        self._day(0)

    def calm(self) -> None:
        """Everything is well: both clocks right, all services there, a machine running."""
        world = self.world
        world.outages.clear()
        world.db.full = False
        world.hand.skew = timedelta(0)
        for shop in world.shops:
            world.people.take_back(shop)
            world.merchant.switch(shop.name, "/resume")
        for process in world.processes:
            if not process.alive:
                process.boot()

    def died(self, process: Process) -> None:
        """Somebody, or something, starts it again."""
        world = self.world
        world.invariants.disturbed()
        after = world.dice.one_of((3.0, 10.0, 60.0, 900.0), "starts again", process.name)
        if world.dice.strikes("process", "nobody looks", process.name, 0.05):
            after = 6 * 3600.0
        world.later(after, lambda: self._boot(process))

    def _boot(self, process: Process) -> None:
        if not process.alive:
            process.boot()

    def _day(self, day: int) -> None:
        world, dice = self.world, self.world.dice
        if dice.quiet:
            return
        world.later(DAY, lambda: self._day(day + 1))
        moment = DAY * dice.share("when", day)
        if dice.strikes("process", "second machine", day, 0.1):
            world.later(moment, self._second)
        if dice.strikes("process", "deploy", day, 0.05):
            world.later(moment, self._deploy)
        if dice.strikes("process", "down for hours", day, 0.03):
            world.later(moment, self._down)
        if dice.strikes("call", "outage", day, 0.03):
            service = dice.one_of(SERVICES, "outage of", day)
            world.later(moment, lambda: self._outage(service, day))
        if dice.strikes("database", "full", day, 0.02):
            world.later(moment, self._full)
        if dice.strikes("time", "skew", day, 0.03):
            world.later(moment, lambda: self._skew(day))

    def _second(self) -> None:
        """A second machine for some hours: two of every scheduler."""
        first, second = self.world.processes
        if not second.alive:
            self.world.seen["two schedulers alive"] += 1
            second.boot()
            self.world.later(12 * 3600.0, second.die)
        if not first.alive:
            first.boot()

    def _deploy(self) -> None:
        """Stopped and started, wherever it was; the second machine takes over meanwhile."""
        self.world.seen["deploy"] += 1
        first, second = self.world.processes
        if not second.alive:
            second.boot()
        first.die()

    def _down(self) -> None:
        self.world.seen["down for hours"] += 1
        for process in self.world.processes:
            process.die()

    def _outage(self, service: str, day: int) -> None:
        self.world.seen[f"outage of {service}"] += 1
        self.outage(service, self.world.dice.between(1, 26, "outage lasts", day))

    def outage(self, service: str, hours: int) -> None:
        """A service is away for some hours."""
        world = self.world
        if service not in world.outages:
            world.outages[service] = world.now() + timedelta(hours=hours)
            world.invariants.disturbed()
            world.at(world.outages[service], lambda: self._back(service))

    def _back(self, service: str) -> None:
        self.world.outages.pop(service, None)
        self.world.invariants.disturbed()

    def _full(self) -> None:
        self.world.seen["disk full"] += 1
        self.world.db.full = True
        self.world.invariants.disturbed()
        self.world.later(2400.0, self._room)

    def _room(self) -> None:
        self.world.db.full = False
        self.world.invariants.disturbed()

    def _skew(self, day: int) -> None:
        """The machine's clock jumps, and after an hour somebody sets it right."""
        world = self.world
        skew = world.dice.one_of(SKEWS, "skew by", day)
        world.seen["clock ahead" if skew > timedelta(0) else "clock behind"] += 1
        world.hand.skew = skew
        world.invariants.disturbed()
        world.bell.hurry()
        world.later(3600.0, self._set_right)

    def _set_right(self) -> None:
        self.world.hand.skew = timedelta(0)
        self.world.bell.hurry()
        self.world.invariants.disturbed()
