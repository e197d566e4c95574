"""What people did in a shop's desk, from the timelines: by whom, when, on which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import tables
from plugin.store.database import Database
from plugin.store.tables import BY_A_PERSON, events, orders, terms

WHOLE = ("orders", "customers", "events", "cases", "purchases", "outbox", "ledger", "reports")
"""Tables an export holds, besides evidence, terms and letters."""
ALSO = (
    "evidence",
    "terms",
    "letter_texts",
    "alternatives",
    "measures",
    "suppliers",
    "members",
    "deeds",
    "chain",
    "accesses",
)
AT_ONCE = 1000


@dataclass(frozen=True)
class Deed:
    """Something a person did."""

    at: datetime
    by: str
    order_id: int
    order_name: str
    seq: int
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A deed's place in the list."""

    at: datetime
    order_id: int
    seq: int

    def spell(self) -> str:
        """As an address carries it."""
        return f"{self.at.isoformat()}_{self.order_id}_{self.seq}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """None for what is no place."""
        moment, _, rest = text.partition("_")
        order_id, _, seq = rest.partition("_")
        try:
            found = cls(datetime.fromisoformat(moment), int(order_id), int(seq))
        except ValueError:
            return None
        sound = 0 <= found.order_id < 2**63 and 0 <= found.seq < 2**31
        return found if found.at.tzinfo is not None and sound else None


def deeds(tx: Connection, shop: str, limit: int, before: Place | None = None) -> list[Deed]:
    """What people did, the newest first; `before` is the place of the last one shown."""
    mine = (orders.c.shop == events.c.shop) & (orders.c.order_id == events.c.order_id)
    query = (
        sa.select(
            events.c.at,
            events.c.by,
            events.c.order_id,
            orders.c.name,
            events.c.seq,
            events.c.kind,
            events.c.body,
        )
        .outerjoin(orders, mine)
        .where(events.c.shop == shop, BY_A_PERSON)
    )
    place = sa.tuple_(events.c.at, events.c.order_id, events.c.seq)
    if before is not None:
        moment = sa.literal(before.at, tables.Moment())
        query = query.where(place < sa.tuple_(moment, before.order_id, before.seq))
    ordered = query.order_by(events.c.at.desc(), events.c.order_id.desc(), events.c.seq.desc())
    return [Deed(*row) for row in tx.execute(ordered.limit(limit))]


def versions(tx: Connection, shop: str, limit: int) -> list[dict[str, Any]]:
    """Who published which terms, the newest first."""
    query = sa.select(terms.c.version, terms.c.author, terms.c.note, terms.c.at).where(
        terms.c.shop == shop
    )
    rows = tx.execute(query.order_by(terms.c.version.desc()).limit(limit)).mappings()
    return [dict(row) for row in rows]


def everything(db: Database, shop: str, name: str) -> Iterator[dict[str, Any]]:
    """Every row of a shop in one table, as plain values.

    A thousand rows are one look: a shop can take minutes to be read, and SQLite's writers wait for
    whoever reads. What happens meanwhile may be in one table and not in the one read before it.
    """
    table = tables.metadata.tables[name]
    kept = [c for c in table.c if not isinstance(c.type, sa.LargeBinary)]
    place = [c for c in table.primary_key.columns if c.name != "shop"]
    query = sa.select(*kept).where(table.c.shop == shop).order_by(*place).limit(AT_ONCE)
    behind: sa.Select[Any] = query
    while True:
        with db.read() as tx:
            rows = tx.execute(behind).mappings().all()
        for row in rows:
            yield {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}
        if len(rows) < AT_ONCE:
            return
        last = [sa.literal(rows[-1][c.name], c.type) for c in place]
        behind = query.where(sa.tuple_(*place) > sa.tuple_(*last))
