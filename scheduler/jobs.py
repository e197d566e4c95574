"""The complete list of recurring work. APScheduler only rings the bell; the tables decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import partial

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from plugin.store import ticks, wakes
from scheduler import (
    auditing,
    backfill,
    bodies,
    calendar,
    careful,
    digest,
    evidence,
    leaving,
    logins,
    privacy,
    purchases,
    reconcile,
    same_secret,
    sweeps,
    telling,
    tmall,
    warmth,
)
from scheduler.lanes import Lane, Lanes
from scheduler.runtime import Runtime

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """Something done over and over. Without a period it is done at every tick.

    `every` is seconds between its own ticks, where the usual ones are too far apart.
    """

    name: str
    run: Callable[[Runtime], object]
    period: timedelta | None = None
    every: float | None = None


BACKFILL_SECONDS = 1.0
"""Somebody who has just installed the app looks at its first page within seconds."""


def _count_rows(runtime: Runtime) -> None:
    if runtime.db.is_sqlite:  # PostgreSQL does it by itself
        runtime.db.count_rows()


def _say_which_secret(runtime: Runtime) -> None:
    same_secret.here(runtime.db, runtime.settings, runtime.clock.now())


JOBS = (
    Job("inbox", sweeps.drain_inbox),
    Job("clocks", sweeps.look_at_due),
    Job("careful", careful.go_on),
    Job("outbox", sweeps.empty_outbox),
    Job("backfill", backfill.keep_on, every=BACKFILL_SECONDS),
    Job("login_letters", logins.send),
    Job("digest", digest.send_due, timedelta(minutes=5)),
    Job("read_wanted", reconcile.read_wanted, timedelta(seconds=30)),
    Job("follow_recoveries", reconcile.follow_recoveries, timedelta(minutes=30)),
    Job("follow_purchases", purchases.follow_purchases, timedelta(minutes=5)),
    Job("catch_up", reconcile.catch_up, timedelta(minutes=15)),
    Job("read_open_cases", reconcile.read_open_cases, timedelta(days=1)),
    Job("read_leaving", leaving.refresh, timedelta(hours=6)),
    Job("recount_calendar", calendar.recount, timedelta(days=1)),
    Job("tmall_messages", tmall.collect, timedelta(seconds=30)),
    Job("sweep_evidence", evidence.sweep, timedelta(hours=6)),
    Job("privacy_requests", privacy.carry_out, timedelta(minutes=1)),
    Job("tell_programs", telling.deliver, timedelta(seconds=2)),
    Job("keep_tokens_warm", warmth.keep, timedelta(days=1)),
    Job("retention", privacy.retain, timedelta(days=1)),
    Job("put_bodies_away", bodies.put_away, timedelta(hours=1)),
    Job("audit", auditing.look, timedelta(hours=1)),
    Job("forget_accesses", privacy.forget_accesses, timedelta(days=1)),
    Job("count_rows", _count_rows, timedelta(hours=1)),
    Job("same_secret", _say_which_secret),
)


class Bell:
    """Everything that is done over and over in one process, once it was started."""

    def __init__(self, ticking: BackgroundScheduler, lanes: Lanes) -> None:
        self._ticking, self._lanes = ticking, lanes

    def shutdown(self, *, wait: bool) -> None:
        """Begin nothing new; with `wait` return when what is under way has ended."""
        self._ticking.shutdown(wait=wait)
        self._lanes.stop(wait=wait)


def ring(runtime: Runtime) -> Bell:
    """Start ticking, for everything that is done in one process.

    What is delivered and what is to be sent has lanes of its own, which a commit rings as well.
    """
    outboxes = [Job(f"outbox-{n}", sweeps.empty_outbox) for n in range(2, runtime.settings.workers)]
    kinds = {
        wakes.INBOX: [job for job in JOBS if job.name == "inbox"],
        wakes.OUTBOX: [*(job for job in JOBS if job.name == "outbox"), *outboxes],
    }
    by_kind = {
        kind: [Lane(job.name, partial(run_once, runtime, job)) for job in jobs]
        for kind, jobs in kinds.items()
    }
    lanes, woken = Lanes(by_kind), [job for jobs in kinds.values() for job in jobs]
    rung = [
        replace(job, run=partial(_ring, lane))
        for kind, jobs in kinds.items()
        for job, lane in zip(jobs, by_kind[kind], strict=True)
    ]
    runtime.db.on_wake = lanes.wake
    ticking = tick(runtime, [*rung, *(job for job in JOBS if job not in woken)])
    return Bell(ticking, lanes)


def _ring(lane: Lane, _runtime: Runtime) -> None:
    lane.ring()


def tick(
    runtime: Runtime, jobs: Sequence[Job], *, allowed: Callable[[Job], bool] = lambda _: True
) -> BackgroundScheduler:
    """Start these. A tick that comes while the last one still runs is left out.

    What is not `allowed` when its tick comes is left out too, and takes nobody's turn.
    """
    bell = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(jobs))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in jobs:
        seconds = min(job.every or runtime.settings.tick_seconds, runtime.settings.tick_seconds)
        bell.add_job(run_once, "interval", [runtime, job, allowed], seconds=seconds, id=job.name)
    bell.start()
    return bell


def run_once(runtime: Runtime, job: Job, allowed: Callable[[Job], bool] = lambda _: True) -> None:
    """Run a job if it is its turn; whatever it raises is reported and the next tick tries again."""
    try:
        if not allowed(job):
            return
        if job.period is not None and not _turn(runtime, job.name, job.period):
            return
        job.run(runtime)
    except Exception:
        log.exception("a job failed", job=job.name)


def _turn(runtime: Runtime, name: str, period: timedelta) -> bool:
    with runtime.db.write() as tx:
        return ticks.take_turn(tx, f"job:{name}", runtime.clock.now(), period)
