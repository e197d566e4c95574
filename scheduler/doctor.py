"""`postvendita doctor`: what is wrong, in words, with what to do about it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from plugin.store import inbox, migrate, outbox, ticks
from plugin.store.database import journal_mode
from scheduler.runtime import CLOCKS, Runtime

QUIET_TOO_LONG = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    detail: str


def examine(runtime: Runtime) -> list[Finding]:
    """Look at everything that can be looked at without changing anything."""
    found, newest = migrate.version(runtime.db), migrate.newest()
    findings = [
        Finding("tables", found == newest, f"{found or 'none'} of {newest}; see db upgrade"),
        _journal(runtime),
    ]
    if found != newest:
        return findings
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        last = ticks.last(tx, CLOCKS)
        deliveries, actions = inbox.counts(tx), outbox.counts(tx)
    return [
        *findings,
        Finding(
            "clock",
            last is not None and now - last < QUIET_TOO_LONG,
            f"last tick {last.isoformat() if last else 'never'}; run serve or worker",
        ),
        Finding(
            "parked deliveries",
            not deliveries.get(inbox.PARKED),
            f"{deliveries.get(inbox.PARKED, 0)}; see the page Parked",
        ),
        Finding("lost answers", True, f"{actions.get('unknown', 0)} being read back"),
        Finding("for a person", True, f"{actions.get('needs_person', 0)}; see the cases"),
        _mail(runtime),
    ]


def _mail(runtime: Runtime) -> Finding:
    """Without it letters stay here, and who has no link from the command line stays outside."""
    if runtime.settings.mail_url:
        return Finding("mail", True, "POSTVENDITA_MAIL_URL")
    said = "POSTVENDITA_MAIL_URL is not set: no letters, and nobody can sign in by mail"
    return Finding("mail", False, f"{said} (login-link works)")


def _journal(runtime: Runtime) -> Finding:
    if not runtime.db.is_sqlite:
        return Finding("database", True, "PostgreSQL")
    with runtime.db.read() as tx:
        mode = str(tx.execute(sa.text("PRAGMA journal_mode")).scalar_one()).upper()
        full = int(tx.execute(sa.text("PRAGMA synchronous")).scalar_one()) >= 2
    wanted = journal_mode()
    detail = (
        f"SQLite {sqlite3.sqlite_version}, journal {mode}, synchronous {'FULL' if full else 'OFF'}"
    )
    return Finding("database", mode == wanted and full, detail)
