"""Every number of days, once: its sentence, the event it is counted from, the default.

A shop may change a number in its terms under the deadline's name. Where the guide gives no
number, `says` begins with "Guide silent" and the number is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from plugin.case import Case


@dataclass(frozen=True)
class Deadline:
    """A moment counted from something that happened."""

    name: str
    says: str
    counted_from: Callable[[Case], datetime | None]
    count: int
    unit: Literal["days", "hours"]
    after: Deadline | None = None
    """Another that has to pass first."""

    def due(self, case: Case) -> datetime | None:
        """When it falls for this case; None while what it counts from has not happened."""
        start = self.counted_from(case)
        if start is None:
            return None
        count = case.terms.deadlines.get(self.name, self.count)
        due = start + timedelta(**{self.unit: count})
        first = self.after.due(case) if self.after else None
        return max(due, first) if first else due

    def passed(self, case: Case, now: datetime) -> bool:
        """Its moment has come."""
        due = self.due(case)
        return due is not None and now >= due


NEWS_SETTLES = Deadline(
    name="news_settles",
    says="Guide silent: an order first heard of when it is late is given 1 hour for the rest of "
    "its news to arrive.",
    counted_from=lambda case: case.told_at,
    count=1,
    unit="hours",
)

URGE_SUPPLIER = Deadline(
    name="urge_supplier",
    says="2 days overdue: urge the supplier, at once and once; tell the merchant.",
    counted_from=lambda case: case.ship_by,
    count=2,
    unit="days",
    after=NEWS_SETTLES,
)

TREAT_AS_NO_STOCK = Deadline(
    name="treat_as_no_stock",
    says="4 days overdue: take the no-stock route, other supplier included.",
    counted_from=lambda case: case.ship_by,
    count=4,
    unit="days",
    after=NEWS_SETTLES,
)

SUPPLIER_SILENT = Deadline(
    name="supplier_silent",
    says="Guide silent on how long: no answer within 48 hours of an urge or a question.",
    counted_from=lambda case: case.waiting_for_answer_since,
    count=48,
    unit="hours",
)

RESOURCE_WITHIN = Deadline(
    name="resource_within",
    says="Guide silent: where goods come first, an alternative must be taken within 48 hours.",
    counted_from=lambda case: case.replacement_proposed_at,
    count=48,
    unit="hours",
)

CHASE_RECOVERY = Deadline(
    name="chase_recovery",
    says="Guide silent: money asked back is asked for again every 7 days, up to 4 times.",
    counted_from=lambda case: case.recovery_last_asked_at,
    count=7,
    unit="days",
)

ALL = (
    NEWS_SETTLES,
    URGE_SUPPLIER,
    TREAT_AS_NO_STOCK,
    SUPPLIER_SILENT,
    RESOURCE_WITHIN,
    CHASE_RECOVERY,
)
