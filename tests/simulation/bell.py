"""Who rings the app's bell: at every moment it has something to do, and never in between.

In production a bell rings every few seconds and mostly finds nothing. Here the moments at which it
would find something are read off the tables, the hand jumps there, and the app's own jobs run as
they do in production: each behind its own turn, in one process or in two at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler import jobs
from scheduler.jobs import Job, run_once
from tests.simulation.lanes import Process, current
from tests.simulation.probe import Due

if TYPE_CHECKING:
    from tests.simulation.world import World

TICK = timedelta(seconds=2)
READS_EVERY = timedelta(seconds=31)
FOLLOW_EVERY = timedelta(minutes=5, seconds=1)
CATCH_UP_EVERY = timedelta(minutes=15)
SETTLED, LONGEST = timedelta(minutes=25), timedelta(minutes=40)
"""Changes in a store are asked for so long after the last of them, and after the first at most."""
IDLE_CATCH_UP = timedelta(hours=36)
LAG = timedelta(minutes=3)
JOBS = {job.name: job for job in jobs.JOBS}
WHEN_DUE = (
    *("inbox", "clocks", "outbox", "follow_purchases", "read_wanted", "backfill"),
    *("login_letters", "privacy_requests", "catch_up"),
)
"""What the tables say is due."""
HALF_DAILY = ("digest", "follow_recoveries", "tell_programs")
MORNINGS = (9, 15)
"""Hours, in UTC, at which it is morning in Rome and in New York: one on even days, one on odd."""
SELDOM = timedelta(days=4)
"""What runs every day does not find more by running every day."""
DAILY = (
    *("read_open_cases", "read_leaving", "recount_calendar", "keep_tokens_warm", "retention"),
    *("forget_accesses", "put_bodies_away", "audit"),
)
NOT_RUNG = {
    "careful": "no world is restored from a backup",
    "tmall_messages": "no world buys through OpenMall",
    "sweep_evidence": "files on a disk have the real clock's dates",
    "same_secret": "all machines of a world have the same settings",
    "count_rows": "only one of the databases has to be told to",
}
"""The app's jobs that no bell rings here, and why."""


class Bell:
    """Decides which job runs when, and in which process."""

    def __init__(self, world: World) -> None:
        self.world = world
        now = world.now()
        self.rang = now - TICK
        self.read = now
        self.waits = READS_EVERY
        self.turned = now
        self.pauses = READS_EVERY
        self.followed = now
        self.caught_up = now
        self.half_daily = now + timedelta(hours=1)
        self.daily = now
        self.first_change = self.last_change = now

    def changed(self) -> None:
        """Something changed in a store."""
        now = self.world.now()
        if self.first_change <= self.caught_up:
            self.first_change = now
        self.last_change = now

    def hurry(self) -> None:
        """In production the next time to ask is never more than a quarter of an hour away."""
        self.caught_up = self.last_change = self.world.now() - LONGEST
        self.first_change = self.last_change

    def next(self, due: Due) -> datetime | None:
        """When it rings next; None while nobody is there to hear it."""
        if not any(process.alive for process in self.world.processes):
            return None
        skew = self.world.hand.skew
        found = [moment - skew for moment in (due.next,) if moment]
        if due.purchases:
            found.append(max(due.purchases - skew, self.followed + FOLLOW_EVERY))
        if due.reads:
            found.append(self.read + self.waits)
        if due.past:
            found.append(self.turned + self.pauses)
        if due.privacy:
            found.append(self.rang + timedelta(minutes=1))
        found += [self._catch_up_at(due), self.half_daily, self.daily]
        return max(min(found), self.rang + TICK)

    def _catch_up_at(self, due: Due) -> datetime:
        """In production every quarter of an hour; here within the hour that was promised."""
        skew, mark = self.world.hand.skew, due.reconciled
        # A mark in the future was set by a clock that ran ahead: nothing is known by it.
        known = mark is not None and self.last_change + LAG < mark - skew <= self.world.now()
        if known and self.first_change < self.caught_up:
            return self.caught_up + IDLE_CATCH_UP
        wanted = min(self.last_change + SETTLED, self.first_change + LONGEST)
        return max(wanted, self.caught_up + CATCH_UP_EVERY)

    def ring(self, due: Due) -> None:
        """Start what has something to do, in the lanes that are free."""
        world, now = self.world, self.world.now()
        self.rang = now
        seen = world.app_clock.now()
        if due.inbox and due.inbox <= seen:
            self._start("inbox", "inbox")
        if due.clocks and due.clocks <= seen:
            self._start("clocks", "clocks")
        if due.outbox and due.outbox <= seen:
            self._start("outbox", "outbox", "outbox-2")
        if due.purchases and due.purchases <= seen and now >= self.followed + FOLLOW_EVERY:
            self.followed = now
            self._start("follow_purchases", "purchases")
        if due.reads and now >= self.read + self.waits:
            self._read()
        if due.past and now >= self.turned + self.pauses:
            self.turned, self.pauses = now, self._patience(self.turned, self.pauses)
            self._start("backfill", "past")
        if due.links and due.links <= seen:
            self._start("login_letters", "links")
        if due.privacy:
            self._start("privacy_requests", "privacy")
        if now >= self._catch_up_at(due):
            self.caught_up = now
            self._start("catch_up", "reads")
        self._now_and_then()

    def _now_and_then(self) -> None:
        now = self.world.now()
        if now >= self.half_daily:
            self.half_daily = _next(now)
            for name in HALF_DAILY:
                self._start(name, "half daily")
        if now >= self.daily:
            self.daily = now + SELDOM
            self._start("clocks", "clocks")  # in production these go on while nothing happens
            self._start("catch_up", "reads")
            for name in DAILY:
                self._start(name, "daily")

    def _read(self) -> None:
        """Orders to be read; while that does not help, less and less often."""
        self.waits = self._patience(self.read, self.waits)
        self.read = self.world.now()
        self._start("read_wanted", "reads")

    def _patience(self, before: datetime, waits: timedelta) -> timedelta:
        seldom = self.world.now() - before < waits + timedelta(minutes=1)
        return min(waits * 2, timedelta(minutes=10)) if seldom else READS_EVERY

    def _start(self, job: str, *lanes: str) -> None:
        """In one process, or in all that live: then they get in each other's way."""
        assert job in {*WHEN_DUE, *HALF_DAILY, *DAILY}, job
        world = self.world
        ready = [p for p in world.processes if p.alive]
        if len(ready) > 1 and not world.dice.strikes("process", "both", job, 0.3):
            ready = [world.dice.one_of(ready, "which process", job)]
        if len(ready) > 1:
            world.seen["a job in two processes at once"] += 1
        for process in ready:
            for lane in lanes:
                if process.free(lane):
                    process.start(lane, _work(process, JOBS[job]))


def _next(now: datetime) -> datetime:
    """The next morning somewhere."""
    day = now.replace(minute=30, second=0, microsecond=0) + timedelta(days=1)
    return day.replace(hour=MORNINGS[day.toordinal() % 2])


def _work(process: Process, job: Job) -> Callable[[], None]:
    def work() -> None:
        runtime, lane = process.runtime, current()
        assert runtime is not None
        assert lane is not None
        lane.begin(job.name)
        run_once(runtime, job)

    return work
