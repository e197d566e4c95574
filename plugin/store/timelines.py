"""The timelines: what happened to each order, in order, only ever added to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from plugin.customer import Customer
from plugin.store import chain, tallies
from plugin.store.tables import cases, customers, events, orders, purchases, shops
from plugin.store.tallies import Tally
from plugin.timeline import Entry, OrderSeen, PurchaseRecorded, event_from, plain

BY_HAND = "by_hand"

# What every step asks is written once: putting a query together takes longer than running it.
_MINE = (orders.c.shop == sa.bindparam("of_shop")) & (orders.c.order_id == sa.bindparam("of_order"))
_LOCKED = sa.select(orders.c.seq).where(_MINE).with_for_update()
_HEAD = sa.update(orders).where(_MINE)
_TIMELINE = (
    sa.select(events.c.seq, events.c.at, events.c.by, events.c.kind, events.c.body, events.c.cause)
    .where(events.c.shop == sa.bindparam("of_shop"))
    .where(events.c.order_id == sa.bindparam("of_order"))
    .order_by(events.c.seq)
)
_INSTALLED = sa.select(shops.c.shop).where(shops.c.state != "uninstalled")
# With something added to its name no shop's index fits: else SQLite, which does not count moments,
# goes through all orders of every shop instead of those whose moment has come.
_DUE = (
    sa.select(orders.c.shop, orders.c.order_id)
    .where(orders.c.next_look <= sa.bindparam("now"), orders.c.shop.concat("").in_(_INSTALLED))
    .order_by(orders.c.next_look, orders.c.shop, orders.c.order_id)
    .limit(sa.bindparam("at_most"))
)
_DUE_OF = (
    sa.select(orders.c.order_id)
    .where(orders.c.next_look <= sa.bindparam("now"), orders.c.shop == sa.bindparam("of_shop"))
    .where(orders.c.shop.in_(_INSTALLED))
    .order_by(orders.c.next_look, orders.c.order_id)
    .limit(sa.bindparam("at_most"))
)
_CUSTOMER = (
    sa.select(customers)
    .where(customers.c.shop == sa.bindparam("of_shop"))
    .where(customers.c.order_id == sa.bindparam("of_order"))
)


def upsert(tx: Connection, table: sa.Table, row: dict[str, Any], keys: list[str]) -> None:
    """Insert a row, or bring the one with the same key up to date."""
    rest = tuple(name for name in row if name not in keys)
    tx.execute(_upserting(tx.dialect.name, table, rest, tuple(keys)), row)


@cache
def _upserting(
    dialect: str, table: sa.Table, rest: tuple[str, ...], keys: tuple[str, ...]
) -> sa.Executable:
    insert: sqlite.Insert | postgresql.Insert
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    if not rest:
        return insert.on_conflict_do_nothing(index_elements=keys)
    set_ = {name: insert.excluded[name] for name in rest}
    return insert.on_conflict_do_update(index_elements=keys, set_=set_)


def lock(tx: Connection, shop: str, order_id: int) -> None:
    """From here to the end of the transaction nobody else adds to this order."""
    mine = {"of_shop": shop, "of_order": order_id}
    if tx.execute(_LOCKED, mine).one_or_none() is None:
        upsert(tx, orders, {"shop": shop, "order_id": order_id}, ["shop", "order_id"])
        tx.execute(_LOCKED, mine).one()


def read(tx: Connection, shop: str, order_id: int, *, until: datetime | None = None) -> list[Entry]:
    """An order's timeline, oldest first; `until` gives what was known at that moment."""
    query = _TIMELINE if until is None else _TIMELINE.where(events.c.at <= until)
    return [
        Entry(seq=seq, at=at, by=by, what=event_from(kind, body), cause=cause)
        for seq, at, by, kind, body, cause in tx.execute(
            query, {"of_shop": shop, "of_order": order_id}
        )
    ]


def append(tx: Connection, shop: str, order_id: int, entries: Iterable[Entry]) -> None:
    """Add entries whose numbers follow on; the primary key refuses a number used twice."""
    rows: list[dict[str, Any]] = [
        {
            "shop": shop,
            "order_id": order_id,
            "seq": entry.seq,
            "at": entry.at,
            "by": entry.by[:200],
            "kind": entry.what.kind,
            "body": plain(entry.what),
            "cause": entry.cause[:300],
        }
        for entry in entries
    ]
    if not rows:
        return
    tx.execute(sa.insert(events), rows)
    chain.remember(
        tx, shop, [chain.Content(**{k: v for k, v in row.items() if k != "shop"}) for row in rows]
    )
    for entry in entries:
        if isinstance(entry.what, PurchaseRecorded):
            _keep_purchase(tx, shop, order_id, entry.what, entry.at)
        if isinstance(entry.what, OrderSeen):
            placed = entry.what.placed_at
            set_head(tx, shop, order_id, name=entry.what.name[:100], placed_at=placed)


def _keep_purchase(
    tx: Connection, shop: str, order_id: int, bought: PurchaseRecorded, at: datetime
) -> None:
    mine = (purchases.c.shop == shop) & (purchases.c.purchase_id == bought.purchase_id)
    before = tx.execute(sa.select(purchases.c.supplier).where(mine)).scalar_one_or_none()
    supplier = bought.supplier[:200]
    row = {
        "shop": shop,
        "purchase_id": bought.purchase_id,
        "order_id": order_id,
        "supplier": supplier,
        "look_at": at if bought.connection != BY_HAND else None,
    }
    upsert(tx, purchases, row, ["shop", "purchase_id"])
    change = Counter({Tally(tallies.BOUGHT, supplier): 1})
    if before is not None:
        change.subtract({Tally(tallies.BOUGHT, before): 1})
    tallies.stand(tx, shop, order_id, change)


def purchases_to_look_at(
    tx: Connection, now: datetime, *, limit: int
) -> list[tuple[str, int, str]]:
    """(shop, order id, purchase id) of purchases their supplier's API should be asked about."""
    query = (
        sa.select(purchases.c.shop, purchases.c.order_id, purchases.c.purchase_id)
        .where(purchases.c.look_at <= now, purchases.c.shop.concat("").in_(_INSTALLED))
        .order_by(purchases.c.look_at, purchases.c.shop, purchases.c.purchase_id)
        .limit(limit)
    )
    return [(row.shop, row.order_id, row.purchase_id) for row in tx.execute(query)]


def look_at_purchase(tx: Connection, shop: str, purchase_id: str, at: datetime | None) -> None:
    """When a purchase is looked at next; None: never again."""
    mine = (purchases.c.shop == shop) & (purchases.c.purchase_id == purchase_id)
    tx.execute(sa.update(purchases).where(mine).values(look_at=at))


def purchases_with_reference(tx: Connection, shop: str, reference: str) -> list[str]:
    """Purchase ids that end in a supplier's own order number."""
    query = sa.select(purchases.c.purchase_id).where(
        purchases.c.shop == shop, purchases.c.purchase_id.endswith(f"/{reference}", autoescape=True)
    )
    return list(tx.execute(query).scalars())


def purchases_named(tx: Connection, shop: str, reference: str) -> list[str]:
    """Purchase ids by a supplier's own order number, or by the tracking number he told us."""
    by_tracking = sa.select(events.c.body["purchase_id"].as_string()).where(
        events.c.shop == shop,
        events.c.kind == "purchase_shipped",
        events.c.body["tracking_number"].as_string() == reference,
    )
    tracked = list(tx.execute(by_tracking).scalars())
    return sorted({*purchases_with_reference(tx, shop, reference), *tracked})


def set_head(tx: Connection, shop: str, order_id: int, **values: Any) -> None:
    """Bring an order's own row up to date: its next look, its last number."""
    tx.execute(_HEAD, {**values, "of_shop": shop, "of_order": order_id})


def want_read(tx: Connection, places: Iterable[tuple[str, int]]) -> None:
    """Have some orders read from the store again."""
    by_shop: dict[str, list[int]] = {}
    for shop, order_id in places:
        by_shop.setdefault(shop, []).append(order_id)
    for shop, ids in by_shop.items():
        mine = (orders.c.shop == shop) & orders.c.order_id.in_(ids) & ~orders.c.read_wanted
        tx.execute(sa.update(orders).where(mine).values(read_wanted=True))


def due(tx: Connection, now: datetime, *, limit: int) -> list[tuple[str, int]]:
    """(shop, order id) of what must be looked at by now, the longest overdue first."""
    found = tx.execute(_DUE, {"now": now, "at_most": limit})
    return [(shop, order_id) for shop, order_id in found]


def due_of(tx: Connection, shop: str, now: datetime, *, limit: int) -> list[int]:
    """A shop's orders that must be looked at by now, the longest overdue first."""
    found = tx.execute(_DUE_OF, {"now": now, "of_shop": shop, "at_most": limit})
    return [int(order_id) for order_id in found.scalars()]


def to_read(tx: Connection, *, limit: int, besides: Iterable[str] = ()) -> list[tuple[str, int]]:
    """Orders the store has to be asked about: those we never saw first, some of each shop.

    A shop with very many takes no other's turn: shops share `limit` between them. Not those of
    the shops in `besides`.
    """
    wanted = sa.select(orders.c.shop).where(orders.c.read_wanted, orders.c.shop.in_(_INSTALLED))
    waiting = tx.execute(wanted.where(orders.c.shop.not_in(sorted(besides))).distinct()).scalars()
    found: list[tuple[str, int]] = []
    names = sorted(waiting)
    for shop in names:
        query = (
            sa.select(orders.c.order_id)
            .where(orders.c.read_wanted, orders.c.shop == shop)
            .order_by(orders.c.read_at.is_not(None), orders.c.read_at, orders.c.order_id)
            .limit(max(1, limit // len(names)))
        )
        found += [(shop, order_id) for order_id in tx.execute(query).scalars()]
    return found


def leaving(
    tx: Connection, shop: str, now: datetime, *, age: timedelta, oldest: timedelta
) -> list[int]:
    """Orders somebody still waits for, of an age from `age` up to `oldest`, the oldest first.

    Only those that were not read since they reached that age.
    """
    open_case = sa.select(cases.c.order_id).where(cases.c.shop == shop, cases.c.closed_at.is_(None))
    query = sa.select(orders.c.order_id, orders.c.placed_at, orders.c.read_at).where(
        orders.c.shop == shop,
        orders.c.placed_at > now - oldest,
        orders.c.placed_at <= now - age,
        ~orders.c.read_wanted,
        sa.or_(orders.c.next_look.is_not(None), orders.c.order_id.in_(open_case)),
    )
    return [
        row.order_id
        for row in tx.execute(query.order_by(orders.c.placed_at, orders.c.order_id))
        if row.read_at is None or row.read_at < row.placed_at + age
    ]


def any_to_read(tx: Connection, shop: str) -> bool:
    """Is any order of a shop still to be read from its store?"""
    mine = (orders.c.shop == shop) & orders.c.read_wanted
    return tx.execute(sa.select(orders.c.order_id).where(mine).limit(1)).first() is not None


def any_due(tx: Connection, shop: str, by: datetime) -> bool:
    """Is any order of a shop still to be looked at that was due by then?"""
    mine = (orders.c.shop == shop) & (orders.c.next_look <= by)
    return tx.execute(sa.select(orders.c.order_id).where(mine).limit(1)).first() is not None


def read_at(tx: Connection, shop: str, order_id: int) -> datetime | None:
    """When the store was last asked about an order; None for never."""
    query = sa.select(orders.c.read_at).where(orders.c.shop == shop, orders.c.order_id == order_id)
    return tx.execute(query).scalar_one_or_none()


def order_of(tx: Connection, shop: str, purchase_id: str) -> int | None:
    """The order a purchase was made for."""
    query = sa.select(purchases.c.order_id).where(
        purchases.c.shop == shop, purchases.c.purchase_id == purchase_id
    )
    return tx.execute(query).scalar_one_or_none()


def name_of(tx: Connection, shop: str, order_id: int) -> str:
    """The order's name as people know it."""
    query = sa.select(orders.c.name).where(orders.c.shop == shop, orders.c.order_id == order_id)
    return tx.execute(query).scalar_one_or_none() or ""


def of_shop(tx: Connection, shop: str) -> list[int]:
    """Every order of a shop."""
    query = sa.select(orders.c.order_id).where(orders.c.shop == shop)
    return list(tx.execute(query.order_by(orders.c.order_id)).scalars())


def unshipped_orders(tx: Connection, shop: str) -> list[int]:
    """Orders whose goods are still waited for: their clocks are running, or a case is open."""
    query = sa.select(orders.c.order_id).where(
        orders.c.shop == shop,
        sa.or_(
            orders.c.next_look.is_not(None),
            orders.c.order_id.in_(
                sa.select(cases.c.order_id).where(cases.c.shop == shop, cases.c.closed_at.is_(None))
            ),
        ),
    )
    return list(tx.execute(query.order_by(orders.c.order_id)).scalars())


def names_of(tx: Connection, shop: str, order_ids: Iterable[int]) -> dict[int, str]:
    """The names of orders; of one that has none, or is not known, none."""
    query = sa.select(orders.c.order_id, orders.c.name).where(
        orders.c.shop == shop, orders.c.order_id.in_(set(order_ids)), orders.c.name != ""
    )
    return {row.order_id: row.name for row in tx.execute(query)}


def order_named(tx: Connection, shop: str, name: str) -> int | None:
    """The order with this name, `#1001` or `1001`."""
    names = {name, f"#{name.lstrip('#')}"}
    query = sa.select(orders.c.order_id).where(orders.c.shop == shop, orders.c.name.in_(names))
    return tx.execute(query.order_by(orders.c.order_id.desc())).scalars().first()


def keep_customer(tx: Connection, shop: str, order_id: int, customer: Customer) -> None:
    """Remember who bought. What the platform hides now does not erase what it showed before."""
    known = customer_of(tx, shop, order_id) or Customer()
    row = {
        "shop": shop,
        "order_id": order_id,
        "customer_id": customer.customer_id or known.customer_id,
        "name": (customer.name or known.name)[:300],
        "email": (customer.email or known.email)[:320],
        "phone": (customer.phone or known.phone)[:60],
        "language": (customer.language or known.language)[:5],
        "country": (customer.country or known.country)[:2],
        "address": [list(pair) for pair in customer.address or known.address],
    }
    upsert(tx, customers, row, ["shop", "order_id"])


def customer_of(tx: Connection, shop: str, order_id: int) -> Customer | None:
    """Who bought, as far as we may know."""
    row = tx.execute(_CUSTOMER, {"of_shop": shop, "of_order": order_id}).one_or_none()
    if row is None:
        return None
    return Customer(
        customer_id=row.customer_id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        language=row.language,
        country=row.country,
        address=tuple((field, value) for field, value in row.address),
    )
