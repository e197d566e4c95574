"""Each shop's access token with its refresh token: sealed, and changed only as a pair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import shops, tokens
from plugin.store.timelines import upsert

# What every call asks is written once: putting a query together takes longer than running it.
_PAIR = sa.select(tokens).where(tokens.c.shop == sa.bindparam("of_shop"))


@dataclass(frozen=True)
class Kept:
    """A shop's pair, sealed. Times are None for a token that never expires."""

    shop: str
    access: bytes
    refresh: bytes | None
    scope: str
    expires_at: datetime | None
    refresh_expires_at: datetime | None
    got_at: datetime
    refreshing_until: datetime | None
    problem: str
    """Why a person has to open the app again; empty while all is well."""
    problem_at: datetime | None
    scope_at: datetime | None = None
    """Since when the scope is known to be this one."""


def read(tx: Connection, shop: str) -> Kept | None:
    """The shop's pair."""
    row = tx.execute(_PAIR, {"of_shop": shop}).mappings().one_or_none()
    return Kept(**row) if row else None


def problem(tx: Connection, shop: str) -> str:
    """Why a person has to open the app; empty while all is well."""
    query = sa.select(tokens.c.problem).where(tokens.c.shop == shop)
    return str(tx.execute(query).scalar_one_or_none() or "")


def keep(
    tx: Connection,
    shop: str,
    now: datetime,
    *,
    access: bytes,
    refresh: bytes | None,
    scope: str,
    expires_at: datetime | None,
    refresh_expires_at: datetime | None,
) -> None:
    """A new pair in place of the old one; ends a refresh that was under way."""
    row = {
        "shop": shop,
        "access": access,
        "refresh": refresh,
        "scope": scope,
        "expires_at": expires_at,
        "refresh_expires_at": refresh_expires_at,
        "got_at": now,
        "refreshing_until": None,
        "problem": "",
        "problem_at": None,
        "scope_at": now,
    }
    upsert(tx, tokens, row, ["shop"])


def claim(tx: Connection, shop: str, now: datetime, until: datetime) -> bool:
    """The right to refresh, for a while. False: somebody else has it."""
    query = sa.update(tokens).where(
        tokens.c.shop == shop,
        sa.or_(tokens.c.refreshing_until.is_(None), tokens.c.refreshing_until <= now),
    )
    return tx.execute(query.values(refreshing_until=until)).rowcount == 1


def release(tx: Connection, shop: str) -> None:
    """The refresh came to nothing; somebody else may try."""
    tx.execute(sa.update(tokens).where(tokens.c.shop == shop).values(refreshing_until=None))


def needs_authorisation(tx: Connection, shop: str, why: str, now: datetime) -> None:
    """A person has to open the app; the shop is not taken to be gone for that."""
    values = {"problem": why[:60], "problem_at": now, "refreshing_until": None}
    tx.execute(sa.update(tokens).where(tokens.c.shop == shop).values(**values))


def rescope(tx: Connection, shop: str, scope: str, at: datetime) -> bool:
    """What the shop allows as of a moment. False: something newer is known, or no token at all."""
    older = sa.or_(tokens.c.scope_at.is_(None), tokens.c.scope_at <= at)
    query = sa.update(tokens).where(tokens.c.shop == shop, older)
    return tx.execute(query.values(scope=scope, scope_at=at)).rowcount == 1


def drop(tx: Connection, shop: str) -> None:
    """The app was removed from the shop."""
    tx.execute(sa.delete(tokens).where(tokens.c.shop == shop))


def growing_cold(tx: Connection, got_before: datetime) -> list[str]:
    """Shops of whose refresh token nobody has made use for long, and which have the app."""
    query = (
        sa.select(tokens.c.shop)
        .join(shops, shops.c.shop == tokens.c.shop)
        .where(
            shops.c.state != "uninstalled",
            tokens.c.problem == "",
            tokens.c.refresh.is_not(None),
            tokens.c.got_at < got_before,
        )
        .order_by(tokens.c.got_at)
    )
    return [row.shop for row in tx.execute(query)]
