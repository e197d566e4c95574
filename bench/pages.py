"""How long the desk's pages take in a shop of 100,000 cases: on the server, and in a browser.

`BENCH_DATABASE=sqlite:///…` uses a shop that `postvendita demo-data --cases 100000` made before.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from plugin.clock import StoppedClock
from plugin.pages import create_pages, login_link
from plugin.settings import read
from plugin.store import migrate, tables
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from scheduler import demo_data
from tests.app.test_settings import GOOD
from tests.browser import live
from tests.browser.pages import SINGLE
from tests.conftest import MONDAY
from tests.end_to_end.conftest import serving
from webhooks.app import create_app

CASES, ROUNDS = 100_000, 5
IN_A_BROWSER = ("home", "inbox", "case", "recovery", "suppliers", "analytics")
VITALS = """() => new Promise(done => {
    const seen = {lcp: 0, cls: 0};
    const watch = (type, take) => new PerformanceObserver(
        list => list.getEntries().forEach(take)).observe({type, buffered: true});
    watch('largest-contentful-paint', entry => { seen.lcp = entry.startTime; });
    watch('layout-shift', entry => { seen.cls += entry.value; });
    setTimeout(() => done(seen), 300);
})"""


def run() -> Iterator[str]:
    """Milliseconds and queries of each page; largest paint and layout shift of some."""
    with _shop() as db:
        settings = read(GOOD)
        clock = StoppedClock(_last_word(db))
        app = create_app(
            inbox=Inbox(db), clock=clock, shopify_secrets=["s"],
            supplier_secrets=[], secret_key=settings.secret_key, base_url="http://localhost",
            readiness=lambda: {"ok": True}, metrics=str,
            pages=create_pages(db, clock, settings),
        )  # fmt: skip
        link = login_link(settings, demo_data.SHOP, "Alice")
        paths = _paths(db)
        yield from _on_the_server(app, db, link, paths)
        if live.CHROMIUM:
            yield from _in_a_browser(app, link, paths)


@contextmanager
def _shop() -> Iterator[Database]:
    given = os.environ.get("BENCH_DATABASE", "")
    with tempfile.TemporaryDirectory() as folder:
        db = Database(given or f"sqlite:///{Path(folder) / 'shop.db'}")
        if not given:
            migrate.upgrade(db)
            for _added in demo_data.fill(db, demo_data.SHOP, CASES, MONDAY):
                pass
        yield db
        db.close()


def _last_word(db: Database) -> datetime:
    with db.read() as tx:
        found: datetime = tx.execute(sa.select(sa.func.max(tables.cases.c.updated_at))).scalar_one()
    return found


def _paths(db: Database) -> dict[str, str]:
    cases = tables.cases
    with db.read() as tx:
        worst = sa.select(cases.c.case_id, cases.c.order_id, cases.c.supplier)
        row = tx.execute(worst.order_by(cases.c.urgency.desc()).limit(1)).one()
    case = f"/cases/{row.case_id}"
    return {
        **{name: path for name, path in SINGLE.items() if name != "api"},
        "case": case,
        "time machine": f"{case}/at?seq=2",
        "replay": f"{case}/replay",
        "order": f"/orders/{row.order_id}",
        "supplier": f"/supplier?name={quote(row.supplier)}",
        "inbox, found by name": "/cases?q=mar",
        "inbox, narrowed": "/cases?problem=damaged&country=IT&age=older",
        "recovery, ended": "/recovery?show=ended",
        "analytics, 90 days compared": "/analytics?days=90&compare=1",
    }


def _on_the_server(app: Flask, db: Database, link: str, paths: dict[str, str]) -> Iterator[str]:
    client = app.test_client()
    client.get(link)
    asked: list[str] = []
    for engine in {db._reader, db._writer}:
        event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for name, path in paths.items():
        taken = []
        for _ in range(ROUNDS):
            asked.clear()
            began = perf_counter()
            answer = client.get(path)
            answer.get_data()
            taken.append(1000 * (perf_counter() - began))
        yield (
            f"{name}: {median(taken):.0f} ms (slowest {max(taken):.0f}),"
            f" {len(asked)} queries, status {answer.status_code}"
        )


def _in_a_browser(app: Flask, link: str, paths: dict[str, str]) -> Iterator[str]:
    port = live.free_port()
    url = f"http://127.0.0.1:{port}"
    with serving(app, port), live.chromium() as browser:
        page = live.page_of(browser)
        page.goto(url + link[link.index("/", 8) :] if "://" in link else url + link)
        for name in IN_A_BROWSER:
            page.goto(url + paths[name])
            seen = page.evaluate(VITALS)
            yield f"{name} in Chromium: LCP {seen['lcp']:.0f} ms, CLS {seen['cls']:.3f}"
