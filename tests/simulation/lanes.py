"""Processes that can die anywhere, and the lanes inside them that take turns.

A lane is a greenlet: real app code runs in it, straight through, until the world lets it wait.
It may wait only where no transaction is open, which is also a promise of the app. A process dies
by a `Crash` raised where it stands; all its other lanes die with it, and nothing they do on the
way out reaches the database or the outside any more.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Flask
from greenlet import getcurrent, greenlet

from scheduler.runtime import Runtime

if TYPE_CHECKING:
    from tests.simulation.world import World


class Crash(BaseException):
    """The process dies here."""


class Lane(greenlet):
    """One thread of a process."""

    def __init__(self, process: Process, name: str, run: Callable[[], None]) -> None:
        super().__init__(run)
        self.process, self.name, self.life = process, name, process.life
        self.task = name
        self.open = 0
        """Transactions open right now."""
        self.steps_to_live = -1
        """Statements, commits and calls until a crash; negative: none is near."""
        self.letter = ""
        """The letter that was accepted and is not yet written down as sent."""
        self.trouble = False
        """A fault of the database was met in this task."""

    @property
    def gone(self) -> bool:
        """Its process died: whatever it still does must not be seen."""
        return self.life != self.process.life

    def begin(self, task: str) -> None:
        """Another piece of work: now and then the process dies somewhere in it."""
        self.task, self.trouble, self.steps_to_live, self.letter = task, False, -1, ""
        dice = self.process.world.dice
        if dice.strikes("process", "crash", task, 0.012):
            self.steps_to_live = int(40 * dice.share("crash where", task) ** 2)

    def step(self, what: str) -> None:
        """Something that can be the last thing the process does."""
        if self.gone:
            raise Crash
        if self.steps_to_live == 0:
            self.die(what)
        self.steps_to_live -= 1

    def die(self, what: str) -> None:
        """Here it ends."""
        self.process.world.seen[f"crash {what}"] += 1
        raise Crash

    def wait(self, seconds: float) -> None:
        """Others go on; this lane comes back later, if its process still lives."""
        assert not self.open, "a lane waits with a transaction open"
        self.process.world.later(seconds, lambda: self.process.resume(self))
        self.process.world.hub.switch()
        if self.gone:
            raise Crash


def current() -> Lane | None:
    """The lane that runs, if it is one."""
    here = getcurrent()
    return here if isinstance(here, Lane) else None


class Process:
    """`postvendita serve` on some machine: the web and all its jobs."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.life = 0
        self.runtime: Runtime | None = None
        self.lanes: dict[str, Lane] = {}

    @property
    def alive(self) -> bool:
        """It runs."""
        return self.runtime is not None

    def boot(self) -> None:
        """Everything is built anew; only the database is what it was."""
        self.runtime = self.world.built()
        self.world.invariants.disturbed()

    @property
    def web(self) -> Flask:
        """The web side, built when somebody comes."""
        return self.world.web_of(self)

    def free(self, name: str) -> bool:
        """Nobody is in that lane."""
        return self.alive and name not in self.lanes

    def start(self, name: str, run: Callable[[], None]) -> None:
        """Run in a lane of its own, at once, until it waits or ends."""
        lane = Lane(self, name, run)
        self.lanes[name] = lane
        self.resume(lane)

    def resume(self, lane: Lane) -> None:
        """Let a lane go on."""
        if lane.gone:
            return
        try:
            lane.switch()
        except Crash:
            self.die()
        if lane.dead and self.lanes.get(lane.name) is lane:
            del self.lanes[lane.name]

    def die(self) -> None:
        """kill -9: the lanes unwind without a word, and nobody remembers anything."""
        if not self.alive:
            return
        self.life += 1
        self.runtime = None
        left, self.lanes = self.lanes, {}
        for lane in left.values():
            if lane.letter:
                self.world.lost_letters[lane.letter] += 1
            if not lane.dead:
                with suppress(Crash):
                    lane.throw(Crash)
        self.world.db.forget_connections()
        self.world.died(self)
