"""Requests about personal data, and the erasing and gathering they ask for.

Erasing empties what a person could be known by and keeps what was decided and paid: those rows
hold numbers, codes and amounts. Nothing here speaks to the store; it may be gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import chain, inbox, tables
from plugin.store.free_text import silent
from plugin.store.shops import sample_name
from plugin.store.tables import privacy_requests
from plugin.store.timelines import upsert

DATA_REQUEST, CUSTOMER_REDACT, SHOP_REDACT = (
    "customers/data_request",
    "customers/redact",
    "shop/redact",
)
BY_ORDER = ("customers", "reports", "evidence", "links")
"""Tables whose rows of an order are about a person and nothing else."""
A_FEW = 500


@dataclass(frozen=True)
class Request:
    """One that is to be carried out."""

    id: int
    shop: str
    topic: str
    orders: tuple[int, ...]
    customer_id: int | None
    asked_at: datetime


def ask(
    tx: Connection,
    shop: str,
    delivery_id: str,
    topic: str,
    now: datetime,
    *,
    orders: Iterable[int],
    customer_id: int | None,
) -> None:
    """Write a request down, once per delivery."""
    known = sa.select(privacy_requests.c.id).where(
        privacy_requests.c.shop == shop, privacy_requests.c.delivery_id == delivery_id
    )
    if tx.execute(known).first() is None:
        tx.execute(
            sa.insert(privacy_requests).values(
                shop=shop,
                delivery_id=delivery_id,
                topic=topic,
                orders=sorted(set(orders)),
                customer_id=customer_id,
                asked_at=now,
            )
        )


def waiting(tx: Connection, limit: int = 20) -> list[Request]:
    """What is still to be done, oldest first."""
    query = sa.select(privacy_requests).where(privacy_requests.c.done_at.is_(None))
    rows = tx.execute(
        query.order_by(privacy_requests.c.asked_at, privacy_requests.c.id).limit(limit)
    ).mappings()
    return [
        Request(
            row["id"],
            row["shop"],
            row["topic"],
            tuple(row["orders"]),
            row["customer_id"],
            row["asked_at"],
        )
        for row in rows
    ]


def of_shop(tx: Connection, shop: str, limit: int = 100) -> list[dict[str, Any]]:
    """A shop's requests, newest first, with what came of them."""
    query = sa.select(privacy_requests).where(privacy_requests.c.shop == shop)
    rows = tx.execute(query.order_by(privacy_requests.c.id.desc()).limit(limit)).mappings()
    return [dict(row) for row in rows]


def done(tx: Connection, request: Request, now: datetime, result: Mapping[str, Any]) -> None:
    """It was carried out."""
    mine = privacy_requests.c.id == request.id
    tx.execute(sa.update(privacy_requests).where(mine).values(done_at=now, result=dict(result)))


def orders_of(tx: Connection, request: Request) -> list[int]:
    """The orders it is about: those it names, and those of the customer it names."""
    found = set(request.orders)
    if request.customer_id is not None:
        query = sa.select(tables.customers.c.order_id).where(
            tables.customers.c.shop == request.shop,
            tables.customers.c.customer_id == request.customer_id,
        )
        found |= {int(order_id) for order_id in tx.execute(query).scalars()}
    return sorted(found)


# --- Gathering ------------------------------------------------------------------------------------


def gathered(tx: Connection, shop: str, orders: Iterable[int]) -> dict[str, Any]:
    """All that is kept of a person by these orders, as plain values for the merchant to hand on."""
    wanted = list(orders)
    found: dict[str, Any] = {}
    for name in ("customers", "reports", "evidence", "cases", "events"):
        table = tables.metadata.tables[name]
        query = sa.select(table).where(table.c.shop == shop, table.c.order_id.in_(wanted))
        found[name] = [
            {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()}
            for row in tx.execute(query).mappings()
        ]
    return found


# --- Erasing --------------------------------------------------------------------------------------


def erase_person(tx: Connection, request: Request, orders: Iterable[int], now: datetime) -> int:
    """As `erase_orders`, and what was delivered about the person but belongs to no order.

    For good: a webhook that was sent before and arrives later does not bring the person back.
    """
    wanted = sorted(set(orders))
    customers = tables.customers
    mine = (customers.c.shop == request.shop) & customers.c.order_id.in_(wanted)
    addresses = tx.execute(sa.select(customers.c.email).where(mine)).scalars()
    numbers = [*wanted, *([request.customer_id] if request.customer_id is not None else [])]
    inbox.forget_mentions(tx, request.shop, {*map(str, numbers), *addresses})
    for order_id in wanted:
        row = {"shop": request.shop, "order_id": order_id, "at": now}
        upsert(tx, tables.forgotten, row, ["shop", "order_id"])
    return erase_orders(tx, request.shop, wanted)


def is_forgotten(tx: Connection, shop: str, order_id: int) -> bool:
    """The customer of this order asked to be forgotten."""
    return tx.execute(_FORGOTTEN, {"of_shop": shop, "of_order": order_id}).first() is not None


_FORGOTTEN = sa.select(tables.forgotten.c.at).where(
    tables.forgotten.c.shop == sa.bindparam("of_shop"),
    tables.forgotten.c.order_id == sa.bindparam("of_order"),
)


def erase_orders(tx: Connection, shop: str, orders: Iterable[int]) -> int:
    """Nothing by which the person of these orders could be known stays; how many orders."""
    wanted = sorted(set(orders))
    for start in range(0, len(wanted), A_FEW):
        _erase(tx, shop, wanted[start : start + A_FEW])
    return len(wanted)


def _erase(tx: Connection, shop: str, orders: list[int]) -> None:
    cases = sa.select(tables.cases.c.case_id).where(
        tables.cases.c.shop == shop, tables.cases.c.order_id.in_(orders)
    )
    words = tables.case_words
    tx.execute(sa.delete(words).where(words.c.shop == shop, words.c.case_id.in_(cases)))
    for name in BY_ORDER:
        table = tables.metadata.tables[name]
        tx.execute(sa.delete(table).where(table.c.shop == shop, table.c.order_id.in_(orders)))
    delivered = tables.inbox
    mine = (delivered.c.shop == shop) & delivered.c.order_id.in_(orders)
    tx.execute(sa.update(delivered).where(mine, delivered.c.state != "received").values(body=b""))
    outbox = tables.outbox
    mine = (outbox.c.shop == shop) & outbox.c.order_id.in_(orders)
    settled = outbox.c.state.in_(("done", "refused")) | (outbox.c.action != "refund_customer")
    tx.execute(sa.update(outbox).where(mine).values(draft=None))
    # What a running payment was sent with stays until it is known to be done: ids and amounts.
    tx.execute(sa.update(outbox).where(mine, settled).values(frozen=None))
    _silence(tx, shop, orders)


def _silence(tx: Connection, shop: str, orders: list[int]) -> None:
    """Free text out of the events; what happened, and when, stays."""
    events = tables.events
    query = sa.select(events.c.order_id, events.c.seq, events.c.body).where(
        events.c.shop == shop, events.c.order_id.in_(orders)
    )
    spoken = [(*row, silent(row.body)) for row in tx.execute(query).all()]
    with chain.opened(tx, shop):
        for order_id, seq, body, quiet in spoken:
            if quiet != body:
                one = (events.c.order_id == order_id) & (events.c.seq == seq)
                tx.execute(sa.update(events).where(events.c.shop == shop, one).values(body=quiet))
                chain.forget_salt(tx, shop, order_id, seq)


def quiet_since(tx: Connection, shop: str, before: datetime, limit: int = 500) -> list[int]:
    """Orders with a customer on record, no open case, and nothing heard since a moment."""
    customers, cases, events = tables.customers, tables.cases, tables.events
    order = customers.c.order_id
    is_open = sa.exists().where(
        cases.c.shop == shop, cases.c.order_id == order, cases.c.closed_at.is_(None)
    )
    heard = sa.exists().where(
        events.c.shop == shop, events.c.order_id == order, events.c.at >= before
    )
    query = sa.select(order).where(customers.c.shop == shop, ~is_open, ~heard)
    return [int(order_id) for order_id in tx.execute(query.limit(limit)).scalars()]


def erase_shop(tx: Connection, shop: str) -> int:
    """Every row of a shop and of its sample cases, but its requests; how many rows."""
    gone, names = 0, (shop, sample_name(shop))
    with chain.opened(tx, names[0]), chain.opened(tx, names[1]):
        for table in reversed(tables.metadata.sorted_tables):
            if "shop" in table.c and table is not privacy_requests:
                gone += tx.execute(sa.delete(table).where(table.c.shop.in_(names))).rowcount
    return gone
