"""What the auditor finds, and what each of its queries is asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import events


@dataclass(frozen=True)
class Violation:
    """Something that must not be."""

    invariant: str
    what: str
    """A word for the page: `finding.<what>`."""
    subject: str
    """The thing it is about: a key, a line, an entry. Never a person."""
    order_id: int | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """By which the same finding is known again."""
        return self.invariant, self.what, self.subject[:300]


@dataclass(frozen=True)
class Orders:
    """Some orders of one shop, in one look at the database."""

    tx: Connection
    shop: str
    ids: Sequence[int]
    now: datetime

    def told(self, kinds: Sequence[str]) -> list[Any]:
        """Their entries of some kinds, oldest first: order_id, seq, at, kind, body."""
        named = (events.c.order_id, events.c.seq, events.c.at, events.c.kind, events.c.body)
        query = sa.select(*named).where(
            events.c.shop == self.shop, events.c.order_id.in_(self.ids), events.c.kind.in_(kinds)
        )
        return list(self.tx.execute(query.order_by(events.c.order_id, events.c.seq)))

    def mine(self, table: sa.Table) -> sa.ColumnElement[bool]:
        """Rows of a table that are of these orders."""
        return sa.and_(table.c.shop == self.shop, table.c.order_id.in_(self.ids))


@dataclass(frozen=True)
class Whole:
    """A shop as a whole, in one look at the database."""

    tx: Connection
    shop: str
    now: datetime
    ticked: datetime | None
    """When the clocks were last looked at; None for never."""
