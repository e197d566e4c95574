"""The rows behind a figure that counts steps: what was done or planned, when, on which order."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.actions import ASIDE, WriteCustomer
from plugin.store import tables
from plugin.store.audit import Deed, Place
from plugin.store.periods import Period
from plugin.store.tables import events, orders, outbox
from plugin.terms import Autonomy

LOOKED_THROUGH = 1_000
"""Entries one page goes through; behind a figure of few rows the next page goes on from there."""
PLANNED, DONE, CUSTOMER = "planned", "action_done", "customer"


class Behind(StrEnum):
    """What is counted."""

    ALONE = "alone"
    PERSON = "person"
    KEPT = "kept"
    LATE = "late"
    LETTERS = "letters"
    ANSWERS = "answers"


def rows(
    tx: Connection, shop: str, of: Behind, period: Period, limit: int, before: Place | None = None
) -> tuple[list[Deed], Place | None]:
    """(the newest of them, the place to go on behind if there may be more)."""
    found = list(tx.execute(_looked_through(shop, of, period, before)))
    shown = [row for row in found if _counts(row, of)]
    last = shown[limit - 1] if len(shown) > limit else None
    if last is None and len(found) == LOOKED_THROUGH:
        last = found[-1]
    place = Place(last.at, last.order_id, last.seq) if last else None
    return list(_with_bodies(tx, shop, shown[:limit])), place


def _looked_through(
    shop: str, of: Behind, period: Period, before: Place | None
) -> sa.Select[tuple[Any, ...]]:
    """Entries of the kind, the newest first, with what their rows in the outbox say of them."""
    walk = (
        sa.select(
            *(events.c.at, events.c.order_id, events.c.seq, events.c.by, events.c.kind),
            events.c.body["key"].as_string().label("key"),
            events.c.body["late_seconds"].as_string().label("late"),
        )
        .where(events.c.shop == shop, period.of(events.c.at), _kind(of))
        .order_by(events.c.at.desc(), events.c.order_id.desc(), events.c.seq.desc())
        .limit(LOOKED_THROUGH)
    )
    if before is not None:
        place = sa.tuple_(events.c.at, events.c.order_id, events.c.seq)
        moment = sa.literal(before.at, tables.Moment())
        walk = walk.where(place < sa.tuple_(moment, before.order_id, before.seq))
    each = walk.subquery()
    its_row = (
        (outbox.c.shop == shop)
        & (outbox.c.order_id == each.c.order_id)
        & (outbox.c.key == each.c.key)
    )
    query = sa.select(each, outbox.c.action, outbox.c.level).outerjoin(outbox, its_row)
    return query.order_by(each.c.at.desc(), each.c.order_id.desc(), each.c.seq.desc())


def _kind(of: Behind) -> sa.ColumnElement[bool]:
    if of is Behind.ANSWERS:
        return events.c.by == CUSTOMER
    return events.c.kind == (PLANNED if of in {Behind.KEPT, Behind.LATE} else DONE)


def _counts(row: sa.Row[Any], of: Behind) -> bool:
    """As `tallying` counts it."""
    if of is Behind.ANSWERS:
        return True
    if row.action is None or row.action in ASIDE:
        return False
    alone = row.level == Autonomy.AUTO and row.by == "app"
    late = row.late not in {None, "0"}
    found: dict[Behind, bool] = {
        Behind.ALONE: alone,
        Behind.PERSON: not alone,
        Behind.KEPT: not late,
        Behind.LATE: late,
        Behind.LETTERS: row.action == WriteCustomer.kind,
    }
    return found[of]


def _with_bodies(tx: Connection, shop: str, shown: list[sa.Row[Any]]) -> Iterable[Deed]:
    places = [(row.order_id, row.seq) for row in shown]
    mine = (orders.c.shop == events.c.shop) & (orders.c.order_id == events.c.order_id)
    query = (
        sa.select(events.c.order_id, events.c.seq, events.c.body, orders.c.name)
        .outerjoin(orders, mine)
        .where(events.c.shop == shop, sa.tuple_(events.c.order_id, events.c.seq).in_(places))
    )
    bodies = {(order, seq): (body, name) for order, seq, body, name in tx.execute(query)}
    for row in shown:
        body, name = bodies[row.order_id, row.seq]
        yield Deed(row.at, row.by, row.order_id, name or "", row.seq, row.kind, body)
