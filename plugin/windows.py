"""Both ends of every window of a case: when something can be claimed or asked, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plugin import business_days
from plugin.case import Case
from plugin.deadlines import (
    CLAIM_BY,
    EVIDENCE_CLOSES,
    RECOVERY_SHUTS,
    REMEDY_WITHIN,
    VERIFICATION_EARLIEST,
    VERIFICATION_OVERDUE,
    Deadline,
)


@dataclass(frozen=True)
class Window:
    """One window; an end nobody knows is None."""

    name: str
    """`claim`, `evidence`, `verification`, `remedy` or `recovery`"""
    opens: datetime | None
    closes: datetime | None
    provisional: bool = False
    """An end lies in a year whose holidays are not announced."""
    day: int = 0
    """Which business day it is; 0 where days are not counted."""
    of: int = 0


def windows(case: Case, now: datetime) -> list[Window]:
    """The windows that are open, or still to come, for a case."""
    found = [
        Window("claim", case.delivered_at or case.reported_at, CLAIM_BY.due(case))
        if case.claim is None
        else None,
        Window("evidence", case.reported_at, EVIDENCE_CLOSES.due(case))
        if case.reports and case.claim is None and not case.evidence
        else None,
        _verification(case, now),
        _remedy(case, now),
        Window("recovery", case.purchase.recovery_asked_at, RECOVERY_SHUTS.due(case)),
    ]
    return [window for window in found if window is not None and window.closes is not None]


def _verification(case: Case, now: datetime) -> Window | None:
    earliest, overdue = VERIFICATION_EARLIEST.reckon(case), VERIFICATION_OVERDUE.reckon(case)
    sent = case.claim_sent_at
    if earliest is None or overdue is None or sent is None:
        return None
    return Window(
        "verification",
        earliest.due,
        overdue.due,
        earliest.provisional or overdue.provisional,
        business_days.count_between(sent, now),
        _count(case, VERIFICATION_OVERDUE),
    )


def _remedy(case: Case, now: datetime) -> Window | None:
    within, since = REMEDY_WITHIN.reckon(case), case.verified_at
    if within is None or since is None:
        return None
    day = business_days.count_between(since, now)
    return Window("remedy", since, within.due, within.provisional, day, _count(case, REMEDY_WITHIN))


def _count(case: Case, deadline: Deadline) -> int:
    return case.terms.deadlines.get(deadline.name, deadline.count)
