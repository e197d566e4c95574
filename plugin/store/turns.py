"""Whose turn it is where many processes work: for each shop and kind of work one row a lane.

A turn is called and then taken. Whoever calls one asks for work to be done; until it is taken, or
a while has passed, nobody calls it again, so a shop that is flooded waits in the line once and not
ten thousand times. A call carries the row's number, and taking it raises the number: a call that
comes twice, or late, is nobody's. While a turn is taken its lane is closed, which bounds how much
is done for one shop at once.

The rows are no truth about work, only about who was asked to look: without them everything is
found again by the next look at the tables.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from plugin.store.tables import turns

CALLED_FOR = timedelta(seconds=10)
"""A call that nobody took by then was lost, or waits in a long line: it may be made again."""
TAKEN_FOR = timedelta(seconds=10)
"""Whoever took a turn is gone when it lasts longer, or waits for a slow answer: others may go on.

Two turns at once do no harm, because every row is settled by one; they only do some work twice.
"""

_MINE = (
    (turns.c.kind == sa.bindparam("of_kind"))
    & (turns.c.shop == sa.bindparam("of_shop"))
    & (turns.c.lane == sa.bindparam("of_lane"))
)
# A moment further ahead than any lease was told by a clock that has been set right since.
_FREE = (turns.c.until <= sa.bindparam("now")) | (turns.c.until > sa.bindparam("too_far"))
_NUMBERED = _MINE & (turns.c.fence == sa.bindparam("number"))


@dataclass(frozen=True)
class Turn:
    """A call to look at one kind of work of one shop, with the number it was made under."""

    kind: str
    shop: str
    lane: int
    fence: int


def call(tx: Connection, kind: str, shop: str, now: datetime, *, lanes: int = 1) -> Turn | None:
    """Call a turn in the first free lane; None when every lane was called or is taken."""
    for lane in range(lanes):
        where = _where(kind, shop, lane)
        freed = sa.update(turns).where(_MINE, _FREE).returning(turns.c.fence)
        moments = {"now": now, "too_far": now + TAKEN_FOR}
        found = tx.execute(freed.values(until=now + CALLED_FOR), where | moments).first()
        if found is None:
            row = {"kind": kind, "shop": shop, "lane": lane, "until": now + CALLED_FOR}
            found = tx.execute(_first(tx.dialect.name), row).first()
        if found is not None:
            return Turn(kind, shop, lane, int(found[0]))
    return None


def closed(tx: Connection, now: datetime) -> Counter[tuple[str, str]]:
    """How many lanes are called or taken, by kind and shop."""
    query = sa.select(turns.c.kind, turns.c.shop).where(~_FREE)
    found = tx.execute(query, {"now": now, "too_far": now + TAKEN_FOR})
    return Counter((str(kind), str(shop)) for kind, shop in found)


def take(tx: Connection, turn: Turn, now: datetime) -> Turn | None:
    """The turn is mine, under a new number; None when somebody else has taken this call."""
    won = sa.update(turns).where(_NUMBERED)
    values = {"fence": turn.fence + 1, "until": now + TAKEN_FOR}
    if tx.execute(won.values(**values), _is(turn)).rowcount != 1:
        return None
    return Turn(turn.kind, turn.shop, turn.lane, turn.fence + 1)


def keep(tx: Connection, turn: Turn, until: datetime) -> bool:
    """Mine for longer. False: it lapsed, and somebody else has it."""
    longer = sa.update(turns).where(_NUMBERED).values(until=until)
    return tx.execute(longer, _is(turn)).rowcount == 1


def give_back(tx: Connection, turn: Turn, now: datetime) -> None:
    """Done with it: the lane is free at once. Nothing happens when it is mine no more."""
    tx.execute(sa.update(turns).where(_NUMBERED).values(until=now), _is(turn))


def _first(dialect: str) -> sa.UpdateBase:
    """A lane's first call; whoever comes second inserts nothing and gets nothing back."""
    insert: sqlite.Insert | postgresql.Insert
    insert = sqlite.insert(turns) if dialect == "sqlite" else postgresql.insert(turns)
    return insert.on_conflict_do_nothing().returning(turns.c.fence)


def _where(kind: str, shop: str, lane: int) -> dict[str, object]:
    return {"of_kind": kind, "of_shop": shop, "of_lane": lane}


def _is(turn: Turn) -> dict[str, object]:
    return {**_where(turn.kind, turn.shop, turn.lane), "number": turn.fence}
