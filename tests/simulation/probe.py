"""What the app has to do, read off its tables behind its back: to skip idle time, to check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from plugin.store.sqlite import sqlite3

DUE = """
SELECT
 (SELECT min(next_look) FROM orders WHERE shop NOT IN
    (SELECT shop FROM shops WHERE state = 'uninstalled')),
 (SELECT min(look_at) FROM outbox WHERE state IN ('planned', 'unknown') AND shop IN
    (SELECT shop FROM shops WHERE state = 'active' AND NOT watching)),
 (SELECT min(lease_until) FROM outbox WHERE state = 'claimed'),
 (SELECT min(look_at) FROM inbox WHERE state = 'received'),
 (SELECT count(*) FROM orders WHERE read_wanted AND shop NOT IN
    (SELECT shop FROM shops WHERE state = 'uninstalled')),
 (SELECT min(look_at) FROM purchases WHERE shop NOT IN
    (SELECT shop FROM shops WHERE state = 'uninstalled')),
 (SELECT count(*) FROM privacy_requests WHERE done_at IS NULL),
 (SELECT min(coalesce(reconciled_to, installed_at)) FROM shops WHERE state <> 'uninstalled'),
 (SELECT count(*) FROM shops LEFT JOIN backfills ON backfills.shop = shops.shop
   WHERE shops.state <> 'uninstalled'
     AND (backfills.state = 'running' OR shops.watching AND backfills.shop IS NULL)),
 (SELECT min(look_at) FROM logins WHERE expires_at > ?)
"""


@dataclass(frozen=True)
class Due:
    """When each kind of work is next to be done; None for never."""

    clocks: datetime | None
    outbox: datetime | None
    inbox: datetime | None
    purchases: datetime | None
    reads: bool
    privacy: bool
    reconciled: datetime | None
    past: bool
    """A shop's past is being read."""
    links: datetime | None
    """Letters with links into the desk."""

    @property
    def next(self) -> datetime | None:
        """The earliest of what is done as soon as its moment comes."""
        moments = (self.clocks, self.outbox, self.inbox, self.links)
        return min((m for m in moments if m), default=None)


class Probe:
    """A connection of its own to the app's database."""

    def __init__(self, url: str) -> None:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite":
            self._sqlite = True
            self._connection: Any = sqlite3.connect(str(parsed.database), isolation_level=None)
        else:
            import psycopg

            self._sqlite = False
            plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
            self._connection = psycopg.connect(plain, autocommit=True)

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def rows(self, sql: str, *values: object) -> list[Sequence[Any]]:
        """What a SELECT of ours finds; `?` stands for a value."""
        said = sql if self._sqlite else sql.replace("?", "%s")
        return list(self._connection.execute(said, values).fetchall())

    def _said(self, at: datetime) -> object:
        """A moment as the database writes it."""
        if self._sqlite:
            return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        return at

    def one(self, sql: str, *values: object) -> Any:
        """The first value it finds."""
        found = self.rows(sql, *values)
        return found[0][0] if found else None

    def due(self, now: datetime) -> Due:
        """What there is to do."""
        found = self.rows(DUE, self._said(now))[0]
        looks, sends, leases, inbox, reads, purchases, privacy, read, past, links = found
        outbox = [m for m in (moment(sends), moment(leases)) if m]
        return Due(
            clocks=moment(looks),
            outbox=min(outbox, default=None),
            inbox=moment(inbox),
            purchases=moment(purchases),
            reads=bool(reads),
            privacy=bool(privacy),
            reconciled=moment(read),
            past=bool(past),
            links=moment(links),
        )


def moment(found: Any) -> datetime | None:
    """A moment as either database gives it."""
    if found is None:
        return None
    if isinstance(found, str):
        found = datetime.fromisoformat(found)
    aware: datetime = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return aware
