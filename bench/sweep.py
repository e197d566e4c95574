"""Does a sweep cost what is due, or what is open?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import sqlalchemy as sa

from plugin.store import migrate, tables, timelines
from plugin.store.database import Database

NOW = datetime(2026, 11, 2, tzinfo=UTC)
SIZES = (10_000, 100_000, 1_000_000)
DUE, ROUNDS = 1_000, 5


def run() -> Iterator[str]:
    """Finding 1,000 due orders among ever more open ones, and finding none."""
    taken: dict[int, float] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            db = _filled(Path(folder), size)
            taken[size] = _time(db, NOW, DUE)
            nothing = _time(db, NOW - timedelta(days=1), 0)
            db.close()
        ratio = taken[size] / taken[SIZES[0]]
        yield (
            f"{size:>9,} open: {DUE:,} due found in {taken[size] * 1e3:.1f} ms "
            f"({ratio:.2f}x of {SIZES[0]:,} open), nothing due in {nothing * 1e3:.2f} ms"
        )


def _filled(folder: Path, size: int) -> Database:
    db = Database(f"sqlite:///{folder / 'bench.db'}")
    migrate.upgrade(db)
    with db.write() as tx:
        for start in range(0, size, 50_000):
            rows = [_row(n) for n in range(start, min(size, start + 50_000))]
            tx.execute(sa.insert(tables.orders), rows)
    return db


def _row(n: int) -> dict[str, object]:
    wait = timedelta(seconds=-n - 1) if n < DUE else timedelta(days=1, seconds=n)
    return {"shop": f"shop-{n % 100}", "order_id": n, "next_look": NOW + wait}


def _time(db: Database, now: datetime, expected: int) -> float:
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        with db.read() as tx:
            found = timelines.due(tx, now, limit=2 * DUE)
        times.append(perf_counter() - began)
        assert len(found) == expected
    return median(times)
