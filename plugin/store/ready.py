"""Which shops have something to be done now: asked once a second, for all of them.

Each question jumps from shop to shop through an index, so that it costs what there are shops with
work, and a shop with a hundred thousand waiting rows costs as much as one with a single row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import restorations
from plugin.store.inbox import RECEIVED
from plugin.store.tables import inbox, orders, outbox, shops

_NOW: sa.BindParameter[datetime] = sa.bindparam("now")


def with_deliveries(tx: Connection, now: datetime) -> list[str]:
    """Shops something was delivered for that is to be handled now."""
    return _shops(tx, _DELIVERIES, now)


def with_clocks(tx: Connection, now: datetime) -> list[str]:
    """Shops with an order that must be looked at by now."""
    return _shops(tx, _CLOCKS, now)


def with_actions(tx: Connection, now: datetime) -> list[str]:
    """Shops with an action that can be carried out now."""
    return _shops(tx, _ACTIONS, now)


def waiting_since(tx: Connection, now: datetime) -> dict[str, datetime]:
    """Since when the longest ready one of each kind waits; a kind with nothing ready is missing."""
    found: dict[str, datetime | None] = {
        kind: tx.execute(query).scalar_one() for kind, query in _OLDEST.items()
    }
    return {kind: since for kind, since in found.items() if since is not None and since <= now}


def _shops(tx: Connection, query: sa.Select[tuple[str]], now: datetime) -> list[str]:
    return [str(shop) for shop in tx.execute(query, {"now": now}).scalars()]


def _named_in(table: sa.Table, state: str) -> sa.Select[tuple[str]]:
    """Every shop with a row in a state, each found by one step of the index (state, shop, …)."""
    mine = table.c.state == state
    named = sa.select(sa.func.min(table.c.shop).label("shop")).where(mine)
    all_of_them = named.cte(f"{table.name}_{state}", recursive=True)
    after = sa.select(sa.func.min(table.c.shop)).where(mine, table.c.shop > all_of_them.c.shop)
    step = sa.select(after.scalar_subquery()).where(all_of_them.c.shop.is_not(None))
    all_of_them = all_of_them.union_all(step)
    return sa.select(all_of_them.c.shop).where(all_of_them.c.shop.is_not(None))


def _ready(table: sa.Table, state: str) -> sa.Select[tuple[str]]:
    """Of these the shops with a row whose time has come."""
    named: Any = _named_in(table, state).subquery()
    mine = (table.c.state == state) & (table.c.shop == named.c.shop) & (table.c.look_at <= _NOW)
    return sa.select(named.c.shop).where(sa.exists().where(mine))


_INSTALLED = sa.select(shops.c.shop).where(shops.c.state != "uninstalled")
_DELIVERIES = _ready(inbox, RECEIVED)
_CLOCKS = (
    sa.select(orders.c.shop)
    .where(orders.c.next_look <= _NOW, orders.c.shop.in_(_INSTALLED))
    .distinct()
    .order_by(orders.c.shop)
)
_WAITING: Any = sa.union(_ready(outbox, "planned"), _ready(outbox, "unknown")).subquery()
_ACTIONS = (
    sa.select(_WAITING.c.shop)
    .where(_WAITING.c.shop.in_(restorations.sending_shops()))
    .order_by(_WAITING.c.shop)
)
_OLDEST: dict[str, sa.Select[Any]] = {
    "clocks": sa.select(sa.func.min(orders.c.next_look)).where(orders.c.shop.in_(_INSTALLED)),
    "actions": sa.select(sa.func.min(outbox.c.look_at)).where(
        outbox.c.state.in_(("planned", "unknown")),
        outbox.c.shop.in_(restorations.sending_shops()),
    ),
    "deliveries": sa.select(sa.func.min(inbox.c.look_at)).where(inbox.c.state == RECEIVED),
}
