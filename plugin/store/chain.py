"""The chain: one per shop, over every entry of its timelines and every deed, as they are written.

A link is the hash of an entry and of the link before, so an entry that is changed, removed or put
in later shows. The entries stay where they are; the chain copies nothing of them.

Links are made as the last thing before a transaction commits (`Database.write`): a shop's writers
queue for one short moment, and since nobody takes another lock after that, never in a circle.

What can be erased is not in the hash itself, but its salted digest is; with the text goes the salt,
and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.free_text import erasable_in, without
from plugin.store.tables import chain, deeds, events, purging

FORM = "1"
"""How a link is reckoned; another way would be another number."""
START = ""
"""What the first link of a shop follows on."""
PENDING = "postvendita.chain"
AT_ONCE = 1000


# What every step asks is written once: putting a query together takes longer than running it.
_HEAD = (
    sa.select(chain.c.n, chain.c.hash)
    .where(chain.c.shop == sa.bindparam("of_shop"))
    .order_by(chain.c.n.desc())
    .limit(1)
)
_LINK, _DEED = sa.insert(chain), sa.insert(deeds)


@dataclass(frozen=True)
class Content:
    """What one link stands for: an entry of an order's timeline, or a deed (order 0)."""

    order_id: int
    seq: int
    at: datetime
    by: str
    kind: str
    body: Mapping[str, Any]
    cause: str


@dataclass(frozen=True)
class Link:
    """One link."""

    n: int
    order_id: int
    seq: int
    digest: str
    hash: str
    erasable: str = ""
    sealed: str = ""
    salt: str | None = None


# --- Reckoning ------------------------------------------------------------------------------------


def link_for(shop: str, content: Content, n: int, before: str, salt: str | None = None) -> Link:
    """The link of an entry that follows on the hash `before`."""
    names = erasable_in(content.body)
    salt = (salt or secrets.token_hex(16)) if names else None
    sealed = seal(content.body, names, salt) if salt else ""
    digest = digest_of(shop, content, names, sealed)
    place = (n, content.order_id, content.seq)
    return Link(*place, digest, joined(before, n, digest), ",".join(names), sealed, salt)


def digest_of(shop: str, content: Content, erasable: tuple[str, ...], sealed: str) -> str:
    """The hash of an entry: all of it, but for what can be erased, which is there by its digest."""
    parts = (
        *(FORM, shop, content.order_id, content.seq, content.at.astimezone(UTC).isoformat()),
        *(content.by, content.kind, without(content.body, erasable), content.cause, sealed),
    )
    return _sha256(_plain(parts))


def seal(body: Mapping[str, Any], names: tuple[str, ...], salt: str) -> str:
    """The salted digest of what can be erased: without the salt nobody can try out texts."""
    return _sha256(salt + _plain([body.get(name) for name in names]))


def digest(value: object) -> str:
    """The SHA-256 of plain values, however they were ordered."""
    return _sha256(_plain(value))


def joined(before: str, n: int, digest: str) -> str:
    """The hash of a link: of the one before, its number and what it stands for."""
    return _sha256(f"{before}|{n}|{digest}")


def _plain(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# --- Writing --------------------------------------------------------------------------------------


def begin(tx: Connection) -> None:
    """Nothing is left over from whoever had this connection before."""
    tx.info.pop(PENDING, None)


def remember(tx: Connection, shop: str, contents: Iterable[Content]) -> None:
    """Written in this transaction: to be linked when it commits."""
    tx.info.setdefault(PENDING, []).extend((shop, content) for content in contents)


def link(tx: Connection) -> None:
    """Link what this transaction wrote. The last thing it does."""
    pending: list[tuple[str, Content]] = tx.info.pop(PENDING, [])
    for shop in sorted({shop for shop, _ in pending}):
        append(tx, shop, [content for whose, content in pending if whose == shop])


def append(tx: Connection, shop: str, contents: Iterable[Content]) -> None:
    """Add links, after whoever else is adding to this shop's chain just now."""
    _queue(tx, shop)
    n, before = head(tx, shop)
    links, done = [], []
    for content in contents:
        n += 1
        placed = content if content.order_id else _deed_at(content, n)
        new = link_for(shop, placed, n, before)
        before = new.hash
        links.append({"shop": shop, **new.__dict__})
        if not content.order_id:
            done.append(_deed_row(shop, placed))
    if done:
        tx.execute(_DEED, done)
    if links:
        tx.execute(_LINK, links)


def head(tx: Connection, shop: str) -> tuple[int, str]:
    """The last link's number and hash; 0 and `START` for a shop without history."""
    row = tx.execute(_HEAD, {"of_shop": shop}).one_or_none()
    return (int(row.n), str(row.hash)) if row else (0, START)


def link_what_is_there(tx: Connection) -> None:
    """Link the timelines of a database from before there was a chain, in the order of their time.

    It proves what stood there then, and nothing about the time before.
    """
    shops = tx.execute(sa.select(events.c.shop).distinct().order_by(events.c.shop)).scalars()
    for shop in shops.all():
        query = _entries(shop).order_by(events.c.at, events.c.order_id, events.c.seq)
        rows = tx.execute(query.execution_options(yield_per=AT_ONCE))
        for some in rows.partitions():
            append(tx, shop, [Content(*row) for row in some])


def _entries(shop: str) -> sa.Select[Any]:
    named = (events.c.order_id, events.c.seq, events.c.at, events.c.by, events.c.kind)
    return sa.select(*named, events.c.body, events.c.cause).where(events.c.shop == shop)


def _queue(tx: Connection, shop: str) -> None:
    """One at a time per shop, until this transaction ends. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(f"chain|{shop}".encode()).digest()[:8], signed=True)
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def _deed_at(content: Content, n: int) -> Content:
    return Content(0, n, content.at, content.by, content.kind, content.body, content.cause)


def _deed_row(shop: str, deed: Content) -> dict[str, Any]:
    return {
        "shop": shop,
        "n": deed.seq,
        "at": deed.at,
        "by": deed.by,
        "what": deed.kind,
        "about": deed.cause,
        "facts": dict(deed.body),
    }


# --- Erasing --------------------------------------------------------------------------------------


@contextmanager
def opened(tx: Connection, shop: str) -> Iterator[None]:
    """In here, and in this transaction, a shop's history may be erased; else the database refuses.

    The two users of it are in `privacy.py`.
    """
    tx.execute(sa.insert(purging).values(whose=shop))
    yield
    tx.execute(sa.delete(purging).where(purging.c.whose == shop))


def forget_salt(tx: Connection, shop: str, order_id: int, seq: int) -> None:
    """The text of an entry was erased: what is left of it in the chain says nothing any more."""
    mine = (chain.c.shop == shop) & (chain.c.order_id == order_id) & (chain.c.seq == seq)
    tx.execute(sa.update(chain).where(mine).values(salt=None))
