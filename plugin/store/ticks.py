"""When each recurring job last ran: how anybody can see that the clock is running."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import restorations
from plugin.store.outbox import CAN_WAIT
from plugin.store.tables import orders, outbox, shops, ticks
from plugin.store.timelines import upsert

# What every bell asks is written once: putting a query together takes longer than running it.
_TURN = (
    sa.update(ticks)
    .where(ticks.c.name == sa.bindparam("of_job"))
    .where((ticks.c.at <= sa.bindparam("before")) | (ticks.c.at > sa.bindparam("after")))
)


def ticked(tx: Connection, name: str, now: datetime) -> None:
    """A job ran."""
    upsert(tx, ticks, {"name": name, "at": now}, ["name"])


def was_away(tx: Connection, name: str, since: datetime, now: datetime, missed: int) -> None:
    """Clocks had passed while nobody ran: from when to when, and how many."""
    row = {"name": name, "at": now, "away_from": since, "away_until": now, "missed": missed}
    upsert(tx, ticks, row, ["name"])


def missed_too(tx: Connection, name: str, since: datetime, now: datetime, missed: int) -> None:
    """Clocks that passed since a job last ran, found one after another by several processes."""
    same = ticks.c.away_from == since
    counted = sa.case((same, ticks.c.missed + missed), else_=missed)
    values = {"away_from": since, "away_until": now, "missed": counted}
    tx.execute(sa.update(ticks).where(ticks.c.name == name).values(**values))


def take_turn(tx: Connection, name: str, now: datetime, period: timedelta) -> bool:
    """One run per period, however many processes ask. True: it is this one's turn.

    A last run that lies further ahead than a period was told by a clock that has been set right
    since: waiting for that moment would keep the job from running until then.
    """
    over = {"before": now - period, "after": now + period}
    won = tx.execute(_TURN, {"of_job": name, **over, "at": now})
    if won.rowcount == 1:
        return True
    if last(tx, name) is not None:
        return False
    ticked(tx, name, now)
    return True


def last(tx: Connection, name: str) -> datetime | None:
    """When a job last ran."""
    return tx.execute(sa.select(ticks.c.at).where(ticks.c.name == name)).scalar_one_or_none()


def since(tx: Connection, beginning: str, moment: datetime) -> set[str]:
    """Names with this beginning that were last seen after a moment."""
    recent = ticks.c.name.startswith(beginning, autoescape=True) & (ticks.c.at > moment)
    return set(tx.execute(sa.select(ticks.c.name).where(recent)).scalars())


def forget(tx: Connection, name: str) -> None:
    """As if it had never run."""
    tx.execute(sa.delete(ticks).where(ticks.c.name == name))


def next_due(tx: Connection) -> datetime | None:
    """The next moment with something to do by the clock. What can wait is no reason to look."""
    active = restorations.sending_shops()
    gone = sa.select(shops.c.shop).where(shops.c.state == "uninstalled")
    looks = sa.select(sa.func.min(orders.c.next_look)).where(orders.c.shop.not_in(gone))
    sends = sa.select(sa.func.min(outbox.c.look_at)).where(
        outbox.c.state.in_(("planned", "unknown")),
        outbox.c.shop.in_(active),
        outbox.c.action.not_in(CAN_WAIT),
    )
    leases = sa.select(sa.func.min(outbox.c.lease_until)).where(outbox.c.state == "claimed")
    found = [tx.execute(query).scalar_one_or_none() for query in (looks, sends, leases)]
    return min((moment for moment in found if moment), default=None)


def last_run(tx: Connection, name: str) -> dict[str, Any] | None:
    """When a job last ran, and what was missed before: at, away_from, away_until, missed."""
    query = sa.select(ticks).where(ticks.c.name == name)
    row = tx.execute(query).mappings().one_or_none()
    return dict(row) if row else None
