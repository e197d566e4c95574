"""What the policy page reads: versions, the orders of the last days, what people said yes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import alternatives, events, orders, outbox, terms
from plugin.terms import Terms
from plugin.timeline import Entry, event_from, structured

AT_ONCE = 500
"""Orders read in one question: databases take only so many names."""
LOOKED_AT = 3_000
"""The last settled steps in which approvals in a row are looked for."""


@dataclass(frozen=True)
class Version:
    """A published version of the terms."""

    terms: Terms
    author: str
    note: str
    at: datetime


@dataclass(frozen=True)
class Settled:
    """A step that waited for a person, and how it ended."""

    rule: str
    done: bool
    why: str
    choice: str


def versions(tx: Connection, shop: str, *, limit: int, before: int = 0) -> list[Version]:
    """Versions of the terms, the latest first; `before` a number, if one is given."""
    query = sa.select(terms).where(terms.c.shop == shop)
    if before:
        query = query.where(terms.c.version < before)
    rows = tx.execute(query.order_by(terms.c.version.desc()).limit(limit))
    return [
        Version(structured({**r.body, "version": r.version}, Terms), r.author, r.note, r.at)
        for r in rows
    ]


def changed_since(
    tx: Connection, shop: str, since: datetime, *, most_orders: int, most_events: int
) -> tuple[list[int], bool]:
    """Orders with news since a moment, the latest first, and whether there were more.

    Cut by number, and by how much there is to read in all.
    """
    last = sa.func.max(events.c.at)
    query = (
        sa.select(events.c.order_id, orders.c.seq)
        .join(orders, (orders.c.shop == events.c.shop) & (orders.c.order_id == events.c.order_id))
        .where(events.c.shop == shop, events.c.at >= since)
        .group_by(events.c.order_id, orders.c.seq)
        .order_by(last.desc(), events.c.order_id.desc())
        .limit(most_orders + 1)
    )
    found: list[int] = []
    length = 0
    rows = tx.execute(query).all()
    for order_id, seq in rows[:most_orders]:
        length += seq
        if length > most_events and found:
            break
        found.append(order_id)
    return found, len(found) < len(rows)


def read_many(tx: Connection, shop: str, order_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """The whole timelines of some orders, oldest entries first."""
    found: dict[int, list[Entry]] = {order_id: [] for order_id in order_ids}
    for some in _by(order_ids, AT_ONCE):
        query = (
            sa.select(events)
            .where(events.c.shop == shop, events.c.order_id.in_(some))
            .order_by(events.c.order_id, events.c.seq)
        )
        for row in tx.execute(query):
            what = event_from(row.kind, row.body)
            found[row.order_id].append(Entry(row.seq, row.at, row.by, what, row.cause))
    return found


def products_with_alternatives(tx: Connection, shop: str) -> list[str]:
    """The SKUs the shop has other suppliers for."""
    query = sa.select(alternatives.c.sku).where(alternatives.c.shop == shop).distinct()
    return list(tx.execute(query).scalars())


def lately_settled(tx: Connection, shop: str) -> list[Settled]:
    """The last steps that waited for a person's word and were settled, the latest first."""
    ended = [_last(shop, "done"), _last(shop, "refused")]
    both = sa.union_all(*(sa.select(part.subquery()) for part in ended)).subquery()
    query = (
        sa.select(both.c.body, both.c.state, both.c.why, both.c.choice)
        .where(both.c.level == "ask")
        .order_by(both.c.look_at.desc(), both.c.id.desc())
    )
    return [
        Settled(_rule(row.body), row.state == "done", row.why, row.choice)
        for row in tx.execute(query)
    ]


def _last(shop: str, state: str) -> sa.Select[tuple[object, ...]]:
    """Along the index by state, shop and time, whatever there is beside."""
    columns = (outbox.c.id, outbox.c.body, outbox.c.state, outbox.c.why)
    return (
        sa.select(*columns, outbox.c.choice, outbox.c.level, outbox.c.look_at)
        .where(outbox.c.state == state, outbox.c.shop == shop)
        .order_by(outbox.c.look_at.desc())
        .limit(LOOKED_AT)
    )


def _rule(body: dict[str, dict[str, str]]) -> str:
    because = body.get("because", {})
    return f"{because.get('situation', '')}.{because.get('clause', '')}"


def _by(names: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
