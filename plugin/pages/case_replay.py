"""The same case under today's terms beside what really happened, and where the two come apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from plugin import sentences
from plugin import timeline as t
from plugin.fold import fold
from plugin.order import Order
from plugin.pages.case_view import terms_now
from plugin.pages.desk import language
from plugin.replay import Moment, Replayed, replay
from plugin.store.shops import Shop


@dataclass(frozen=True)
class Beside:
    """What came of it, in words."""

    replayed: Replayed
    began: int
    """The version the case began under."""
    version: int
    """The version in force, under which it was lived through again."""
    was: str
    would: str
    near: int
    """The place in the real timeline just before the two come apart; 0 where they do not."""


def beside(
    tx: Connection, shop: Shop, row: dict[str, Any], entries: Sequence[t.Entry], now: datetime
) -> Beside:
    """Live a case's order through again under the terms in force."""
    terms = terms_now(tx, shop, entries)
    found = replay(entries, terms, now, shop=shop.shop, order_id=int(row["order_id"]))
    order, first = fold(entries), found.first
    return Beside(
        found,
        order.cases[row["case_id"]].opened.terms_version,
        terms.version,
        _said(first.was if first else None, order, shop.zone),
        _said(first.would if first else None, fold(found.entries), shop.zone),
        _near(found, entries),
    )


def _said(moment: Moment | None, order: Order, zone: str) -> str:
    """A decision in words."""
    if moment is None:
        return ""
    entry = t.Entry(0, moment.at, "app", moment.what)
    return sentences.entry(entry, order, language=language(), zone=zone)


def _near(found: Replayed, entries: Sequence[t.Entry]) -> int:
    if found.first is None:
        return 0
    before = [e.seq for e in entries if e.at <= found.first.at]
    return max(before, default=1)
