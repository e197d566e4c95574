"""What becomes of a delivery's body once it is understood: packed after a day, emptied after weeks.

Its words are in the timeline by then; the body is kept for whoever asks what exactly was sent. What
is parked stays as it came, for the person who looks at it.
"""

from __future__ import annotations

import zlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import GONE, PACKED, PLAIN, inbox

UNDERSTOOD = ("handled", "ignored")


def plain(body: bytes, form: int) -> bytes:
    """A kept body as it came."""
    return zlib.decompress(body) if form == PACKED and body else body


def shops_with_bodies(tx: Connection) -> list[str]:
    """Every shop of which anything is kept that has been handled, and nobody, who has some too."""
    rows = tx.execute(sa.select(inbox.c.shop).where(*_THERE).distinct())
    return list(rows.scalars())


def to_pack(tx: Connection, shop: str, before: datetime, *, limit: int) -> list[tuple[int, bytes]]:
    """Number and body of some that were understood before a moment, the oldest first."""
    rows = tx.execute(_old(shop, PLAIN, before, limit))
    return [(row.id, row.body) for row in rows]


def packed(body: bytes) -> bytes:
    """A body in less room. Empty stays empty."""
    return zlib.compress(body) if body else b""


def keep_packed(tx: Connection, shop: str, bodies: list[tuple[int, bytes, bytes]]) -> int:
    """Put packed bodies in the place of plain ones; how many. Rows of (number, before, after).

    One that was emptied meanwhile, because somebody asked to be forgotten, stays empty.
    """
    done = 0
    for number, before, after in bodies:
        mine = (inbox.c.shop == shop, inbox.c.id == number, inbox.c.form == PLAIN)
        same = sa.func.length(inbox.c.body) == len(before)
        change = sa.update(inbox).where(*mine, same)
        form = PACKED if after else GONE
        done += tx.execute(change.values(body=after, form=form)).rowcount
    return done


def empty(tx: Connection, shop: str, before: datetime, *, limit: int) -> int:
    """Empty some packed bodies that were understood before a moment; how many."""
    numbers = [row.id for row in tx.execute(_old(shop, PACKED, before, limit))]
    mine = (inbox.c.shop == shop, inbox.c.id.in_(numbers))
    tx.execute(sa.update(inbox).where(*mine).values(body=b"", form=GONE))
    return len(numbers)


_THERE = (inbox.c.handled_at.is_not(None), inbox.c.form < sa.literal_column(str(GONE)))
"""In the words of the index: a parameter would not be seen to mean the same."""


def _old(shop: str, form: int, before: datetime, limit: int) -> sa.Select[int, bytes]:
    wanted = (*_THERE, inbox.c.shop == shop, inbox.c.form == form, inbox.c.handled_at < before)
    query = sa.select(inbox.c.id, inbox.c.body).where(*wanted, inbox.c.state.in_(UNDERSTOOD))
    return query.order_by(inbox.c.handled_at, inbox.c.id).limit(limit)
