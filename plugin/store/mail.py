"""A shop's own texts of letters, and the addresses that take no more of its mail."""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import letter_texts, outbox, suppressions
from plugin.store.timelines import upsert


def own_text(tx: Connection, shop: str, letter: str, language: str) -> tuple[str, str] | None:
    """The shop's own (subject, body) of a letter; None where it uses ours."""
    query = sa.select(letter_texts.c.subject, letter_texts.c.body).where(
        letter_texts.c.shop == shop,
        letter_texts.c.letter == letter,
        letter_texts.c.language == language,
    )
    row = tx.execute(query).one_or_none()
    return (row.subject, row.body) if row else None


def kept_texts(tx: Connection, shop: str) -> dict[tuple[str, str], tuple[str, str]]:
    """All of a shop's own texts: (letter, language) to (subject, body)."""
    query = sa.select(letter_texts).where(letter_texts.c.shop == shop)
    return {(row.letter, row.language): (row.subject, row.body) for row in tx.execute(query)}


def keep_text(
    tx: Connection,
    shop: str,
    letter: str,
    language: str,
    text: tuple[str, str],
    now: datetime,
    *,
    author: str,
) -> None:
    """The shop's own text of a letter. Whoever keeps it has checked it."""
    subject, body = text
    row = {
        "shop": shop,
        "letter": letter,
        "language": language,
        "subject": subject,
        "body": body,
        "author": author,
        "at": now,
    }
    upsert(tx, letter_texts, row, ["shop", "letter", "language"])


def drop_text(tx: Connection, shop: str, letter: str, language: str) -> None:
    """Back to our own text."""
    tx.execute(
        sa.delete(letter_texts).where(
            letter_texts.c.shop == shop,
            letter_texts.c.letter == letter,
            letter_texts.c.language == language,
        )
    )


def own_texts(tx: Connection, shop: str) -> set[tuple[str, str]]:
    """(letter, language) of every text the shop has changed."""
    query = sa.select(letter_texts.c.letter, letter_texts.c.language)
    return {
        (row.letter, row.language) for row in tx.execute(query.where(letter_texts.c.shop == shop))
    }


def suppress(tx: Connection, shop: str, address: str, what: str, now: datetime) -> None:
    """No more mail to this address: it bounced for good, or its owner complained."""
    row = {"shop": shop, "address_hash": _hash(address), "what": what, "at": now}
    upsert(tx, suppressions, row, ["shop", "address_hash"])


def suppressed(tx: Connection, shop: str, address: str) -> str:
    """`bounced`, `complained`, or nothing."""
    query = sa.select(suppressions.c.what).where(
        suppressions.c.shop == shop, suppressions.c.address_hash == _hash(address)
    )
    return tx.execute(query).scalar_one_or_none() or ""


def welcome_again(tx: Connection, shop: str, address: str) -> None:
    """A merchant's word that the address is good again."""
    mine = (suppressions.c.shop == shop) & (suppressions.c.address_hash == _hash(address))
    tx.execute(sa.delete(suppressions).where(mine))


def sent_as(tx: Connection, shop: str, provider_id: str) -> tuple[int, str] | None:
    """(order id, key) of the message a mail provider gave this id."""
    query = sa.select(outbox.c.order_id, outbox.c.key).where(
        outbox.c.shop == shop,
        outbox.c.remote_id == provider_id,
        outbox.c.action.in_(("write_customer", "tell_merchant")),
    )
    row = tx.execute(query.limit(1)).one_or_none()
    return (row.order_id, row.key) if row else None


def _hash(address: str) -> str:
    return hashlib.sha256(address.strip().casefold().encode("utf-8", "replace")).hexdigest()
