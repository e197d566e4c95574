"""Copying a SQLite database while the app writes to it.

By pages, so that writers get their turn in between. Every write by another process makes SQLite
begin anew; after a few times the rest is copied in one go, for which writers wait a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from plugin.store.sqlite import sqlite3

PAGES = 2000
MOST_RESTARTS = 5
Step = Callable[[int, int], None]
"""Hears how many pages are copied, and of how many."""


class _Restless(Exception):
    """It began anew too often."""


def copy(source: Path, target: Path, step: Step) -> None:
    """A whole, consistent copy. Raises sqlite3.Error."""
    with _closing(source) as origin, _closing(target) as made:
        try:
            origin.backup(made, pages=PAGES, progress=_watched(step), sleep=0.01)
        except _Restless:
            origin.backup(made, pages=-1)
        made.execute("PRAGMA journal_mode=DELETE")


def problems_of(path: Path) -> list[str]:
    """What SQLite itself finds wrong with a file; nothing in a whole one."""
    with _closing(path) as opened:
        found = [str(row[0]) for row in opened.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found


def _watched(step: Step) -> Callable[[int, int, int], None]:
    restarts, before = 0, 0

    def progress(_status: int, remaining: int, total: int) -> None:
        nonlocal restarts, before
        done = total - remaining
        restarts += done < before
        before = done
        if restarts > MOST_RESTARTS:
            raise _Restless
        step(done, total)

    return progress


class _closing:
    def __init__(self, path: Path) -> None:
        self._opened = sqlite3.connect(path, timeout=30)

    def __enter__(self) -> sqlite3.Connection:
        return self._opened

    def __exit__(self, *_: object) -> None:
        self._opened.close()
