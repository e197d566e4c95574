"""`postvendita doctor`: what is wrong, in words, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from plugin import business_days
from plugin.auditor import INVARIANTS, looking, store_ledger
from plugin.store import findings, inbox, migrate, outbox, restorations, shops, ticks, walls
from plugin.store.database import journal_mode
from plugin.store.sqlite import sqlite3
from scheduler.runtime import CLOCKS, Runtime

QUIET_TOO_LONG = timedelta(minutes=5)
CALENDAR_AHEAD = timedelta(days=60)
MOST_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    detail: str


def examine(runtime: Runtime, step: Callable[[int], None] = lambda _: None) -> list[Finding]:
    """Look at everything that can be looked at without changing anything.

    The promises are checked over every order of every shop; `step` hears how many were looked at.
    """
    found, newest = migrate.version(runtime.db), migrate.newest()
    findings = [
        Finding("tables", migrate.runs_on(found), f"{found or 'none'} of {newest}; see db upgrade"),
        _journal(runtime),
    ]
    if not migrate.runs_on(found):
        return findings
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        last = ticks.last(tx, CLOCKS)
        deliveries, actions = inbox.counts(tx), outbox.counts(tx)
        careful = len(restorations.careful(tx))
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
        _wall(runtime),
        _mail(runtime),
        _calendar(now),
        Finding("restored, not read back", True, f"{careful} shops; nothing is sent for them yet"),
        *_promises(runtime, now, step),
    ]


def _promises(runtime: Runtime, now: datetime, step: Callable[[int], None]) -> list[Finding]:
    """Each promise, over all there is; what was found in the stores' own ledgers counts too."""
    with runtime.db.read() as tx:
        served = [shop.shop for shop in shops.everyone(tx)]
        told = [(one.invariant, f"{one.shop} {one.what} {one.subject}")
                for shop in served for one in findings.open_ones(tx, shop)
                if one.what in store_ledger.WHATS]  # fmt: skip
    for shop in served:
        told += [
            (one.invariant, f"{shop} {one.what} {one.subject}")
            for one in looking.everything(runtime.db, shop, now, step)
        ]
    found: dict[str, list[str]] = {name: [] for name in INVARIANTS}
    for invariant, text in told:
        found[invariant].append(text)
    return [
        Finding(f"{name} {module.__name__.rpartition('.')[2]}", not found[name],
                _few(found[name]))
        for name, module in INVARIANTS.items()
    ]  # fmt: skip


def _few(found: list[str]) -> str:
    more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    return "; ".join(found[:MOST_SHOWN]) + more if found else "holds"


def _wall(runtime: Runtime) -> Finding:
    """On PostgreSQL no shop's rows are shown to another, whatever a query forgets."""
    with runtime.db.read() as tx:
        if runtime.db.is_sqlite:
            return Finding("second wall between shops", True, "PostgreSQL only")
        if walls.passes_through(tx):
            role = "the role is a superuser, whom PostgreSQL shows everything; give it a plain one"
            return Finding("second wall between shops", False, role)
        without = walls.missing(tx)
    detail = f"missing on {', '.join(without)}; run db upgrade" if without else "stands"
    return Finding("second wall between shops", not without, detail)


def _mail(runtime: Runtime) -> Finding:
    """Without it letters stay here, and who has no link from the command line stays outside."""
    if runtime.settings.mail_url:
        return Finding("mail", True, "POSTVENDITA_MAIL_URL")
    said = "POSTVENDITA_MAIL_URL is not set: no letters, and nobody can sign in by mail"
    return Finding("mail", False, f"{said} (login-link works)")


def _calendar(now: datetime) -> Finding:
    """Dates of claims reach two months ahead; without next year's holidays they are estimates."""
    known = business_days.china().confirmed_through
    ahead = (now + CALENDAR_AHEAD).astimezone(business_days.CHINA).year
    said = f"holidays known through {known}; for {ahead} see docs/runbooks/festival-calendar.md"
    return Finding("calendar", ahead <= known, said)


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
