"""The large mode without a broker and without waiting: a line of calls, and time that is turned.

Every look at the clock takes a moment, so that work takes time; who waits, waits in that time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clients.email.smtp import Message
from plugin.actions import Topic
from plugin.clock import Clock
from plugin.notices import notice
from plugin.settings import read
from plugin.store import shops
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from plugin.store.turns import Turn
from scheduler.large.beat import SECONDS, Beat
from scheduler.large.kinds import KINDS, NAMED
from scheduler.large.turns import Turns
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import FakeConnections, FakePostbox, FakeStorefront, FakeSupplier

FLOOD, QUIET = "alice.myshopify.com", "bob.myshopify.com"
BEAT = timedelta(seconds=SECONDS)
MOST = 5000


@dataclass(frozen=True)
class BusyClock(Clock):
    """Goes on by a moment whenever somebody looks at it."""

    hand: list[datetime] = field(default_factory=lambda: [MONDAY])
    moment: list[timedelta] = field(default_factory=lambda: [timedelta(milliseconds=20)])

    def now(self) -> datetime:
        self.hand[0] += self.moment[0]
        return self.hand[0]

    def stands_still(self) -> None:
        """From now on looking takes no time."""
        self.moment[0] = timedelta(0)

    def goes_on(self, by: timedelta) -> None:
        """Time passes."""
        self.hand[0] += by


@dataclass
class SlowPostbox(FakePostbox):
    """Takes its time for each letter."""

    takes: timedelta = timedelta(seconds=1)

    clock: BusyClock = field(default_factory=BusyClock)
    sent: list[tuple[str, datetime]] = field(default_factory=list)

    def send(self, message: Message) -> str:
        self.clock.goes_on(self.takes)
        self.sent.append((message.to, self.clock.hand[0]))
        return super().send(message)


class Line:
    """Calls, in a queue for each kind of work; workers are served by the queues in turn."""

    def __init__(self) -> None:
        self.queues: dict[str, deque[Turn]] = {kind.name: deque() for kind in KINDS}
        self.down = False

    def put(self, turn: Turn) -> None:
        if self.down:
            raise ConnectionError("nobody answers")
        self.queues[turn.kind].append(turn)

    def get(self) -> Turn | None:
        for kind in list(self.queues):
            queue = self.queues.pop(kind)
            self.queues[kind] = queue
            if queue:
                return queue.popleft()
        return None

    def __len__(self) -> int:
        return sum(map(len, self.queues.values()))


class Street:
    """One worker with one thread, the least there can be."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = BusyClock()
        self.mail = SlowPostbox(clock=self.clock)
        ways = FakeConnections(FakeStorefront(self.clock), FakeSupplier(self.clock), self.mail)
        self.runtime = Runtime(read(GOOD), db, self.clock, ways)
        self.line = Line()
        self.turns = Turns(self.runtime, self.line.put)
        self.beat = Beat(self.runtime, self.turns)
        self._rings_at = MONDAY
        with db.write() as tx:
            for shop in (FLOOD, QUIET):
                shops.install(tx, shop, MONDAY, currency="USD", email=f"merchant@{shop}")

    def deliver(self, shop: str, count: int) -> None:
        """Bodies that nobody can read: handling them ends with a word to a person."""
        for number in range(count):
            Inbox(self.db).keep(
                source="shopify", shop=shop, delivery_id=f"d{number}", topic="orders/create",
                headers={}, body=b"?", received_at=MONDAY,
            )  # fmt: skip

    def write_letters(self, shop: str, count: int) -> None:
        """Actions that are ready now."""
        with self.db.write() as tx:
            for number in range(count):
                notice(tx, shop, Topic.MISSED_CLOCKS, f"{number}", {"missed": 1}, MONDAY)

    def run(self, until: Callable[[], bool]) -> timedelta:
        """Work until that is so; how long it took."""
        began = self.clock.hand[0]
        for _ in range(MOST):
            if until():
                return self.clock.hand[0] - began
            self.step()
        raise AssertionError("it never came to that")

    def step(self) -> None:
        """The beat when it is time, then one turn; without any, time passes."""
        if self.clock.hand[0] >= self._rings_at:
            self._rings_at = self.clock.hand[0] + BEAT
            self.beat.ring()
        turn = self.line.get()
        if turn is not None:
            self.turns.serve(turn)
        else:
            self.clock.hand[0] = max(self.clock.hand[0], self._rings_at)

    def one_turn(self, kind: str, shop: str) -> int:
        """Call one and serve it; how much it did."""
        assert self.turns.call(NAMED[kind], [shop]) == 1
        return self.turns.serve(self.line.queues[kind].popleft())

    def letters(self, shop: str) -> int:
        """How many letters a shop's merchant got."""
        return sum(to == f"merchant@{shop}" for to, _ in self.mail.sent)
