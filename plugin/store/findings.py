"""What the auditor found: kept from the first time it was seen until it is no more, and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import audits, findings
from plugin.store.timelines import upsert

KEY = ["shop", "invariant", "what", "subject"]


@dataclass(frozen=True)
class Finding:
    """One finding."""

    shop: str
    invariant: str
    what: str
    subject: str
    order_id: int | None
    facts: Mapping[str, Any]
    found_at: datetime
    seen_at: datetime
    gone_at: datetime | None


@dataclass(frozen=True)
class Mark:
    """How far the auditor has come in a shop."""

    shop: str
    at: datetime
    changed_to: datetime
    """Orders that changed before were looked at."""
    order_id: int
    """The slow round has come this far through the shop's orders."""
    round_at: datetime | None
    """When a round through all of them last ended."""
    link: int
    link_hash: str
    """The chain was walked up to here as it grew."""
    again_link: int
    again_hash: str
    """The walk from the beginning has come this far."""
    whole_at: datetime | None
    """When such a walk last reached the end."""
    ledger_id: int
    """Money that moved up to this entry was compared with the store's own ledger."""


def saw(tx: Connection, shop: str, rows: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Seen now: new ones are written down, known ones are confirmed."""
    for row in rows:
        full = {**row, "shop": shop, "found_at": now, "seen_at": now, "gone_at": None}
        query = sa.update(findings).where(*(findings.c[name] == full[name] for name in KEY))
        open_ = query.where(findings.c.gone_at.is_(None))
        changed = {"seen_at": now, "facts": full["facts"]}
        if tx.execute(open_.values(**changed)).rowcount == 0:
            upsert(tx, findings, full, KEY)


def gone(
    tx: Connection,
    shop: str,
    whats: Iterable[str],
    now: datetime,
    *,
    orders: Iterable[int] | None,
) -> None:
    """What was looked for, of these orders or of the shop as a whole, and not seen now."""
    mine = [
        findings.c.shop == shop,
        findings.c.what.in_(sorted(whats)),
        findings.c.gone_at.is_(None),
        findings.c.seen_at < now,
    ]
    if orders is not None:
        mine.append(findings.c.order_id.in_(sorted(orders)))
    tx.execute(sa.update(findings).where(*mine).values(gone_at=now))


def open_ones(tx: Connection, shop: str, limit: int = 200) -> list[Finding]:
    """What is not as it should be, the newest first."""
    query = sa.select(findings).where(findings.c.shop == shop, findings.c.gone_at.is_(None))
    newest = query.order_by(findings.c.found_at.desc(), findings.c.invariant, findings.c.subject)
    return [Finding(**row) for row in tx.execute(newest.limit(limit)).mappings()]


def past_ones(tx: Connection, shop: str, limit: int = 50) -> list[Finding]:
    """What was found and is no more, the last to go first."""
    query = sa.select(findings).where(findings.c.shop == shop, findings.c.gone_at.is_not(None))
    last = query.order_by(findings.c.gone_at.desc(), findings.c.invariant, findings.c.subject)
    return [Finding(**row) for row in tx.execute(last.limit(limit)).mappings()]


def orders_with(tx: Connection, shop: str, whats: Iterable[str], limit: int) -> list[int]:
    """Orders with an open finding of these kinds: to be looked at again."""
    query = sa.select(findings.c.order_id).where(
        findings.c.shop == shop,
        findings.c.what.in_(sorted(whats)),
        findings.c.gone_at.is_(None),
        findings.c.order_id.is_not(None),
    )
    return [int(found) for found in tx.execute(query.distinct().limit(limit)).scalars()]


def counts(tx: Connection) -> dict[str, int]:
    """How many findings are open, by invariant, of all shops."""
    query = sa.select(findings.c.invariant, sa.func.count()).where(findings.c.gone_at.is_(None))
    return {str(name): int(n) for name, n in tx.execute(query.group_by(findings.c.invariant))}


def mark_of(tx: Connection, shop: str) -> Mark | None:
    """How far the auditor has come; None before it began."""
    row = tx.execute(sa.select(audits).where(audits.c.shop == shop)).mappings().one_or_none()
    return Mark(**row) if row else None


def keep_mark(tx: Connection, mark: Mark) -> None:
    """It has come this far."""
    upsert(tx, audits, dict(mark.__dict__), ["shop"])
