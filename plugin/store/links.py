"""The customer's links: unguessable, expiring, revocable; only their hashes are kept.

A token is derived from the deployment's secret key, the order and a generation, so that every
letter can carry the same link without the link being kept anywhere. Revoking starts a new
generation.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import links

LASTS = timedelta(days=90)
"""Long enough for a verification of 30 business days and a remedy of 15 more."""
RENEWED_WITHIN = timedelta(days=14)
"""A letter never carries a link that ends sooner than this."""


def link_for(tx: Connection, secret: bytes, shop: str, order_id: int, now: datetime) -> str:
    """The order's token; made, or made to last longer, where need be."""
    last = _last(tx, shop, order_id)
    if last is not None and last.revoked_at is None:
        if last.expires_at < now + RENEWED_WITHIN:
            values = {"expires_at": now + LASTS}
            tx.execute(sa.update(links).where(links.c.token_hash == last.token_hash).values(values))
        return _token(secret, shop, order_id, last.generation)
    generation = last.generation + 1 if last is not None else 1
    token = _token(secret, shop, order_id, generation)
    row = {
        "token_hash": _hash(token),
        "shop": shop,
        "order_id": order_id,
        "generation": generation,
        "made_at": now,
        "expires_at": now + LASTS,
    }
    tx.execute(sa.insert(links).values(row))
    return token


def opened_by(tx: Connection, token: str, now: datetime) -> tuple[str, int] | None:
    """(shop, order id) a token opens; None for one that is unknown, over or revoked."""
    query = sa.select(links.c.shop, links.c.order_id).where(
        links.c.token_hash == _hash(token),
        links.c.expires_at > now,
        links.c.revoked_at.is_(None),
    )
    row = tx.execute(query).one_or_none()
    return (row.shop, row.order_id) if row else None


def revoke(tx: Connection, shop: str, order_id: int, now: datetime) -> None:
    """The order's links open nothing any more; the next letter carries a new one."""
    mine = (links.c.shop == shop) & (links.c.order_id == order_id) & links.c.revoked_at.is_(None)
    tx.execute(sa.update(links).where(mine).values(revoked_at=now))


def _last(tx: Connection, shop: str, order_id: int) -> sa.Row[tuple[str, int, datetime]] | None:
    query = (
        sa.select(links.c.token_hash, links.c.generation, links.c.expires_at, links.c.revoked_at)
        .where(links.c.shop == shop, links.c.order_id == order_id)
        .order_by(links.c.generation.desc())
        .limit(1)
    )
    return tx.execute(query).one_or_none()  # type: ignore[return-value]  # these three columns


def _token(secret: bytes, shop: str, order_id: int, generation: int) -> str:
    said = f"customer's link|{shop}|{order_id}|{generation}".encode()
    return urlsafe_b64encode(hmac.digest(secret, said, "sha256")).decode().rstrip("=")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
