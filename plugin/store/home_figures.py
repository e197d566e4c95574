"""What the first page and the letter in the morning say, each as many rows as its link shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import listing, tallies
from plugin.store.narrowing import Wanted, conditions
from plugin.store.tables import cases, events, outbox

SAME_LOOK = timedelta(minutes=1)
"""All that came due while nobody looked is taken up within one look."""
MOST_LATE = 200
SHOWN = 10
COUNTED_TO = 10_000
"""More are not counted: nobody acts on the difference, and a large shop would wait for it."""
ENDS: Mapping[str, str] = {
    **dict.fromkeys(("suggested", "asked", "needs_person"), "needs_you"),
    **dict.fromkeys(("planned", "claimed", "unknown"), "going"),
    "done": "done",
    "refused": "off",
}
"""What became of a step, for somebody who was away."""


@dataclass(frozen=True)
class Figures:
    """How a shop is. Money is minor units by currency; currencies are never added."""

    needs_you: int
    """Cases that wait for a person and are not put off."""
    soon: int
    """Deadlines within a week, or passed; both are 10,001 where there are more than 10,000."""
    at_risk: Mapping[str, int]
    owed: Mapping[str, int]


@dataclass(frozen=True)
class LateStep:
    """A step that came due while the app was away."""

    case_id: str
    number: str
    action: str
    became: str
    """`done`, `going`, `needs_you` or `off`"""


@dataclass(frozen=True)
class Away:
    """What an outage did to one shop."""

    count: int
    by_end: Mapping[str, int]
    steps: tuple[LateStep, ...]
    """Those that need somebody first; not more than a few."""


def figures(tx: Connection, shop: str, now: datetime) -> Figures:
    """Each figure, counted as the list behind its link counts.

    Cases are counted to 10,000 and one more; money is summed as it changes.
    """
    return Figures(
        needs_you=_count(tx, shop, Wanted(status="needs_you"), now),
        soon=_count(tx, shop, Wanted(due="week"), now),
        **_standing(tx, shop),
    )


def coming(tx: Connection, shop: str, now: datetime, *, limit: int) -> list[dict[str, Any]]:
    """The cases whose deadlines come next, the nearest first."""
    next_ones = (
        sa.select(cases.c.case_id)
        .where(cases.c.shop == shop, cases.c.deadline > now)
        .order_by(cases.c.deadline, cases.c.case_id)
        .limit(limit)
    )
    found = listing.rows_of(tx, shop, next_ones)
    return sorted(found, key=lambda row: (row["deadline"], row["case_id"]))


def _count(tx: Connection, shop: str, wanted: Wanted, now: datetime) -> int:
    some = sa.select(sa.literal(1).label("one")).select_from(cases)
    some = some.where(*conditions(tx, shop, wanted, now)).limit(COUNTED_TO + 1)
    query = sa.select(sa.func.count()).select_from(some.subquery())
    return int(tx.execute(query).scalar_one())


def _standing(tx: Connection, shop: str) -> dict[str, dict[str, int]]:
    """`at_risk` and `owed`: currency to minor units, where there are any."""
    found: dict[str, dict[str, int]] = {tallies.AT_RISK: {}, tallies.OWED: {}}
    for what, minor in sorted(tallies.sums(tx, shop, found).items()):
        if minor:
            found[what.figure][what.unit] = minor
    return found


def away(tx: Connection, shop: str, until: datetime) -> Away | None:
    """What of this shop came due while the app was away until a moment; None for nothing."""
    query = (
        sa.select(events.c.order_id, events.c.body)
        .where(
            events.c.shop == shop,
            events.c.at >= until,
            events.c.at <= until + SAME_LOOK,
            events.c.kind == "planned",
        )
        .order_by(events.c.at, events.c.order_id, events.c.seq)
        .limit(MOST_LATE)
    )
    late = {
        (order_id, body["key"]) for order_id, body in tx.execute(query) if body.get("late_seconds")
    }
    if not late:
        return None
    steps = _steps(tx, shop, late)
    needing_first = sorted(steps, key=lambda step: step.became != "needs_you")
    counted = Counter(step.became for step in steps)
    return Away(len(steps), dict(counted), tuple(needing_first[:SHOWN])) if steps else None


def _steps(tx: Connection, shop: str, late: set[tuple[int, str]]) -> list[LateStep]:
    of_case = (cases.c.shop == outbox.c.shop) & (cases.c.case_id == outbox.c.case_id)
    query = (
        sa.select(outbox, cases.c.number)
        .join(cases, of_case)
        .where(
            outbox.c.shop == shop,
            outbox.c.order_id.in_(sorted({order_id for order_id, _ in late})),
            outbox.c.key.in_(sorted({key for _, key in late})),
        )
        .order_by(outbox.c.id)
    )
    return [
        LateStep(row.case_id, row.number, row.action, ENDS[row.state])
        for row in tx.execute(query)
        if (row.order_id, row.key) in late
    ]
