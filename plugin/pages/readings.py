"""Small looks into the store that only pages need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import outbox


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
