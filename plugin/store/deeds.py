"""What was done to a shop as a whole: by a person in the desk, by the operator, by the app itself.

What concerns an order is in its timeline; everything else that a person does is here, in the
transaction that does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import chain
from plugin.store.chain import Content
from plugin.store.tables import deeds

OPERATOR = "operator"
"""Whoever may use the command line."""
NOT_PEOPLE = ("app", "store")


@dataclass(frozen=True)
class Deed:
    """One deed; `about` names the thing, never a customer."""

    n: int
    at: datetime
    by: str
    what: str
    about: str
    facts: Mapping[str, Any]


def add(
    tx: Connection,
    shop: str,
    now: datetime,
    *,
    by: str,
    what: str,
    about: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """To be written down, with its place in the chain, when the transaction commits."""
    deed = Content(0, 0, now, by[:320], what[:60], dict(facts or {}), about[:400])
    chain.remember(tx, shop, [deed])


def of_shop(tx: Connection, shop: str, limit: int, besides: tuple[str, ...] = ()) -> list[Deed]:
    """The newest first."""
    query = sa.select(
        deeds.c.n, deeds.c.at, deeds.c.by, deeds.c.what, deeds.c.about, deeds.c.facts
    ).where(deeds.c.shop == shop, deeds.c.by.not_in(besides))
    return [Deed(*row) for row in tx.execute(query.order_by(deeds.c.n.desc()).limit(limit))]
