"""Every number of days, once: its sentence, the event it is counted from, the default.

A shop may change a number in its terms under the deadline's name. Where the guide gives no
number, `says` begins with "Guide silent" and the number is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from plugin import business_days
from plugin.business_days import CHINA, Reckoned
from plugin.case import Case


@dataclass(frozen=True)
class Deadline:
    """A moment counted from something that happened."""

    name: str
    says: str
    counted_from: Callable[[Case], datetime | None]
    count: int
    unit: Literal["days", "hours", "business_days"]
    after: Deadline | None = None
    """Another that has to pass first."""
    pauses_in_festivals: bool = False
    """Somebody in China has to do something: days when nobody works there do not count."""

    def due(self, case: Case) -> datetime | None:
        """When it falls for this case; None while what it counts from has not happened."""
        found = self.reckon(case)
        return None if found is None else found.due

    def reckon(self, case: Case) -> Reckoned | None:
        """The same, and whether the calendar it was counted in is not announced yet."""
        known = case.reckoned
        if self.name not in known:
            known[self.name] = self._counted(case)
        return known[self.name]

    def _counted(self, case: Case) -> Reckoned | None:
        start = self.counted_from(case)
        if start is None:
            return None
        count = case.terms.deadlines.get(self.name, self.count)
        if self.unit == "business_days":
            found = business_days.after(start, count)
        else:
            length = timedelta(hours=count) if self.unit == "hours" else timedelta(days=count)
            pauses = self.pauses_in_festivals and case.terms.festivals_pause
            due = _with_pauses(start, length) if pauses else start + length
            found = Reckoned(due, False, "")
        first = self.after.reckon(case) if self.after else None
        return first if first and first.due > found.due else found

    def passed(self, case: Case, now: datetime) -> bool:
        """Its moment has come."""
        due = self.due(case)
        return due is not None and now >= due


def _with_pauses(start: datetime, length: timedelta) -> datetime:
    """`length` after `start`, not counting the days of festivals in China."""
    first, calendar = start.astimezone(CHINA).date(), business_days.china().version
    due, paused = start + length, 0
    while paused != (days := _festivals_after(first, due.astimezone(CHINA).date(), calendar)):
        paused, due = days, start + length + timedelta(days=days)
    return due


@lru_cache(maxsize=4096)
def _festivals_after(first: date, last: date, _calendar: str) -> int:
    """Days of festivals after `first` until `last`; the same question is asked very often."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(business_days.festival(day) is not None for day in days)


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
    pauses_in_festivals=True,
)

TREAT_AS_NO_STOCK = Deadline(
    name="treat_as_no_stock",
    says="4 days overdue: take the no-stock route, other supplier included.",
    counted_from=lambda case: case.ship_by,
    count=4,
    unit="days",
    after=NEWS_SETTLES,
    pauses_in_festivals=True,
)

SUPPLIER_SILENT = Deadline(
    name="supplier_silent",
    says="Guide silent on how long: no answer within 48 hours of an urge or a question.",
    counted_from=lambda case: case.waiting_for_answer_since,
    count=48,
    unit="hours",
    pauses_in_festivals=True,
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
    pauses_in_festivals=True,
)

RECOVERY_SHUTS = Deadline(
    name="recovery_shuts",
    says="Guide silent: money still open 57 days after the purchase, the merchant is told: the "
    "supplier's own window is taken to shut 3 days later.",
    counted_from=lambda case: case.purchase.ordered_at if case.recovery_open else None,
    count=57,
    unit="days",
)

CUSTOMS_ALLOWED = Deadline(
    name="customs_allowed",
    says="Guide silent: a customs stop read off the tracking is a hold after 2 days.",
    counted_from=lambda case: case.purchase.customs_since if not case.opened else None,
    count=2,
    unit="days",
)

CUSTOMS_SECOND = Deadline(
    name="customs_second",
    says="Guide silent: still held at customs after 3 days, a second reminder.",
    counted_from=lambda case: case.held_since,
    count=3,
    unit="days",
)

CUSTOMS_THIRD = Deadline(
    name="customs_third",
    says="Guide silent: still held at customs after 7 days, a third and last reminder.",
    counted_from=lambda case: case.held_since,
    count=7,
    unit="days",
)

EVIDENCE_SECOND = Deadline(
    name="evidence_second",
    says="Guide silent: no picture after 3 days, the customer is reminded.",
    counted_from=lambda case: case.waiting_for_proof_since,
    count=3,
    unit="days",
)

EVIDENCE_THIRD = Deadline(
    name="evidence_third",
    says="Guide silent: no picture after 7 days, the customer is reminded a last time.",
    counted_from=lambda case: case.waiting_for_proof_since,
    count=7,
    unit="days",
)

EVIDENCE_CLOSES = Deadline(
    name="evidence_closes",
    says="Guide silent: nothing after 14 days, the merchant decides.",
    counted_from=lambda case: case.waiting_for_proof_since,
    count=14,
    unit="days",
)

EVIDENCE_SETTLES = Deadline(
    name="evidence_settles",
    says="Guide silent: the claim is handed in 1 hour after the last picture, so that the others "
    "can still come.",
    counted_from=lambda case: case.last_evidence_at,
    count=1,
    unit="hours",
)

CLAIM_BY = Deadline(
    name="claim_by",
    says="Guide silent: goods that arrived badly are taken to be claimed within 15 days of "
    "delivery.",
    counted_from=lambda case: case.delivered_at if not case.claim else None,
    count=15,
    unit="days",
)

VERIFICATION_EARLIEST = Deadline(
    name="verification_earliest",
    says="Verification takes 10 to 30 business days: no chasing before 10.",
    counted_from=lambda case: case.claim_sent_at,
    count=10,
    unit="business_days",
)

VERIFICATION_OVERDUE = Deadline(
    name="verification_overdue",
    says="Verification takes 10 to 30 business days: overdue after 30.",
    counted_from=lambda case: case.claim_sent_at,
    count=30,
    unit="business_days",
    after=VERIFICATION_EARLIEST,
)

CHASE_VERIFICATION = Deadline(
    name="chase_verification",
    says="Guide silent: an overdue result is asked for again every 5 business days, up to 4 times.",
    counted_from=lambda case: case.claim_last_asked_at,
    count=5,
    unit="business_days",
)

REMEDY_WITHIN = Deadline(
    name="remedy_within",
    says="Reissue or refund, to be completed within 15 further business days, counted from the "
    "verification.",
    counted_from=lambda case: case.verified_at,
    count=15,
    unit="business_days",
)

INTERCEPT_WITHIN = Deadline(
    name="intercept_within",
    says="Guide silent: what became of stopping a parcel is asked after 48 hours, up to 3 times.",
    counted_from=lambda case: case.intercept_asked_at,
    count=48,
    unit="hours",
    pauses_in_festivals=True,
)

ROUTE_WITHIN = Deadline(
    name="route_within",
    says="Guide silent: where nobody says within 24 hours where a parcel is, it is taken to be "
    "abroad.",
    counted_from=lambda case: case.route_wanted_since,
    count=24,
    unit="hours",
)

ADDRESS_REMINDED = Deadline(
    name="address_reminded",
    says="Guide silent: a doubtful address nobody confirmed after 1 day, the customer is reminded.",
    counted_from=lambda case: case.address_wanted_since,
    count=1,
    unit="days",
)

ADDRESS_DECIDES = Deadline(
    name="address_decides",
    says="Guide silent: a doubtful address nobody confirmed after 3 days, the merchant decides.",
    counted_from=lambda case: case.address_wanted_since,
    count=3,
    unit="days",
)

ALL = (
    NEWS_SETTLES,
    URGE_SUPPLIER,
    TREAT_AS_NO_STOCK,
    SUPPLIER_SILENT,
    RESOURCE_WITHIN,
    CHASE_RECOVERY,
    RECOVERY_SHUTS,
    CUSTOMS_ALLOWED,
    CUSTOMS_SECOND,
    CUSTOMS_THIRD,
    EVIDENCE_SECOND,
    EVIDENCE_THIRD,
    EVIDENCE_CLOSES,
    EVIDENCE_SETTLES,
    CLAIM_BY,
    VERIFICATION_EARLIEST,
    VERIFICATION_OVERDUE,
    CHASE_VERIFICATION,
    REMEDY_WITHIN,
    INTERCEPT_WITHIN,
    ROUTE_WITHIN,
    ADDRESS_REMINDED,
    ADDRESS_DECIDES,
)
