"""What customers told us in their own words, and the evidence they sent: it can all be erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.tables import evidence, reports
from plugin.store.timelines import upsert


@dataclass(frozen=True)
class Words:
    """A report's words; `address` only where one was given."""

    report_id: str
    at: datetime
    by: str
    words: str
    address: Mapping[str, str]


@dataclass(frozen=True)
class Evidence:
    """A kept picture or video, by its SHA-256; its number is its place in the claim."""

    case_id: str
    evidence_id: str
    order_id: int
    number: int
    name: str
    media: str
    mime: str
    size: int
    shot: str
    checked: bool
    advice: tuple[str, ...]
    facts: Mapping[str, Any]
    received_at: datetime
    by: str


def keep_words(
    tx: Connection,
    shop: str,
    report_id: str,
    order_id: int,
    now: datetime,
    *,
    by: str,
    words: str = "",
    address: Mapping[str, str] | None = None,
) -> None:
    """Keep what somebody wrote; the same report again changes it."""
    row = {
        "shop": shop,
        "report_id": report_id,
        "order_id": order_id,
        "at": now,
        "by": by,
        "words": words,
        "address": dict(address or {}),
    }
    upsert(tx, reports, row, ["shop", "order_id", "report_id"])


def words_of(tx: Connection, shop: str, order_id: int, report_id: str) -> Words | None:
    """What was written with a report of an order."""
    query = sa.select(reports).where(
        reports.c.shop == shop, reports.c.order_id == order_id, reports.c.report_id == report_id
    )
    row = tx.execute(query).one_or_none()
    return Words(row.report_id, row.at, row.by, row.words, row.address) if row else None


def of_order(tx: Connection, shop: str, order_id: int) -> list[Words]:
    """Everything written about an order, oldest first."""
    query = sa.select(reports).where(reports.c.shop == shop, reports.c.order_id == order_id)
    rows = tx.execute(query.order_by(reports.c.at))
    return [Words(row.report_id, row.at, row.by, row.words, row.address) for row in rows]


def keep_evidence(tx: Connection, shop: str, found: Evidence) -> bool:
    """Add a picture or video to a case. False: the case has it already."""
    if evidence_by_id(tx, shop, found.case_id, found.evidence_id) is not None:
        return False
    row = {"shop": shop, **vars(found), "advice": list(found.advice), "facts": dict(found.facts)}
    tx.execute(sa.insert(evidence).values(row))
    return True


def evidence_of(tx: Connection, shop: str, case_id: str) -> list[Evidence]:
    """A case's evidence, by number."""
    query = sa.select(evidence).where(evidence.c.shop == shop, evidence.c.case_id == case_id)
    return [_evidence(row) for row in tx.execute(query.order_by(evidence.c.number)).mappings()]


def evidence_by_id(tx: Connection, shop: str, case_id: str, evidence_id: str) -> Evidence | None:
    """One picture or video of a case."""
    query = sa.select(evidence).where(
        evidence.c.shop == shop,
        evidence.c.case_id == case_id,
        evidence.c.evidence_id == evidence_id,
    )
    row = tx.execute(query).mappings().one_or_none()
    return _evidence(row) if row else None


def size_of_shop(tx: Connection, shop: str) -> int:
    """Bytes of evidence a shop keeps, for its quota."""
    query = sa.select(sa.func.coalesce(sa.func.sum(evidence.c.size), 0))
    return int(tx.execute(query.where(evidence.c.shop == shop)).scalar_one())


def kept_files(tx: Connection) -> set[str]:
    """Every file some case needs; any other may be swept away."""
    return set(tx.execute(sa.select(evidence.c.evidence_id).distinct()).scalars())


def all_evidence(tx: Connection, shop: str) -> Iterator[Evidence]:
    """Every file of a shop, case by case."""
    query = sa.select(evidence).where(evidence.c.shop == shop)
    for row in tx.execute(query.order_by(evidence.c.case_id, evidence.c.number)).mappings():
        yield _evidence(row)


def _evidence(row: Mapping[Any, Any]) -> Evidence:
    values = {k: v for k, v in row.items() if k != "shop"}
    return Evidence(**{**values, "advice": tuple(values["advice"])})
