"""How much memory the one process of a small shop takes, however many cases are in its file.

`postvendita serve` on its own file, asked for every page of the desk and every answer of the API in
turn, several times over, while its clocks and jobs run. `BENCH_DATABASE=sqlite:///…` for a shop
that is there already (`postvendita demo-data`, `bench/growing.py`); else 10,000 cases are made.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import requests
import sqlalchemy as sa
from rich.progress import track

from bench import addresses, served
from plugin.clock import Clock
from plugin.pages import login_link
from plugin.settings import read
from plugin.store import api_keys, migrate, tables
from plugin.store.database import Database
from scheduler import demo_data
from scheduler.runtime import Runtime
from scheduler.web import make_app
from tests.fakes import FakeConnections, FakePostbox, FakeStorefront, FakeSupplier

CASES, ROUNDS = 10_000, 3
NOT_ASKED = frozenset({"api.export_everything", "desk.recovery_csv", "desk.suppliers_csv"})
"""Files that are read to their end by their own benchmark."""


def run() -> Iterator[str]:
    """Resident memory at the start, after each round, and at its highest."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = os.environ.get("BENCH_DATABASE", "") or _filled(Path(folder))
        environment = {**served.OURS, "POSTVENDITA_DATABASE_URL": url}
        port = served.free_port()
        environment["POSTVENDITA_BASE_URL"] = f"http://127.0.0.1:{port}"
        paths, key, link, cases = _what_to_ask(url, environment)
        server = stack.enter_context(served.program("serve", port, environment))
        seen = [_resident(server.pid)]
        with requests.Session() as session:
            session.get(f"http://127.0.0.1:{port}{link}", timeout=60)
            for _ in range(ROUNDS):
                for path in track(paths, "Asking", transient=True):
                    headers = {"Authorization": f"Bearer {key}"} if "/api/" in path else {}
                    with session.get(
                        f"http://127.0.0.1:{port}{path}", headers=headers, timeout=120, stream=True
                    ) as answer:
                        assert answer.status_code < 500, path
                        next(answer.iter_content(65_536), b"")
                seen.append(_resident(server.pid))
        peak = _resident(server.pid, "VmHWM")
    told = ", ".join(f"{megabytes:.0f}" for megabytes in seen)
    yield (
        f"one process, {cases:,} cases in its file, {len(paths)} addresses {ROUNDS} times: "
        f"{told} MB resident, {peak:.0f} MB at most"
    )


def _filled(folder: Path) -> str:
    url = f"sqlite:///{folder / 'shop.db'}"
    db = Database(url)
    migrate.upgrade(db)
    for _ in demo_data.fill(db, demo_data.SHOP, CASES, Clock().now()):
        pass
    db.close()
    return url


def _what_to_ask(url: str, environment: dict[str, str]) -> tuple[list[str], str, str, int]:
    """(paths, a key of the API, the way in, cases in the file)."""
    db, clock, settings = Database(url), Clock(), read(environment)
    out = FakeConnections(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    app = make_app(Runtime(settings, db, clock, out))
    found = dict(addresses.of(app, db, demo_data.SHOP))
    with db.write() as tx:
        key = api_keys.make(tx, demo_data.SHOP, "bench", "settings", clock.now(), by="bench")
        cases = int(tx.execute(sa.select(sa.func.count()).select_from(tables.cases)).scalar_one())
    db.close()
    paths = [path for name, path in found.items() if name not in NOT_ASKED]
    return paths, key, login_link(settings, demo_data.SHOP, "Alice"), cases


def _resident(pid: int, what: str = "VmRSS") -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"{what}:\s+(\d+)", status)
    assert found is not None
    return int(found[1]) / 1024
