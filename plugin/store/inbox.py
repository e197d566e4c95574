"""What was delivered to us: kept once, before anybody is thanked for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import bodies
from plugin.store.database import Database
from plugin.store.keeping import Keeper
from plugin.store.tables import inbox

RECEIVED, HANDLED, IGNORED, PARKED = "received", "handled", "ignored", "parked"
GIVE_UP_AFTER = 20
"""Attempts at one delivery before a person has to look at it."""
LONGEST_WAIT = timedelta(hours=1)
AT_ONCE = 500
EXPECTED_WITHIN = timedelta(days=3)
"""What overtook the delivery it builds on waits for it this long: webhooks come up to days late."""


@dataclass(frozen=True)
class Delivery:
    """One kept delivery."""

    id: int
    shop: str
    source: str
    delivery_id: str
    topic: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    attempts: int


class Inbox:
    """The door's side: keep, and say whether it was new."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._keeper = Keeper(db)

    def keep(self, **delivery: Any) -> bool:
        """Keep a delivery for good, then return. False: it was here already.

        The names are those of `webhooks.door.Inbox`. Raises what kept it from being kept.
        """
        (outcome,) = self.keep_all([delivery])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def keep_all(self, deliveries: Sequence[Mapping[str, Any]]) -> list[bool | Exception]:
        """The same for several that came at once, in one commit; an error for each it befell."""
        return self._keeper.keep([_row(**delivery) for delivery in deliveries])


def _row(
    *,
    source: str,
    shop: str,
    delivery_id: str,
    topic: str,
    headers: Mapping[str, str],
    body: bytes,
    received_at: datetime,
    state: str = RECEIVED,
    reason: str = "",
) -> dict[str, object]:
    return {
        "shop": shop,
        "source": source,
        "delivery_id": delivery_id,
        "topic": topic,
        "headers": dict(headers),
        "body": body,
        "received_at": received_at,
        "look_at": received_at,
        "state": state,
        "reason": reason,
        "handled_at": None if state == RECEIVED else received_at,
    }


def waiting(tx: Connection, now: datetime, *, per_shop: int = 20) -> list[Delivery]:
    """What is to be handled now: the oldest few of each shop, so that no shop starves another."""
    ready = (inbox.c.state == RECEIVED) & (inbox.c.look_at <= now)
    named = sa.select(inbox.c.shop).where(ready).distinct().order_by(inbox.c.shop)
    shops = tx.execute(named).scalars()
    found: list[Delivery] = []
    for shop in list(shops):
        found += waiting_of(tx, shop, now, limit=per_shop)
    return found


def waiting_of(tx: Connection, shop: str, now: datetime, *, limit: int) -> list[Delivery]:
    """What is to be handled now of one shop's, the oldest first."""
    ready = (inbox.c.shop == shop, inbox.c.state == RECEIVED, inbox.c.look_at <= now)
    query = sa.select(*_COLUMNS).where(*ready).order_by(inbox.c.id)
    return [Delivery(*row) for row in tx.execute(query.limit(limit))]


def any_waiting(tx: Connection, shop: str, by: datetime) -> bool:
    """Is anything of a shop's, that came by then, still to be handled?"""
    mine = (inbox.c.shop == shop) & (inbox.c.state == RECEIVED) & (inbox.c.received_at <= by)
    return tx.execute(sa.select(inbox.c.id).where(mine).limit(1)).first() is not None


def settle(
    tx: Connection,
    delivery: Delivery,
    now: datetime,
    state: str,
    *,
    reason: str = "",
    order_id: int | None = None,
) -> bool:
    """Write down what became of a delivery. False: somebody else already did."""
    done = tx.execute(
        sa.update(inbox)
        .where(inbox.c.id == delivery.id, inbox.c.shop == delivery.shop)
        .where(inbox.c.state == RECEIVED)
        .values(state=state, reason=reason[:2000], handled_at=now, order_id=order_id)
    )
    return done.rowcount == 1


def forget_body(tx: Connection, delivery: Delivery) -> None:
    """It named a person, and has been understood."""
    mine = (inbox.c.id == delivery.id) & (inbox.c.shop == delivery.shop)
    tx.execute(sa.update(inbox).where(mine).values(body=b""))


def nothing_new(tx: Connection, delivery: Delivery) -> None:
    """It was handled, and told nothing that was not known: kept as ignored, with the reason."""
    tx.execute(
        sa.update(inbox)
        .where(inbox.c.id == delivery.id, inbox.c.shop == delivery.shop)
        .values(state=IGNORED, reason="nothing new: older than what is known, or known already")
    )


def put_off(
    tx: Connection, delivery: Delivery, now: datetime, reason: str, *, overtook: bool = False
) -> None:
    """Handling failed on our side: later again, and after many times a person looks at it.

    `overtook`: nothing failed, another delivery has to come first. Waiting for that uses up
    none of the attempts that are left for what fails.
    """
    attempts = delivery.attempts + 1
    if overtook:
        attempts = min(attempts, GIVE_UP_AFTER // 2)
        over = now >= delivery.received_at + EXPECTED_WITHIN
    else:
        over = attempts >= GIVE_UP_AFTER
    if over:
        settle(tx, delivery, now, PARKED, reason=f"tried {attempts} times: {reason}")
        return
    wait = min(timedelta(seconds=2 ** (attempts - 1)), LONGEST_WAIT)
    tx.execute(
        sa.update(inbox)
        .where(inbox.c.id == delivery.id, inbox.c.shop == delivery.shop)
        .where(inbox.c.state == RECEIVED)
        .values(attempts=attempts, look_at=now + wait, reason=reason[:2000])
    )


def reopen(tx: Connection, shop: str, inbox_id: int, now: datetime) -> bool:
    """A person wants a parked delivery tried again."""
    done = tx.execute(
        sa.update(inbox)
        .where(inbox.c.id == inbox_id, inbox.c.shop == shop, inbox.c.state == PARKED)
        .values(state=RECEIVED, handled_at=None, attempts=0, look_at=now)
    )
    return done.rowcount == 1


def counts(tx: Connection, shop: str | None = None) -> dict[str, int]:
    """How many deliveries are in each state, of one shop or (for operations) of all."""
    query = sa.select(inbox.c.state, sa.func.count()).group_by(inbox.c.state)
    if shop is not None:
        query = query.where(inbox.c.shop == shop)
    return {str(row[0]): int(row[1]) for row in tx.execute(query)}


def listed(
    tx: Connection, shop: str, state: str, *, limit: int = 50, before: int = 0
) -> list[dict[str, Any]]:
    """The newest in a state, or those before one: id, topic, delivery_id, received_at, reason."""
    query = sa.select(
        inbox.c.id, inbox.c.topic, inbox.c.delivery_id, inbox.c.received_at, inbox.c.reason
    ).where(inbox.c.shop == shop, inbox.c.state == state)
    if before:
        query = query.where(inbox.c.id < before)
    rows = tx.execute(query.order_by(inbox.c.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


def forget_mentions(tx: Connection, shop: str, names: Iterable[str]) -> int:
    """Empty what was delivered, belongs to no order and speaks of one of these; how many.

    What could not be read, and what a mail provider tells of an address, is known by no order.
    """
    known = [_whole(name) for name in names if name]
    if not known:
        return 0
    speaks = re.compile(b"|".join(known), re.IGNORECASE)
    of_none = (inbox.c.shop == shop, inbox.c.order_id.is_(None), inbox.c.state != RECEIVED)
    query = sa.select(inbox.c.id, inbox.c.body, inbox.c.form)
    query = query.where(*of_none, inbox.c.body != b"")
    rows = tx.execute(query.execution_options(yield_per=AT_ONCE))
    found = [row.id for row in rows if speaks.search(bodies.plain(row.body, row.form))]
    for start in range(0, len(found), AT_ONCE):
        some = inbox.c.id.in_(found[start : start + AT_ONCE])
        tx.execute(sa.update(inbox).where(inbox.c.shop == shop, some).values(body=b""))
    return len(found)


def _whole(name: str) -> bytes:
    """As a pattern; a number is none in the middle of a longer one."""
    found = re.escape(name.encode())
    return rb"(?<!\d)" + found + rb"(?!\d)" if name.isdigit() else found


def forget_before(tx: Connection, shop: str, moment: datetime) -> None:
    """Empty what was delivered before a moment, belongs to no order and is settled."""
    of_none = (inbox.c.shop == shop, inbox.c.order_id.is_(None), inbox.c.state != RECEIVED)
    old = (inbox.c.received_at < moment, inbox.c.body != b"")
    tx.execute(sa.update(inbox).where(*of_none, *old).values(body=b""))


_COLUMNS = (
    inbox.c.id,
    inbox.c.shop,
    inbox.c.source,
    inbox.c.delivery_id,
    inbox.c.topic,
    inbox.c.headers,
    inbox.c.body,
    inbox.c.received_at,
    inbox.c.attempts,
)
