"""The few figures of a period, each one question to the database. Currencies are never added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import tallies
from plugin.store.periods import Period
from plugin.store.tables import cases, outbox
from plugin.store.tallies import ALONE, ANSWERS, KEPT, LETTERS, Tally
from plugin.terms import Situation

SAMPLE = 500
"""Cases of which the hours to the first action are looked at: the latest of the period."""
TOP = 10
MONEY = {"refunded": "out", "received": "back", "refused": "lost"}
SUMMED = ("orders", "opened", "done", "planned", "letters", "product", *MONEY)


@dataclass(frozen=True)
class Sums:
    """What was summed by day, over a period: one question for all of it."""

    found: Mapping[Tally, int]

    @property
    def orders(self) -> int:
        """Orders first heard of."""
        return sum(self._of("orders").values())

    @property
    def opened(self) -> dict[str, int]:
        """Cases opened, by situation, in the guide's order."""
        counts = {what.subject: n for what, n in self._of(tallies.OPENED).items() if n}
        return {str(s): counts[s] for s in Situation if s in counts}

    @property
    def alone(self) -> tuple[int, int]:
        """(done without a person, done): of the actions settled."""
        return self.found.get(ALONE, 0), sum(self._of("done").values())

    @property
    def kept(self) -> tuple[int, int]:
        """(deadlines met, deadlines that came): steps a clock called for, on time or late."""
        return self.found.get(KEPT, 0), sum(self._of("planned").values())

    @property
    def letters(self) -> tuple[int, int]:
        """(times customers answered, letters they were sent)."""
        return self.found.get(ANSWERS, 0), self.found.get(LETTERS, 0)

    @property
    def money(self) -> dict[str, dict[str, int]]:
        """`out`, `back` and `lost` to minor units by currency: sums of the ledger's entries."""
        found: dict[str, Counter[str]] = {name: Counter() for name in MONEY.values()}
        for what, minor in self._of(*MONEY).items():
            if minor:
                found[MONEY[what.figure]][what.unit] += minor
        return {name: dict(sums) for name, sums in found.items()}

    @property
    def suppliers(self) -> list[tuple[str, str, int]]:
        """(supplier, currency, minor units) paid back to customers, the largest first.

        By the supplier who was known when the money went.
        """
        return _largest(self._of("refunded"))

    @property
    def products(self) -> list[tuple[str, str, int]]:
        """(product, currency, minor units) paid back for, the largest first."""
        return _largest(self._of("product"))

    def _of(self, *figures: str) -> dict[Tally, int]:
        return {what: amount for what, amount in self.found.items() if what.figure in figures}


def sums(tx: Connection, shop: str, period: Period) -> Sums:
    """The sums of a period."""
    found = tallies.sums(tx, shop, SUMMED, period.since.date(), period.until.date())
    return Sums(found)


def all_of(tx: Connection, shop: str, period: Period) -> dict[str, Any]:
    """Every figure of a period, by name."""
    summed = sums(tx, shop, period)
    return {
        "orders": summed.orders,
        "opened": summed.opened,
        "hours": hours_to_first_action(tx, shop, period),
        "alone": summed.alone,
        "kept": summed.kept,
        "letters": summed.letters,
        "money": summed.money,
        "suppliers": summed.suppliers,
        "products": summed.products,
    }


def hours_to_first_action(tx: Connection, shop: str, period: Period) -> float | None:
    """The middle one of the hours from opening to the first thing done, of the latest cases."""
    latest = (
        sa.select(cases.c.case_id, cases.c.opened_at)
        .where(cases.c.shop == shop, period.of(cases.c.opened_at))
        .order_by(cases.c.opened_at.desc())
        .limit(SAMPLE)
    )
    opened_at = {str(case_id): moment for case_id, moment in tx.execute(latest)}
    # Narrowed by case alone, so that no database takes the index of states for the shorter way.
    steps = sa.select(outbox.c.case_id, outbox.c.state, outbox.c.settled_at).where(
        outbox.c.shop == shop, outbox.c.case_id.in_(list(opened_at))
    )
    first: dict[str, datetime] = {}
    for step in tx.execute(steps):
        if step.state == "done":
            first[step.case_id] = min(step.settled_at, first.get(step.case_id, step.settled_at))
    hours = [(done - opened_at[case]).total_seconds() / 3600 for case, done in first.items()]
    return median(hours) if hours else None


def _largest(found: dict[Tally, int]) -> list[tuple[str, str, int]]:
    rows = [(what.subject, what.unit, minor) for what, minor in found.items() if what.subject]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))[:TOP]
