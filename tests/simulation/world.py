"""One world: a heap of moments, two stores, processes that die, and everything that is checked.

`World(seed, plan, ground).run()` lives through it and leaves `violations`, `seen` and `hash`.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from greenlet import getcurrent
from sqlalchemy.exc import SQLAlchemyError

from plugin.sandbox import happenings, moments
from plugin.sandbox.store import Row
from scheduler.runtime import Runtime
from scheduler.web import make_app
from tests.simulation import founding, orders, wsgi
from tests.simulation.actors.merchant import Merchant
from tests.simulation.actors.operator import Operator
from tests.simulation.actors.people import People
from tests.simulation.actors.visitors import Visitors
from tests.simulation.bell import Bell
from tests.simulation.clock import AppClock, Hand, WorldClock
from tests.simulation.connections import connected
from tests.simulation.database import SimulatedDatabase
from tests.simulation.dice import Dice
from tests.simulation.invariants import Invariants
from tests.simulation.lanes import Lane, Process, current
from tests.simulation.plan import STARTS, Plan
from tests.simulation.postman import Postman
from tests.simulation.probe import Due, Probe
from tests.simulation.shop import Shop

T = TypeVar("T")
Answer = Callable[[int | None], None]


@dataclass
class Ground:
    """What outlives a world and remembers nothing of it: a database, a folder, two web sides.

    Building a web side and compiling its pages takes longer than many a world. It keeps nothing
    between two requests, so each machine has one, whatever dies on it.
    """

    db: SimulatedDatabase
    probe: Probe
    folder: Path
    hand: Hand
    webs: dict[str, Flask]


class World:
    """See above."""

    def __init__(self, seed: int, plan: Plan, ground: Ground) -> None:
        self.seed, self.plan, self.db, self.probe = seed, plan, ground.db, ground.probe
        self.dice = Dice(seed, plan.removed, plan.factor)
        self.hand, self.webs = ground.hand, ground.webs
        self.hand.moment, self.hand.skew = self.dice.one_of(STARTS, "start"), timedelta(0)
        self.clock, self.app_clock = WorldClock(hand=self.hand), AppClock(hand=self.hand)
        self.begun = self.hand.moment
        self.hub = getcurrent()
        self.seen: Counter[str] = Counter()
        self.outages: dict[str, datetime] = {}
        """Services that are away, and until when."""
        self.violations: list[str] = []
        self.events = 0
        self.hash = self.theirs = ""
        self.lost_letters: Counter[str] = Counter()
        """Letters whose answer was lost, or whose sender died: they may come once more."""
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0
        url = self.db.url.render_as_string(hide_password=False)
        self.settings = founding.settings_for(url, ground.folder)
        self.invariants = Invariants(self)
        self.shops = [self._store(name, ground.folder) for name in founding.NAMES]
        self.by_name = {shop.name: shop for shop in self.shops}
        self.postmen = [Postman(self, shop) for shop in self.shops]
        self.processes = [Process(self, "one"), Process(self, "two")]
        self.visitors, self.merchant = Visitors(self), Merchant(self)
        self.people, self.operator = People(self), Operator(self)
        founding.install(self.db, self.settings, self.begun, self.dice, self.shops)
        founding.bring_alternatives(self.db, self.clock)
        self.bell = Bell(self)
        self._due: Due | None = None
        self.db.committed = self._committed
        self.db.rolled_back = self.invariants.rolled_back

    # --- time -----------------------------------------------------------------------------------

    def now(self) -> datetime:
        """True time."""
        return self.hand.moment

    def at(self, moment: datetime, run: Callable[[], None]) -> None:
        """Something will happen then, or at once if that is past."""
        self._count += 1
        heapq.heappush(self._heap, (max(moment, self.now()), self._count, run))

    def later(self, seconds: float, run: Callable[[], None]) -> None:
        """Something will happen in so many seconds."""
        self.at(self.now() + timedelta(seconds=seconds), run)

    def run(self) -> None:
        """Live through all of it, or to the first thing that is wrong."""
        self.processes[0].boot()
        orders.place_all(self)
        self.operator.begin()
        self.people.begin()
        end = self.begun + self.plan.whole
        calm = self.begun + self.plan.troubled
        self.at(calm, self._calm)
        while not self.violations and self._step(end):
            self.events += 1
        if not self.violations:
            self.invariants.at_the_end()
        self._send_home()

    def _step(self, end: datetime) -> bool:
        if self._due is None:
            self._due = self.probe.due(self.app_clock.now())
        due = self._due
        rings = self.bell.next(due)
        happens = min((text for shop in self.shops if (text := shop.next_happening())), default="")
        soonest = [self._heap[0][0]] if self._heap else []
        soonest += [rings] if rings else []
        soonest += [moments.moment(happens)] if happens else []
        moment = max(min(soonest, default=end), self.now())
        if moment >= end:
            return False
        self.hand.moment = moment
        if happens and moments.moment(happens) <= moment:
            self.effect(lambda: [happenings.happen_due(s.ground, moment) for s in self.shops])
        elif self._heap and self._heap[0][0] <= moment:
            heapq.heappop(self._heap)[2]()
        else:
            self.bell.ring(due)
        self._collect()
        self.invariants.after_an_event()
        return True

    def _committed(self, lane: Lane | None) -> None:
        self._due = None
        self.invariants.committed(lane)

    def _calm(self) -> None:
        """Nothing goes wrong from here on, and everybody does what he has to."""
        self.dice.quiet = True
        self.operator.calm()

    def _send_home(self) -> None:
        self.invariants.silent = True
        for process in self.processes:
            process.die()
        self.theirs = "".join(shop.whole() for shop in self.shops)
        for shop in self.shops:
            shop.ledger.close()

    # --- outside --------------------------------------------------------------------------------

    def effect(self, run: Callable[[], T]) -> T:
        """Something happens outside the app."""
        return run()

    def shop_at(self, path: str) -> Shop:
        """Whose address it is."""
        parts = path.split("/")
        return self.by_name.get(parts[3], self.shops[0]) if len(parts) > 3 else self.shops[0]

    @property
    def letterbox(self) -> Shop:
        """Whose mailbox takes all letters."""
        return self.shops[0]

    def _collect(self) -> None:
        for postman in self.postmen:
            if postman.waiting:
                postman.collect()

    def _store(self, name: str, folder: Path) -> Shop:
        settings = founding.store_settings(name, self.seed, folder, self.clock)
        renews = self.dice.share("renews its token", name) < 0.4
        return Shop(settings, lambda table, row: self._told(name, table, row), renews=renews)

    def _told(self, name: str, table: str, row: dict[str, Any]) -> None:
        """A row was added to a store's own ledger."""
        if table == "deliveries":
            self.postmen[founding.NAMES.index(name)].waiting = True
        if table in {"deliveries", "happenings", "notes"}:
            return
        if table != "mails":
            self.bell.changed()
        self.invariants.happened(self.by_name[name], table, row)

    def built(self) -> Runtime:
        """The app of one process, as it is after its start."""
        made = connected(self.settings, self.db, self.app_clock)
        return Runtime(self.settings, self.db, self.app_clock, made)

    def web_of(self, process: Process) -> Flask:
        """The web side of a machine."""
        if process.name not in self.webs:
            self.webs[process.name] = make_app(self.built())
        return self.webs[process.name]

    # --- the app's door -------------------------------------------------------------------------

    def visit(self, name: str, come: Callable[[Process], int], done: Answer) -> None:
        """Somebody comes to the app; `done` gets the status, None where there was no answer."""
        ready = [p for p in self.processes if p.alive]
        if not ready:
            self.seen["nobody at the door"] += 1
            done(None)
            return
        process = self.dice.one_of(ready, "whose door", name)
        self._count += 1

        def work() -> None:
            lane = current()
            assert lane is not None
            lane.begin(name)
            status: int | None = None
            try:
                status = come(process)
            except SQLAlchemyError:
                if not lane.trouble:
                    raise
            finally:
                self.later(0, lambda: done(status))

        process.start(f"web {self._count}", work)

    def post(
        self, name: str, path: str, body: bytes, headers: Mapping[str, str], done: Answer
    ) -> None:
        """Somebody outside sends something to a door."""
        self.visit(name, lambda p: wsgi.call(p.web, "POST", path, body, headers).status, done)

    def died(self, process: Process) -> None:
        """A process is gone; somebody starts it again after a while."""
        self.operator.died(process)

    def delivered(self, shop: str, row: Row) -> None:
        """The app has said thanks for a webhook."""
        self.invariants.accepted(shop, row)

    def wrong(self, which: str, what: str) -> None:
        """A promise was broken."""
        if len(self.violations) < 20:
            day = (self.now() - self.begun).total_seconds() / 86_400
            self.violations.append(f"{which} day {day:.3f}: {what}")
