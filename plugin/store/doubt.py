"""What may have gone out although the database does not know: it comes from a backup.

Such a row starts out as unknown, so that it is read back before it is sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import restorations
from plugin.store.tables import Moment, outbox


def doubt_all(tx: Connection, shop: str, since: datetime, now: datetime) -> None:
    """The database comes from a backup: whatever was to go out may have gone out since."""
    mine = (outbox.c.shop == shop) & outbox.c.state.in_(("planned", "claimed", "unknown"))
    values = {
        **_unknown(since),
        "first_sent_at": sa.func.coalesce(outbox.c.first_sent_at, sa.literal(since, Moment())),
        "look_at": now,
        "lease_until": None,
        "absent_since": None,
        "attempts": 0,
    }
    tx.execute(sa.update(outbox).where(mine).values(**values))


def in_doubt(
    tx: Connection, shop: str, planned_at: datetime, *, planning: bool = False
) -> dict[str, Any]:
    """How a row starts out that may have gone out in the stretch a restored backup has forgotten.

    It is read back before it is sent: what was decided before the restore, and what is decided
    again while the shop is still being read back.
    """
    last = restorations.of_shop(tx, shop)
    if last is None:
        return {}
    before = planned_at <= last.restored_at and not planning
    return _unknown(last.since) if before or last.ended_at is None else {}


def _unknown(since: datetime) -> dict[str, Any]:
    return {
        "state": "unknown",
        "first_sent_at": since,
        "last_sent_at": since,
        "why": "restored from a backup: it may have gone out",
    }
