"""Small looks into the store that only pages need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import cases, outbox


@dataclass(frozen=True)
class Wanted:
    """Which cases a list shows; what is empty does not narrow it."""

    status: str = ""
    due_by: datetime | None = None
    at_risk: bool = False

    @property
    def narrowed(self) -> bool:
        """Something is left out."""
        return self != Wanted()


def listed(
    tx: Connection, shop: str, wanted: Wanted, *, limit: int, skip: int = 0
) -> list[dict[str, Any]]:
    """Cases for the list: those that need somebody first, then by deadline, then by money."""
    query = sa.select(cases).where(cases.c.shop == shop)
    if wanted.status:
        query = query.where(cases.c.status == wanted.status)
    if wanted.due_by is not None:
        query = query.where(cases.c.closed_at.is_(None), cases.c.deadline <= wanted.due_by)
    if wanted.at_risk:
        query = query.where(cases.c.closed_at.is_(None), cases.c.at_risk_minor > 0)
    urgent = sa.case((cases.c.status == "needs_you", 0), (cases.c.status == "closed", 2), else_=1)
    ranked = query.order_by(
        urgent,
        cases.c.deadline.is_(None),
        cases.c.deadline,
        cases.c.at_risk_minor.desc(),
        cases.c.case_id,
    )
    return [dict(row) for row in tx.execute(ranked.limit(limit).offset(skip)).mappings()]


def next_steps(tx: Connection, shop: str, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Case id to the kind of action that waits for a person, in one query."""
    wanted = {(row["order_id"], row["next_step"]): row["case_id"] for row in rows}
    query = sa.select(outbox.c.order_id, outbox.c.key, outbox.c.action).where(
        outbox.c.shop == shop, outbox.c.order_id.in_([order_id for order_id, _ in wanted])
    )
    return {
        wanted[order_id, key]: action
        for order_id, key, action in tx.execute(query)
        if (order_id, key) in wanted
    }
