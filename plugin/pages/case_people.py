"""The customer and the supplier of a case, and what this shop has known of them before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.case_words import plainly
from plugin.customer import Customer
from plugin.pages.desk import language
from plugin.store import tallies, timelines
from plugin.store.tables import case_words, cases, customers
from plugin.words.speech import LOCALES

MOST_PAST = 5
LOOKED_THROUGH = 1000
"""Of one customer's orders and cases; a shop that sells to resellers has such a customer."""


@dataclass(frozen=True)
class Known:
    """A customer and his cases on other orders."""

    customer: Customer
    past: Sequence[dict[str, Any]]
    """The newest first."""
    more: bool


@dataclass(frozen=True)
class Supplier:
    """What this shop has had to do with a supplier."""

    name: str
    purchases: int
    cases: dict[str, int]
    """By situation, the most frequent first."""

    @property
    def total(self) -> int:
        """Cases of any kind."""
        return sum(self.cases.values())


def known_of(tx: Connection, shop: str, order_id: int) -> Known | None:
    """Who bought; None where nobody may know, or it was erased."""
    customer = timelines.customer_of(tx, shop, order_id)
    if customer is None:
        return None
    # One question after the other: in one, a large shop's database reads all of its cases.
    named = [i for query in _cases_of(shop, customer) for i in tx.execute(query).scalars()]
    columns = (cases.c.case_id, cases.c.number, cases.c.situation, cases.c.outcome, cases.c.status)
    query = sa.select(*columns, cases.c.opened_at).where(
        cases.c.shop == shop, cases.c.order_id != order_id, cases.c.case_id.in_(named)
    )
    # Sorted here: asked to sort, SQLite goes through all cases by their days instead.
    found = [dict(row) for row in tx.execute(query).mappings()]
    rows = sorted(found, key=lambda row: (-row["opened_at"].timestamp(), row["case_id"]))
    return Known(customer, rows[:MOST_PAST], more=len(rows) > MOST_PAST)


def _cases_of(shop: str, customer: Customer) -> list[sa.Select[tuple[str]]]:
    """By the store's own number of the customer, and by the mail address."""
    found: list[sa.Select[tuple[str]]] = []
    if customer.customer_id is not None:
        theirs = sa.select(customers.c.order_id).where(
            customers.c.shop == shop, customers.c.customer_id == customer.customer_id
        )
        by_id = sa.select(cases.c.case_id).where(
            cases.c.shop == shop, cases.c.order_id.in_(theirs.limit(LOOKED_THROUGH))
        )
        found.append(by_id.limit(LOOKED_THROUGH))
    if customer.email:
        by_mail = sa.select(case_words.c.case_id).where(
            case_words.c.shop == shop, case_words.c.word == plainly(customer.email)[:100]
        )
        found.append(by_mail.limit(LOOKED_THROUGH))
    return found


def supplier_of(tx: Connection, shop: str, name: str) -> Supplier | None:
    """A supplier's record in this shop, off the sums that are kept; None where nobody is known."""
    if not name:
        return None
    found = tallies.sums(tx, shop, [tallies.BOUGHT, tallies.PROBLEM], subjects=[name[:200]])
    bought = sum(count for what, count in found.items() if what.figure == tallies.BOUGHT)
    counts = {w.unit: n for w, n in found.items() if w.figure == tallies.PROBLEM and n}
    return Supplier(
        name, bought, dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    )


# --- Names ----------------------------------------------------------------------------------------


def tongue(code: str) -> str:
    """A language by its name in the session's."""
    return str(LOCALES[language()].languages.get(code.lower()[:2], code))


def land(code: str) -> str:
    """A country by its name in the session's language."""
    return str(LOCALES[language()].territories.get(code.upper(), code))
