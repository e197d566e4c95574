"""Links by mail into the desk: each for one member of one shop, for a quarter of an hour, once.

Only a link's hash is kept. What a link is made from is there until its letter has gone, and makes
none without the deployment's secret key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import logins

LASTS = timedelta(minutes=15)
KEPT_FOR = timedelta(days=1)
MOST, PERIOD = 5, timedelta(hours=1)
"""So many letters one member of a shop gets in so long, whoever asks for them."""
LEASE = timedelta(minutes=1)


@dataclass(frozen=True)
class Link:
    """One link, before its letter has gone."""

    shop: str
    email: str
    nonce: str
    language: str


def hashed(token: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def may_ask(tx: Connection, shop: str, email: str, now: datetime) -> bool:
    """The member did not ask too often. What is long over is forgotten on the way."""
    mine = (logins.c.shop == shop) & (logins.c.email == email)
    tx.execute(sa.delete(logins).where(mine, logins.c.expires_at < now - KEPT_FOR))
    query = sa.select(sa.func.count()).where(mine, logins.c.made_at > now - PERIOD)
    return int(tx.execute(query).scalar_one()) < MOST


def add(tx: Connection, link: Link, token: str, letter: str, now: datetime) -> None:
    """A link, to be sent in a letter; links of one letter go together."""
    row = {
        "token_hash": hashed(token),
        "shop": link.shop,
        "email": link.email,
        "letter": letter,
        "nonce": link.nonce,
        "language": link.language,
        "made_at": now,
        "expires_at": now + LASTS,
        "look_at": now,
    }
    tx.execute(sa.insert(logins).values(row))


def waiting(tx: Connection, now: datetime) -> list[str]:
    """Letters to be sent now, the oldest first."""
    query = (
        sa.select(logins.c.letter)
        .where(logins.c.look_at <= now, logins.c.expires_at > now)
        .group_by(logins.c.letter)
        .order_by(sa.func.min(logins.c.made_at))
    )
    return list(tx.execute(query).scalars())


def claim(tx: Connection, letter: str, now: datetime) -> Sequence[Link]:
    """The links of a letter, for whoever came first; nobody else sends it for a minute."""
    mine = logins.c.letter == letter
    won = sa.update(logins).where(mine, logins.c.look_at <= now).values(look_at=now + LEASE)
    if tx.execute(won).rowcount == 0:
        return ()
    query = sa.select(logins.c.shop, logins.c.email, logins.c.nonce, logins.c.language)
    return [Link(**row) for row in tx.execute(query.where(mine).order_by(logins.c.shop)).mappings()]


def settled(tx: Connection, letter: str) -> None:
    """The letter has gone, or never will."""
    mine = logins.c.letter == letter
    tx.execute(sa.update(logins).where(mine).values(look_at=None, nonce=""))


def find(tx: Connection, token: str, now: datetime) -> tuple[str, str] | None:
    """(shop, member) a link lets in; None for one that is unknown, over, or was used."""
    query = sa.select(logins.c.shop, logins.c.email).where(
        logins.c.token_hash == hashed(token),
        logins.c.expires_at > now,
        logins.c.used_at.is_(None),
    )
    row = tx.execute(query).one_or_none()
    return (row.shop, row.email) if row else None


def spend(tx: Connection, token: str, now: datetime) -> bool:
    """Use a link up. False: somebody was faster."""
    mine = (logins.c.token_hash == hashed(token)) & logins.c.used_at.is_(None)
    return bool(tx.execute(sa.update(logins).where(mine).values(used_at=now)).rowcount)
