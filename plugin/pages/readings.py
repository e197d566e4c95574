"""Small looks into the store that only pages need."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.fold import fold
from plugin.order import Order
from plugin.store.tables import events, members, outbox
from plugin.timeline import Entry, event_from


@dataclass(frozen=True)
class Step:
    """The action of a case that waits for a person."""

    order_id: int
    key: str
    kind: str
    body: Mapping[str, Any]
    state: str
    why: str


def next_steps(tx: Connection, shop: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Step]:
    """Case id to the action that waits for a person, in one query."""
    wanted = {(row["order_id"], row["next_step"]): row["case_id"] for row in rows}
    query = sa.select(
        outbox.c.order_id,
        outbox.c.key,
        outbox.c.action,
        outbox.c.body,
        outbox.c.state,
        outbox.c.why,
    ).where(outbox.c.shop == shop, outbox.c.order_id.in_([order_id for order_id, _ in wanted]))
    steps = [Step(*row) for row in tx.execute(query)]
    return {wanted[s.order_id, s.key]: s for s in steps if (s.order_id, s.key) in wanted}


def folded(tx: Connection, shop: str, order_ids: Collection[int]) -> dict[int, Order]:
    """Some orders, from their timelines, in one query."""
    query = (
        sa.select(
            events.c.order_id,
            events.c.seq,
            events.c.at,
            events.c.by,
            events.c.kind,
            events.c.body,
            events.c.cause,
        )
        .where(events.c.shop == shop, events.c.order_id.in_(sorted(set(order_ids))))
        .order_by(events.c.order_id, events.c.seq)
    )
    entries: dict[int, list[Entry]] = {}
    for order_id, seq, at, by, kind, body, cause in tx.execute(query):
        entry = Entry(seq=seq, at=at, by=by, what=event_from(kind, body), cause=cause)
        entries.setdefault(order_id, []).append(entry)
    return {order_id: fold(told) for order_id, told in entries.items()}


def people(tx: Connection, shop: str, me: str) -> list[str]:
    """Whom a case can be given to: whoever asks, and the members of the shop."""
    query = sa.select(members.c.email).where(members.c.shop == shop, members.c.removed_at.is_(None))
    others = tx.execute(query.order_by(members.c.email).limit(200)).scalars()
    return list(dict.fromkeys([me, *others]))
