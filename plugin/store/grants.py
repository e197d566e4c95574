"""Which invitations to grant the app access have been used: each is good once."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from plugin.store.tables import grants

KEPT_FOR = timedelta(days=1)
"""Far longer than an invitation lasts."""


def spend(tx: Connection, shop: str, state: str, now: datetime) -> bool:
    """Use an invitation up. False: it was used before."""
    tx.execute(sa.delete(grants).where(grants.c.shop == shop, grants.c.at < now - KEPT_FOR))
    row = {"state_hash": hashlib.sha256(state.encode()).hexdigest(), "shop": shop, "at": now}
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(grants).values(row).on_conflict_do_nothing()
    return tx.execute(insert.returning(grants.c.shop)).first() is not None
