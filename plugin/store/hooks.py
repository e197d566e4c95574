"""Addresses a shop wants to be told at, and what was or is to be told there."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import hook_sends, hooks

WAITS = tuple(
    timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 86_400, 86_400)
)
"""After each attempt that failed; after the last it is given up, some three days on."""


@dataclass(frozen=True)
class Hook:
    """One address."""

    hook_id: str
    shop: str
    url: str
    secret: bytes
    topics: list[str]
    made_by: str
    made_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True)
class Sending:
    """One message to one address."""

    id: int
    shop: str
    hook_id: str
    message_id: str
    topic: str
    body: Mapping[str, Any]
    state: str
    attempts: int
    look_at: datetime
    answer: str
    made_at: datetime
    settled_at: datetime | None


def add(
    tx: Connection, shop: str, url: str, secret: bytes, topics: list[str], now: datetime, *, by: str
) -> str:
    """A new address; its id. The secret comes sealed."""
    hook_id = secrets.token_hex(8)
    row = {
        "hook_id": hook_id,
        "shop": shop,
        "url": url,
        "secret": secret,
        "topics": topics,
        "made_by": by,
        "made_at": now,
    }
    tx.execute(sa.insert(hooks).values(row))
    return hook_id


def of_shop(tx: Connection, shop: str) -> list[Hook]:
    """The addresses that are told."""
    query = sa.select(hooks).where(hooks.c.shop == shop, hooks.c.removed_at.is_(None))
    return [Hook(**row) for row in tx.execute(query.order_by(hooks.c.made_at)).mappings()]


def find(tx: Connection, shop: str, hook_id: str) -> Hook | None:
    """One that is told."""
    return next((hook for hook in of_shop(tx, shop) if hook.hook_id == hook_id), None)


def remove(tx: Connection, shop: str, hook_id: str, now: datetime) -> None:
    """It is told no more; what still waits for it is given up."""
    mine = (hooks.c.shop == shop) & (hooks.c.hook_id == hook_id)
    tx.execute(sa.update(hooks).where(mine).values(removed_at=now))
    waiting = (hook_sends.c.shop == shop) & (hook_sends.c.hook_id == hook_id)
    tx.execute(
        sa.update(hook_sends)
        .where(waiting, hook_sends.c.state == "waiting")
        .values(state="failed", answer="removed", settled_at=now)
    )


def write_down(
    tx: Connection,
    hook: Hook,
    message_id: str,
    topic: str,
    body: Mapping[str, Any],
    now: datetime,
) -> None:
    """To be told, once per message."""
    known = sa.select(hook_sends.c.id).where(
        hook_sends.c.hook_id == hook.hook_id, hook_sends.c.message_id == message_id
    )
    if tx.execute(known).first() is None:
        row = {
            "shop": hook.shop,
            "hook_id": hook.hook_id,
            "message_id": message_id,
            "topic": topic,
            "body": dict(body),
            "state": "waiting",
            "look_at": now,
            "made_at": now,
        }
        tx.execute(sa.insert(hook_sends).values(row))


def due(tx: Connection, now: datetime, limit: int = 20) -> list[Sending]:
    """What is to be sent now, the longest waiting first."""
    query = sa.select(hook_sends).where(
        hook_sends.c.state == "waiting", hook_sends.c.look_at <= now
    )
    rows = tx.execute(query.order_by(hook_sends.c.look_at).limit(limit)).mappings()
    return [Sending(**row) for row in rows]


def log(tx: Connection, shop: str, limit: int = 50, *, before: int = 0) -> list[Sending]:
    """What was told lately, the newest first; `before`: those before one."""
    query = sa.select(hook_sends).where(hook_sends.c.shop == shop)
    if before:
        query = query.where(hook_sends.c.id < before)
    rows = tx.execute(query.order_by(hook_sends.c.id.desc()).limit(limit)).mappings()
    return [Sending(**row) for row in rows]


def settle(tx: Connection, sending: Sending, now: datetime, answer: str, *, good: bool) -> None:
    """What came of an attempt: done, again later, or given up."""
    values: dict[str, Any] = {"attempts": sending.attempts + 1, "answer": answer[:200]}
    if good:
        values |= {"state": "delivered", "settled_at": now}
    elif sending.attempts >= len(WAITS):
        values |= {"state": "failed", "settled_at": now}
    else:
        values |= {"look_at": now + WAITS[sending.attempts]}
    mine = (hook_sends.c.id == sending.id) & (hook_sends.c.attempts == sending.attempts)
    tx.execute(sa.update(hook_sends).where(mine).values(**values))


def again(tx: Connection, shop: str, sending_id: int, now: datetime) -> bool:
    """Send it once more from the beginning. False: the shop has none by that number."""
    mine = (hook_sends.c.shop == shop) & (hook_sends.c.id == sending_id)
    values = {"state": "waiting", "attempts": 0, "look_at": now, "settled_at": None}
    return tx.execute(sa.update(hook_sends).where(mine).values(**values)).rowcount == 1
