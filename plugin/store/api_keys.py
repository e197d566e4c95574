"""Keys to the JSON API: shown once, kept as their hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import api_keys

PREFIX = "pv_"
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Key:
    """A key as it is kept."""

    key_id: str
    shop: str
    name: str
    scope: str
    made_by: str
    made_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def make(tx: Connection, shop: str, name: str, scope: str, now: datetime, *, by: str) -> str:
    """A new key; the only time it can be read."""
    key = PREFIX + secrets.token_urlsafe(32)
    row = {
        "key_id": secrets.token_hex(8),
        "shop": shop,
        "name": name,
        "key_hash": _hash(key),
        "scope": scope,
        "made_by": by,
        "made_at": now,
    }
    tx.execute(sa.insert(api_keys).values(row))
    return key


def find(tx: Connection, key: str) -> Key | None:
    """The key, unless it was revoked or never was."""
    if not key.startswith(PREFIX) or len(key) > 100:
        return None
    query = sa.select(*_COLUMNS).where(
        api_keys.c.key_hash == _hash(key), api_keys.c.revoked_at.is_(None)
    )
    row = tx.execute(query).mappings().one_or_none()
    return Key(**row) if row else None


def seen(tx: Connection, key: Key, now: datetime) -> None:
    """It was used just now."""
    tx.execute(sa.update(api_keys).where(api_keys.c.key_id == key.key_id).values(used_at=now))


def of_shop(tx: Connection, shop: str) -> list[Key]:
    """A shop's keys, the newest first; revoked ones too."""
    query = sa.select(*_COLUMNS).where(api_keys.c.shop == shop)
    return [Key(**row) for row in tx.execute(query.order_by(api_keys.c.made_at.desc())).mappings()]


def revoke(tx: Connection, shop: str, key_id: str, now: datetime) -> bool:
    """It opens nothing any more. False: the shop has no such key."""
    mine = (api_keys.c.shop == shop) & (api_keys.c.key_id == key_id)
    done = sa.update(api_keys).where(mine, api_keys.c.revoked_at.is_(None))
    return tx.execute(done.values(revoked_at=now)).rowcount == 1


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


_COLUMNS = tuple(c for c in api_keys.c if c.name != "key_hash")
