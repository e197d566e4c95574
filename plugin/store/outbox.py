"""What is to be done outside, and how far it has come. Each key once per order.

Moves are conditional updates that answer "did I win?". A claim takes a lease and a new fence
number; whoever comes back from a pause with an old one has lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import doubt, restorations, wakes
from plugin.store.tables import outbox, refund_units, shops
from plugin.store.timelines import upsert
from plugin.terms import Autonomy

LEASE = timedelta(minutes=5)
QUARANTINE = timedelta(minutes=15)
"""A lost answer is left alone this long: longer than any call lasts or a read lags behind."""

STATE_FOR = {
    Autonomy.SUGGEST: "suggested",
    Autonomy.ASK: "asked",
    Autonomy.AUTO: "planned",
}
CAN_WAIT = ("flag_order",)
"""Kinds of action nobody waits for: money and messages go before them."""
OPEN = ("suggested", "asked", "planned", "needs_person")
"""States in which an action can still be called off."""

# What every claim asks is written once: putting a query together takes longer than running it.
_OVER = (outbox.c.state == "claimed") & (outbox.c.lease_until <= sa.bindparam("now"))
_LEFT = sa.update(outbox).where(_OVER).values(state="planned", lease_until=None)
_SENT_AND_LEFT = (
    sa.update(outbox)
    .where(_OVER, outbox.c.first_sent_at.is_not(None))
    .values(state="unknown", lease_until=None, why="the worker stopped half way")
)
_READY = outbox.c.state.in_(("planned", "unknown")) & (outbox.c.look_at <= sa.bindparam("now"))
_ACTIVE = restorations.sending_shops()
_SHOPS_READY = (
    sa.select(outbox.c.shop)
    .where(_READY, outbox.c.shop.in_(_ACTIVE))
    .distinct()
    .order_by(outbox.c.shop)
)


@dataclass(frozen=True)
class Row:
    """An intention, as it stands."""

    id: int
    shop: str
    order_id: int
    key: str
    case_id: str
    action: str
    body: Mapping[str, Any]
    level: str
    state: str
    mark: str
    generation: int
    choice: str
    minor: int
    currency: str
    planned_at: datetime
    look_at: datetime
    lease_until: datetime | None
    fence: int
    attempts: int
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    absent_since: datetime | None
    frozen: Mapping[str, Any] | None
    remote_id: str
    why: str
    draft: Mapping[str, Any] | None
    settled_at: datetime | None


def plan(tx: Connection, row: Mapping[str, Any], units: tuple[tuple[int, int], ...] = ()) -> None:
    """Write an intention down; `units` are the (line id, unit) whose money it moves.

    Raises IntegrityError when the key, the mark or one of the units is already there.
    """
    if row["state"] == "planned":
        row = {**row, **doubt.in_doubt(tx, str(row["shop"]), row["planned_at"], planning=True)}
        wakes.wake(tx, wakes.OUTBOX)
    result = tx.execute(sa.insert(outbox).values(row))
    assert result.inserted_primary_key is not None
    outbox_id = result.inserted_primary_key[0]
    if units:
        tx.execute(
            sa.insert(refund_units),
            [
                {
                    "shop": row["shop"],
                    "order_id": row["order_id"],
                    "line_id": line_id,
                    "unit": unit,
                    "outbox_id": outbox_id,
                }
                for line_id, unit in units
            ],
        )


def claim(tx: Connection, now: datetime, *, limit: int, per_shop: int = 4) -> list[Row]:
    """Take what is ready, a few of each shop, under a lease.

    Ready is: planned, unknown or left behind by a worker whose lease ran out; its time has come;
    the shop is active, not watching only, and not being read back after a restore. What can wait
    goes when nothing else is ready.
    """
    take_back(tx, now)
    claimed: list[Row] = []
    for shop in list(tx.execute(_SHOPS_READY, {"now": now}).scalars()):
        claimed += claim_of(tx, shop, now, limit=min(per_shop, limit - len(claimed)))
        if len(claimed) >= limit:
            break
    return claimed


def claim_of(tx: Connection, shop: str, now: datetime, *, limit: int) -> list[Row]:
    """Take what is ready of one shop under a lease; nothing of a shop nothing is sent for."""
    rows = tx.execute(
        sa.select(outbox)
        .where(_READY, outbox.c.shop == shop, outbox.c.shop.in_(_ACTIVE))
        .order_by(outbox.c.action.in_(CAN_WAIT), outbox.c.look_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=outbox),
        {"now": now},
    )
    return [_lease(tx, Row(**row._mapping), now) for row in rows.all()]


def take_back(tx: Connection, now: datetime) -> None:
    """Claims whose worker has gone: sent ones may have happened, the others have not."""
    tx.execute(_SENT_AND_LEFT, {"now": now})
    tx.execute(_LEFT, {"now": now})


def still_mine(tx: Connection, row: Row, now: datetime) -> bool:
    """The fence: nobody has taken this claim, my lease still runs, nobody has paused the shop."""
    if not _active(tx, row.shop):
        return False
    query = sa.select(outbox.c.fence, outbox.c.state, outbox.c.lease_until).where(_is(row))
    fence, state, lease_until = tx.execute(query).one()
    return bool(fence == row.fence and state == "claimed" and lease_until and lease_until > now)


def freeze(tx: Connection, row: Row, now: datetime, frozen: Mapping[str, Any], minor: int) -> bool:
    """Write down exactly what is about to be sent, before it is sent."""
    values = {"frozen": dict(frozen), "minor": minor, **_sent(row, now)}
    return _active(tx, row.shop) and _move(tx, row, values)


def sending(tx: Connection, row: Row, now: datetime) -> bool:
    """About to send what was frozen before, or something that needs no freezing."""
    return _active(tx, row.shop) and _move(tx, row, _sent(row, now))


def done(tx: Connection, row: Row, now: datetime, *, remote_id: str, minor: int) -> bool:
    """It happened. True if this is the first to say so."""
    values = {"state": "done", "settled_at": now, "remote_id": remote_id, "minor": minor}
    return _move(tx, row, {**values, "lease_until": None})


def refused(tx: Connection, row: Row, now: datetime, why: str) -> bool:
    """It will not happen; the units it held are free again."""
    values = {"state": "refused", "settled_at": now, "why": why, "lease_until": None}
    return _move(tx, row, values) and _free(tx, row.id)


def lost(tx: Connection, row: Row, now: datetime, why: str) -> bool:
    """The answer was lost: it is left alone for a while, then read back."""
    values = {"state": "unknown", "why": why, "look_at": now + QUARANTINE, "lease_until": None}
    return _move(tx, row, {**values, "absent_since": None})


def absent(tx: Connection, row: Row, now: datetime, again_at: datetime) -> bool:
    """Looked for and not found: noted, and looked for once more later."""
    values = {
        "state": "unknown",
        "look_at": again_at,
        "lease_until": None,
        "absent_since": row.absent_since or now,
    }
    return _move(tx, row, values)


def put_off(tx: Connection, row: Row, again_at: datetime, why: str) -> bool:
    """Certainly not done this time: again later. An unknown one stays one that may have been."""
    values: dict[str, Any] = {"look_at": again_at, "why": why, "lease_until": None}
    if row.state == "unknown":
        return _move(tx, row, {**values, "state": "unknown"})
    return _move(tx, row, {**values, "state": "planned", "first_sent_at": None})


def hand_over(
    tx: Connection, row: Row, why: str, draft: Mapping[str, str] | None = None, *, certain: bool
) -> bool:
    """A person has to see to it. `certain`: nothing has happened outside."""
    values: dict[str, Any] = {"state": "needs_person", "why": why, "lease_until": None}
    values["draft"] = dict(draft) if draft else None
    return _move(tx, row, values | ({"first_sent_at": None} if certain else {}))


def ask_again(tx: Connection, row: Row, why: str) -> bool:
    """What was decided alone needs a person's word after all: a dispute, an outside refund."""
    values = {"state": "asked", "why": why, "lease_until": None, "first_sent_at": None}
    return _move(tx, row, values)


def renew(tx: Connection, row: Row, mark: str, now: datetime) -> bool:
    """The old attempt is certain not to have happened: a new generation, under a new mark."""
    values = {
        "state": "planned",
        "mark": mark,
        "generation": row.generation + 1,
        "frozen": None,
        "first_sent_at": None,
        "absent_since": None,
        "look_at": now,
        "lease_until": None,
    }
    return _move(tx, row, values)


def approve(
    tx: Connection, shop: str, order_id: int, key: str, now: datetime, choice: str = ""
) -> bool:
    """A person said go ahead. False: it was not waiting for anybody."""
    values = {"state": "planned", "look_at": now, "choice": choice, "level": "ask", "why": ""}
    values |= _doubt_of(tx, shop, order_id, key)
    wakes.wake(tx, wakes.OUTBOX)
    return _decide(tx, shop, order_id, key, ("suggested", "asked"), values)


def wait_for_second(tx: Connection, shop: str, order_id: int, key: str, why: str) -> bool:
    """One of two people said yes. False: it was not waiting for anybody."""
    return _decide(tx, shop, order_id, key, ("suggested", "asked"), {"state": "asked", "why": why})


def call_off(tx: Connection, shop: str, order_id: int, key: str, now: datetime, why: str) -> bool:
    """Not wanted any more, or declined. False: it is under way or was settled."""
    row = by_key(tx, shop, order_id, key)
    if row is None or row.first_sent_at is not None:
        return False
    values = {"state": "refused", "settled_at": now, "why": why}
    return _decide(tx, shop, order_id, key, OPEN, values) and _free(tx, row.id)


def again(tx: Connection, shop: str, order_id: int, key: str, now: datetime) -> bool:
    """A person wants what was handed over tried once more."""
    values = {"state": "planned", "look_at": now, "level": "ask", "why": "", "attempts": 0}
    values |= _doubt_of(tx, shop, order_id, key)
    return _decide(tx, shop, order_id, key, ("needs_person",), values)


def settle_by_hand(
    tx: Connection, shop: str, order_id: int, key: str, now: datetime, *, happened: bool, why: str
) -> bool:
    """A person saw to it and says how it ended."""
    values = {"state": "done" if happened else "refused", "settled_at": now, "why": why}
    row = by_key(tx, shop, order_id, key)
    settled = _decide(tx, shop, order_id, key, ("needs_person",), values)
    if settled and not happened and row is not None:
        _free(tx, row.id)
    return settled


def adopt(
    tx: Connection,
    shop: str,
    order_id: int,
    key: str,
    now: datetime,
    *,
    remote_id: str,
    minor: int,
) -> Row | None:
    """The other side shows it was done before we recorded it. None: we knew."""
    row = by_key(tx, shop, order_id, key)
    if row is None or row.state == "done":
        return None
    values = {"state": "done", "settled_at": now, "remote_id": remote_id, "minor": minor}
    mine = (outbox.c.id == row.id) & (outbox.c.shop == shop)
    tx.execute(sa.update(outbox).where(mine).values(lease_until=None, **values))
    if row.state == "refused":
        _hold_again(tx, row)
    return row


def _hold_again(tx: Connection, row: Row) -> None:
    """What was set free and then turned out to be paid is spoken for again."""
    for unit in row.body.get("units", ()):
        held = {
            "shop": row.shop,
            "order_id": row.order_id,
            "line_id": row.body["line_id"],
            "unit": unit,
            "outbox_id": row.id,
        }
        upsert(tx, refund_units, held, ["shop", "order_id", "line_id", "unit"])


def by_key(tx: Connection, shop: str, order_id: int, key: str) -> Row | None:
    """One intention."""
    query = sa.select(outbox).where(
        outbox.c.shop == shop, outbox.c.order_id == order_id, outbox.c.key == key
    )
    found = tx.execute(query).one_or_none()
    return Row(**found._mapping) if found else None


def of_order(tx: Connection, shop: str, order_id: int) -> list[Row]:
    """All intentions of an order, oldest first."""
    query = sa.select(outbox).where(outbox.c.shop == shop, outbox.c.order_id == order_id)
    return [Row(**row._mapping) for row in tx.execute(query.order_by(outbox.c.id))]


def in_state(tx: Connection, shop: str, state: str, limit: int = 200) -> list[Row]:
    """A shop's intentions in one state, the longest waiting first."""
    query = sa.select(outbox).where(outbox.c.shop == shop, outbox.c.state == state)
    rows = tx.execute(query.order_by(outbox.c.look_at, outbox.c.id).limit(limit))
    return [Row(**row._mapping) for row in rows]


def spent_since(
    tx: Connection, shop: str, since: datetime, currency: str, *, besides: int = 0
) -> int:
    """Minor units of refunds the app decided on alone since a moment: done or on their way."""
    query = sa.select(sa.func.coalesce(sa.func.sum(outbox.c.minor), 0)).where(
        outbox.c.shop == shop,
        outbox.c.action == "refund_customer",
        outbox.c.level == "auto",
        outbox.c.currency == currency,
        sa.func.coalesce(outbox.c.first_sent_at, outbox.c.planned_at) >= since,
        outbox.c.state != "refused",
        outbox.c.id != besides,
    )
    return int(tx.execute(query).scalar_one())


def any_ready(tx: Connection, shop: str, now: datetime) -> bool:
    """Could anything of a shop's be carried out right now?"""
    query = sa.select(outbox.c.id).where(_READY, outbox.c.shop == shop, outbox.c.shop.in_(_ACTIVE))
    return tx.execute(query.limit(1), {"now": now}).first() is not None


def ready_count(tx: Connection, now: datetime) -> int:
    """How many intentions could be carried out right now."""
    active = restorations.sending_shops()
    query = sa.select(sa.func.count()).where(
        ((outbox.c.state.in_(("planned", "unknown"))) & (outbox.c.look_at <= now))
        | (outbox.c.state == "claimed"),
        outbox.c.shop.in_(active),
    )
    return int(tx.execute(query).scalar_one())


def counts(tx: Connection, shop: str | None = None) -> dict[str, int]:
    """How many intentions are in each state, of one shop or (for operations) of all that are in."""
    query = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
    if shop is not None:
        query = query.where(outbox.c.shop == shop)
    else:
        gone = sa.select(shops.c.shop).where(shops.c.state == "uninstalled")
        query = query.where(outbox.c.shop.not_in(gone))
    return {str(row[0]): int(row[1]) for row in tx.execute(query)}


def planned_by_kind(tx: Connection, shop: str) -> dict[str, int]:
    """What would go out, by kind of action."""
    query = sa.select(outbox.c.action, sa.func.count()).where(
        outbox.c.shop == shop, outbox.c.state == "planned"
    )
    return {str(kind): int(n) for kind, n in tx.execute(query.group_by(outbox.c.action))}


def planned_before(tx: Connection, shop: str, moment: datetime) -> dict[int, list[str]]:
    """Keys by order of what was planned alone before a moment and never sent.

    What can wait is never stale: what it says is read off the order when it goes out.
    """
    query = sa.select(outbox.c.order_id, outbox.c.key).where(
        outbox.c.shop == shop,
        outbox.c.state == "planned",
        outbox.c.level == "auto",
        outbox.c.action.not_in(CAN_WAIT),
        outbox.c.planned_at < moment,
        outbox.c.first_sent_at.is_(None),
    )
    found: dict[int, list[str]] = {}
    for order_id, key in tx.execute(query.order_by(outbox.c.id)):
        found.setdefault(int(order_id), []).append(str(key))
    return found


def hold_planned(tx: Connection, shop: str, order_id: int, key: str, why: str) -> bool:
    """What was planned waits for a person's word. False: it is planned no more."""
    mine = (outbox.c.shop == shop) & (outbox.c.order_id == order_id) & (outbox.c.key == key)
    held = sa.update(outbox).where(mine, outbox.c.state == "planned")
    return tx.execute(held.values(state="asked", why=why)).rowcount == 1


def _doubt_of(tx: Connection, shop: str, order_id: int, key: str) -> dict[str, Any]:
    row = by_key(tx, shop, order_id, key)
    return doubt.in_doubt(tx, shop, row.planned_at) if row is not None else {}


def _active(tx: Connection, shop: str) -> bool:
    return tx.execute(restorations.sending_shops().where(shops.c.shop == shop)).first() is not None


def _lease(tx: Connection, row: Row, now: datetime) -> Row:
    values = {
        "state": "claimed",
        "lease_until": now + LEASE,
        "fence": row.fence + 1,
        "attempts": row.attempts + 1,
    }
    tx.execute(sa.update(outbox).where(outbox.c.id == row.id).values(**values))
    # The row keeps the state it was claimed from: an unknown one has to be read back first.
    return Row(**{**row.__dict__, **values, "state": row.state})


def _is(row: Row) -> sa.ColumnElement[bool]:
    return (outbox.c.id == row.id) & (outbox.c.shop == row.shop)


def _move(tx: Connection, row: Row, values: Mapping[str, Any]) -> bool:
    """Move a row I hold; False when the claim is no longer mine."""
    mine = _is(row) & (outbox.c.state == "claimed") & (outbox.c.fence == row.fence)
    return tx.execute(sa.update(outbox).where(mine).values(**values)).rowcount == 1


def _decide(
    tx: Connection,
    shop: str,
    order_id: int,
    key: str,
    states: tuple[str, ...],
    values: Mapping[str, Any],
) -> bool:
    query = (
        sa.update(outbox)
        .where(outbox.c.shop == shop, outbox.c.order_id == order_id, outbox.c.key == key)
        .where(outbox.c.state.in_(states))
    )
    return tx.execute(query.values(**values)).rowcount == 1


def _sent(row: Row, now: datetime) -> dict[str, Any]:
    return {"first_sent_at": row.first_sent_at or now, "last_sent_at": now}


def _free(tx: Connection, outbox_id: int) -> bool:
    tx.execute(sa.delete(refund_units).where(refund_units.c.outbox_id == outbox_id))
    return True
