"""Lists a shop has given a name: a name and the query of an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import views
from plugin.store.timelines import upsert

NAMESPACE = UUID("0d1f7a5e-52a4-5a3c-8f5b-2b7f0a9c3e21")
MOST = 30


@dataclass(frozen=True)
class View:
    """A named list."""

    view_id: str
    name: str
    query: str


def of_shop(tx: Connection, shop: str) -> list[View]:
    """A shop's own, by name."""
    query = sa.select(views.c.view_id, views.c.name, views.c.query).where(views.c.shop == shop)
    return [View(*row) for row in tx.execute(query.order_by(views.c.name).limit(MOST))]


def keep(tx: Connection, shop: str, name: str, query: str, by: str, now: datetime) -> bool:
    """Keep a list under a name; the same name again is the same view. False: there are too many."""
    view_id = str(uuid5(NAMESPACE, f"{shop}|{name}"))
    known = {view.view_id for view in of_shop(tx, shop)}
    if view_id not in known and len(known) >= MOST:
        return False
    row = {"shop": shop, "view_id": view_id, "name": name, "query": query, "by": by, "at": now}
    upsert(tx, views, row, ["shop", "view_id"])
    return True


def drop(tx: Connection, shop: str, view_id: str) -> None:
    """Forget a view; the cases in it stay."""
    tx.execute(sa.delete(views).where(views.c.shop == shop, views.c.view_id == view_id))
