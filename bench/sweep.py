"""Does a sweep cost what is due, or what is open? Beside it, one job of APScheduler per order.

Half of the open orders lie in one shop, half in 99 others, each with a case that waits for a clock.
In that one shop are orders with a timeline, whose clocks are due: what a sweep does is found,
folded, decided on by the real playbooks, with another supplier at hand, and committed. The sizes
take turns in one run, so that a busy minute of the machine falls on all of them.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from threading import Event
from time import perf_counter

import sqlalchemy as sa
import structlog
from apscheduler.events import EVENT_JOB_EXECUTED, EVENT_JOB_MISSED
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from plugin.casework import Casework
from plugin.clock import Clock
from plugin.settings import read
from plugin.store import migrate, shops, tables, timelines
from plugin.store.database import Database
from plugin.terms import Alternative
from scheduler.runtime import Runtime
from scheduler.sweeps import look_at_due
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY, HeldClock
from tests.fakes import SHOP, FakeConnections, FakePostbox, FakeStorefront, FakeSupplier
from tests.story import SHIP_BY, order_seen, purchase

SIZES = (10_000, 100_000, 1_000_000)
JOBS, LATE_JOBS = (1_000, 10_000), 100
DUE, ROUNDS = 200, 5
QUIET_PASSES = 200
"""Sweeps with nothing due; one takes less than the clock can tell well."""
WEEK = timedelta(days=7)
NOW = Clock().now
FAR = datetime(2030, 1, 1, tzinfo=UTC)
STEP = 50_000
FIRST = 1_000_000
OTHER = Alternative(0, "SKU-11", "Anhe", "https://example.com/7", 9900, "CNY", 3)


def run() -> Iterator[str]:
    """Milliseconds per due order, and per sweep with nothing due, by how many are open."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        grounds = {size: _filled(folder, size) for size in SIZES}
        quiet = {size: _nothing_due(runtime) for size, runtime in grounds.items()}
        found: dict[int, list[float]] = {size: [] for size in SIZES}
        taken: dict[int, list[float]] = {size: [] for size in SIZES}
        for round_ in range(ROUNDS):
            for size, runtime in grounds.items():
                searched, swept = _sweep(runtime, round_)
                found[size].append(searched)
                taken[size].append(swept)
        for runtime in grounds.values():
            runtime.db.close()
    for size in SIZES:
        looking = median(f / least for f, least in zip(found[size], found[SIZES[0]], strict=True))
        whole = median(t / least for t, least in zip(taken[size], taken[SIZES[0]], strict=True))
        yield (
            f"{size:>9,} open: {median(taken[size]):.2f} ms per due order, playbooks and commit "
            f"included ({whole:.2f}x of {SIZES[0]:,} open); {DUE:,} found in "
            f"{median(found[size]):.1f} ms ({looking:.2f}x); nothing due: {quiet[size]:.2f} ms"
        )
    yield from _peer()


# --- Ours -----------------------------------------------------------------------------------------


def _filled(folder: Path, size: int) -> Runtime:
    db, clock = Database(f"sqlite:///{folder / f'{size}.db'}"), HeldClock()
    migrate.upgrade(db)
    clock.turn_to(MONDAY)
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD", email="alice@example.com")
        shops.keep_alternative(tx, SHOP, OTHER)
        for start in range(0, size, STEP):
            numbers = range(start, min(size, start + STEP))
            tx.execute(sa.insert(tables.orders), [_order(n) for n in numbers])
            tx.execute(sa.insert(tables.cases), [_case(n) for n in numbers])
    for round_ in range(ROUNDS):
        for n in range(DUE):
            _bought(db, 1 + round_ * DUE + n, SHIP_BY + round_ * WEEK)
    db.count_rows()
    out = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    return Runtime(read(GOOD), db, clock, out)


def _order(n: int) -> dict[str, object]:
    later = timedelta(seconds=n)
    return {"shop": _shop(n), "order_id": FIRST + n, "next_look": FAR + later, "seq": 12}


def _shop(n: int) -> str:
    return SHOP if n % 2 else f"shop-{n % 198}.myshopify.com"


def _case(n: int) -> dict[str, object]:
    later = timedelta(seconds=n)
    return {
        **{"shop": _shop(n), "case_id": f"case-{n}", "order_id": FIRST + n, "number": f"#{n}-1"},
        **{"situation": "late_shipment", "supplier": "Huanyu", "status": "waiting"},
        **{"deadline": FAR + later, "opened_at": MONDAY, "updated_at": MONDAY, "urgency": n * 0.1},
    }


def _bought(db: Database, order_id: int, ship_by: datetime) -> None:
    bought = purchase(purchase_id=f"Huanyu/T{order_id}", reference=f"T{order_id}", ship_by=ship_by)
    with db.write() as tx:
        Casework(tx, SHOP, order_id, MONDAY).record([order_seen(), bought], by="store")


def _sweep(runtime: Runtime, round_: int) -> tuple[float, float]:
    """(ms to find what is due, ms for each due order from finding to commit)."""
    runtime.clock.turn_to(SHIP_BY + round_ * WEEK + timedelta(days=2, hours=12))
    now = runtime.clock.now()
    began = perf_counter()
    with runtime.db.read() as tx:
        due = timelines.due(tx, now, limit=2 * DUE * ROUNDS)
    searched = perf_counter() - began
    assert len(due) >= DUE
    began = perf_counter()
    swept = look_at_due(runtime)
    taken = perf_counter() - began
    assert swept.looked >= DUE
    assert not swept.failed
    return searched * 1e3, taken / swept.looked * 1e3


def _nothing_due(runtime: Runtime) -> float:
    """Milliseconds of a pass that finds nothing; that the clock has run is written down too."""
    now, times = runtime.clock.now(), []
    for _ in range(QUIET_PASSES):
        began = perf_counter()
        with runtime.db.read() as tx:
            assert not timelines.due(tx, now, limit=DUE)
        times.append(perf_counter() - began)
    return median(times) * 1e3


# --- The peer -------------------------------------------------------------------------------------


def _peer() -> Iterator[str]:
    """One job per order in its own database, all of them three seconds late when it starts."""
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    for size in JOBS:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'jobs.db'}"
            began = perf_counter()
            _add_jobs(url, size)
            added = perf_counter() - began
            fired, left = _start_late(url)
        yield (
            f"APScheduler, a job per order: {size:,} added in {added:.1f} s; of {LATE_JOBS} that "
            f"are 3 s late at its start {fired} ran, {size - left} are gone"
        )


def _add_jobs(url: str, size: int) -> None:
    jobs = BackgroundScheduler(jobstores={"default": SQLAlchemyJobStore(url)}, timezone=UTC)
    jobs.start(paused=True)
    late = NOW() - timedelta(seconds=3)
    for n in range(size):
        when = late if n < LATE_JOBS else FAR + timedelta(seconds=n)
        jobs.add_job("bench.sweep:fire", "date", run_date=when, args=[n], id=str(n))
    jobs.shutdown()


FIRED: list[int] = []


def fire(order_id: int) -> None:
    """What a job would do."""
    FIRED.append(order_id)


def _start_late(url: str) -> tuple[int, int]:
    """(jobs that ran, jobs that are left) once all that were due have run or were missed."""
    FIRED.clear()
    ended, count = Event(), [0]

    def one_more(_event: object) -> None:
        count[0] += 1
        if count[0] == LATE_JOBS:
            ended.set()

    jobs = BackgroundScheduler(jobstores={"default": SQLAlchemyJobStore(url)}, timezone=UTC)
    jobs.add_listener(one_more, EVENT_JOB_MISSED | EVENT_JOB_EXECUTED)
    jobs.start()
    ended.wait(60)
    jobs.shutdown()
    return len(FIRED), len(SQLAlchemyJobStore(url).get_all_jobs())
