"""A shop's access to DSers: what was asked for, and the pair that was given, sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import dsers_access as table
from plugin.store.timelines import upsert


@dataclass(frozen=True)
class Kept:
    """One shop's row. `access` is None until somebody said yes."""

    shop: str
    client_id: str
    token_url: str
    state: str
    """The question that is open; empty for none."""
    verifier: bytes | None
    asked_at: datetime | None
    access: bytes | None
    refresh: bytes | None
    scope: str
    expires_at: datetime | None
    got_at: datetime | None
    refreshing_until: datetime | None
    problem: str
    """Why a person has to connect it again; empty while all is well."""


def read(tx: Connection, shop: str) -> Kept | None:
    """The shop's row."""
    row = tx.execute(sa.select(table).where(table.c.shop == shop)).mappings().one_or_none()
    return Kept(**row) if row else None


def ask(
    tx: Connection,
    shop: str,
    now: datetime,
    *,
    client_id: str,
    token_url: str,
    state: str,
    verifier: bytes,
) -> None:
    """Somebody was sent to DSers to say yes. A pair that is there stays until he has."""
    row = {
        "shop": shop,
        "client_id": client_id,
        "token_url": token_url,
        "state": state,
        "verifier": verifier,
        "asked_at": now,
    }
    upsert(tx, table, row, ["shop"])


def answered(tx: Connection, shop: str, state: str) -> bool:
    """The open question is closed, whatever comes of it. False: somebody closed it before."""
    mine = (table.c.shop == shop) & (table.c.state == state) & (table.c.state != "")
    query = sa.update(table).where(mine)
    return tx.execute(query.values(state="", verifier=None)).rowcount == 1


def keep(
    tx: Connection,
    shop: str,
    now: datetime,
    *,
    access: bytes,
    refresh: bytes | None,
    scope: str,
    expires_at: datetime | None,
) -> None:
    """A new pair in place of the old one; ends a refresh that was under way."""
    values = {
        "access": access,
        "refresh": refresh,
        "scope": scope,
        "expires_at": expires_at,
        "got_at": now,
        "refreshing_until": None,
        "problem": "",
    }
    tx.execute(sa.update(table).where(table.c.shop == shop).values(values))


def claim(tx: Connection, shop: str, now: datetime, until: datetime) -> bool:
    """The right to refresh, for a while. False: somebody else has it."""
    query = sa.update(table).where(
        table.c.shop == shop,
        sa.or_(table.c.refreshing_until.is_(None), table.c.refreshing_until <= now),
    )
    return tx.execute(query.values(refreshing_until=until)).rowcount == 1


def release(tx: Connection, shop: str, *, problem: str = "") -> None:
    """The refresh came to nothing; with a problem, a person has to connect again."""
    values = {"refreshing_until": None, "problem": problem[:60]}
    tx.execute(sa.update(table).where(table.c.shop == shop).values(values))


def drop(tx: Connection, shop: str) -> None:
    """Forget it."""
    tx.execute(sa.delete(table).where(table.c.shop == shop))
