"""How long the desk takes in a shop of 100,000 cases: on the server, and in a browser.

Every page and every answer of the API is asked for, each in a process of its own that was started
as `postvendita web` is and has answered nobody yet: first once, then again and again. The file is
read through once before, as the machine has it after some hours of work: what is measured is the
app, not the first turn of a disk. Beside the time on the wall stands the time the process itself
was working: on a machine that is busy with something else the two drift apart.

`BENCH_DATABASE=sqlite:///…` uses a shop that `postvendita demo-data --cases 100000` made before.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bench import addresses
from plugin.api import create_api
from plugin.clock import StoppedClock
from plugin.pages import create_pages, login_link
from plugin.pages.warming import rehearse, warm
from plugin.settings import read
from plugin.store import api_keys, migrate, tables
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from scheduler import demo_data
from tests.app.test_settings import GOOD
from tests.browser import live
from tests.conftest import MONDAY
from tests.end_to_end.conftest import serving
from webhooks.app import create_app

CASES, ROUNDS = 100_000, 5
MOST_MS = 100
PIECES = 100
"""Of a long file no more is read; the export of a whole shop would take minutes each time."""
AT_ONCE = 1 << 20
IN_A_BROWSER = (
    *("desk.home", "desk.cases", "desk.case", "desk.order", "desk.recovery", "desk.policy_page"),
    *("desk.suppliers_list", "desk.analytics", "desk.settings", "desk.audit_page"),
)
VITALS = """() => new Promise(done => {
    const seen = {lcp: 0, cls: 0};
    const watch = (type, take) => new PerformanceObserver(
        list => list.getEntries().forEach(take)).observe({type, buffered: true});
    watch('largest-contentful-paint', entry => { seen.lcp = entry.startTime; });
    watch('layout-shift', entry => { seen.cls += entry.value; });
    setTimeout(() => done(seen), 300);
})"""


@dataclass(frozen=True)
class Taken:
    """How long one page took, in milliseconds."""

    first: float
    first_cpu: float
    again: float
    """The middle one of the answers after the first."""
    slowest: float
    again_cpu: float
    queries: int
    status: int
    size: int

    @property
    def slow(self) -> bool:
        """Over what a page may take, the first time or any other."""
        return max(self.first, self.again) > MOST_MS

    @property
    def words(self) -> str:
        """In one line."""
        return (
            f"first {self.first:.0f} ms (cpu {self.first_cpu:.0f}), then {self.again:.0f} ms"
            f" (cpu {self.again_cpu:.0f}, slowest {self.slowest:.0f}), {self.queries} queries,"
            f" {self.size // 1024} kB, status {self.status}{', SLOW' if self.slow else ''}"
        )


def run() -> Iterator[str]:
    """Milliseconds and queries of everything; largest paint and layout shift of some pages."""
    with _shop() as url:
        db = Database(url)
        now = _last_word(db)
        with db.write() as tx:
            key = api_keys.make(tx, demo_data.SHOP, "bench", "settings", now, by="bench")
        found = dict(addresses.of(_app(db, now), db, demo_data.SHOP))
        db.close()
        _read_through(url)
        slow = []
        for name, path in found.items():
            taken = _in_a_new_process(url, now, key, path)
            slow += [name] if taken.slow else []
            yield f"{name}: {taken.words}"
        yield f"{len(slow)} of {len(found)} over {MOST_MS} ms. {', '.join(slow)}"
        if live.CHROMIUM:
            yield from _in_a_browser(url, now, found)


@contextmanager
def _shop() -> Iterator[str]:
    given = os.environ.get("BENCH_DATABASE", "")
    with tempfile.TemporaryDirectory() as folder:
        url = given or f"sqlite:///{Path(folder) / 'shop.db'}"
        if not given:
            db = Database(url)
            migrate.upgrade(db)
            for _added in demo_data.fill(db, demo_data.SHOP, CASES, MONDAY):
                pass
            db.close()
        yield url


def _read_through(url: str) -> None:
    """Let the machine hold as much of the file as it has room for."""
    with Path(sa.make_url(url).database or "").open("rb", buffering=0) as file:
        while file.read(AT_ONCE):
            pass


def _last_word(db: Database) -> datetime:
    with db.read() as tx:
        found: datetime = tx.execute(sa.select(sa.func.max(tables.cases.c.updated_at))).scalar_one()
    return found


def _app(db: Database, now: datetime) -> Flask:
    settings, clock = read(GOOD), StoppedClock(now)
    return create_app(
        inbox=Inbox(db), clock=clock, shopify_secrets=["s"],
        supplier_secrets=[], secret_key=settings.secret_key, base_url="http://localhost",
        readiness=lambda: {"ok": True}, metrics=str,
        pages=[*create_pages(db, clock, settings), *create_api(db, clock, settings)],
    )  # fmt: skip


# --- On the server --------------------------------------------------------------------------------


def _in_a_new_process(url: str, now: datetime, key: str, path: str) -> Taken:
    # Not forked: such a child copies its parent's memory page by page while it is measured.
    hands = multiprocessing.get_context("spawn")
    with hands.Pool(1) as pool:
        return pool.apply(_asked, (url, now, key, path))


def _asked(url: str, now: datetime, key: str, path: str) -> Taken:
    db = Database(url)
    app = _app(db, now)
    warm(app, now)
    rehearse(app, db, now)
    client = app.test_client()
    client.get(login_link(read(GOOD), demo_data.SHOP, "Alice"))
    asked: list[str] = []
    for engine in {db._reader, db._writer}:
        event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    first, first_cpu, status, size = _timed(client, key, path)
    queries = len(asked)
    rounds = [_timed(client, key, path) for _ in range(ROUNDS)]
    db.close()
    return Taken(
        *(first, first_cpu),
        again=median(taken for taken, *_ in rounds),
        slowest=max(taken for taken, *_ in rounds),
        again_cpu=median(cpu for _, cpu, *_ in rounds),
        queries=queries,
        status=status,
        size=size,
    )


def _timed(client: FlaskClient, key: str, path: str) -> tuple[float, float, int, int]:
    """(milliseconds until it begins to arrive, milliseconds of work, status, bytes)."""
    headers = {"Authorization": f"Bearer {key}"} if path.startswith("/api/v1") else {}
    began, began_cpu = perf_counter(), process_time()
    answer = client.get(path, headers=headers)
    parts = answer.iter_encoded()
    # A page is one part; of a file that arrives piece by piece one waits for the first.
    size = len(next(parts, b""))
    taken, worked = perf_counter() - began, process_time() - began_cpu
    size += sum(map(len, islice(parts, PIECES)))
    answer.close()
    return 1000 * taken, 1000 * worked, answer.status_code, size


# --- In a browser ---------------------------------------------------------------------------------


def _in_a_browser(url: str, now: datetime, paths: dict[str, str]) -> Iterator[str]:
    db, port = Database(url), live.free_port()
    here = f"http://127.0.0.1:{port}"
    link = login_link(read(GOOD), demo_data.SHOP, "Alice")
    with serving(_app(db, now), port), live.chromium() as browser:
        page = live.page_of(browser)
        page.goto(here + link[link.index("/", 8) :] if "://" in link else here + link)
        for name in IN_A_BROWSER:
            page.goto(here + paths[name])
            seen = page.evaluate(VITALS)
            yield f"{name} in Chromium: LCP {seen['lcp']:.0f} ms, CLS {seen['cls']:.3f}"
    db.close()
