"""What a person could tell or do about a case now: no dead buttons."""

from __future__ import annotations

from plugin.case import Case
from plugin.evidence.shots import Readiness, readiness
from plugin.terms import STOPPED, VERIFIED, Route, Situation


def readiness_of(case: Case) -> Readiness | None:
    """How complete the proof is; None where none is wanted."""
    if case.situation not in VERIFIED:
        return None
    return readiness(case.situation, [one.shot for one in case.evidence])


def stopping(case: Case) -> str:
    """Of a parcel that is to be stopped: `no` abroad, `yes` in China, `unknown`; else empty."""
    bought = case.bought_as
    if case.situation not in STOPPED or bought is None:
        return ""
    if bought.route is Route.INTERNATIONAL:
        return "no"
    if case.closed or bought.interception or bought.cancelled_at:
        return ""
    return "yes" if bought.route is Route.DOMESTIC else "unknown"


def can_tell(case: Case) -> frozenset[str]:
    """Only what makes sense now."""
    if case.closed:
        return frozenset()
    bought = case.bought_as
    found = {
        "customs": bool(case.purchase_id) and case.situation is Situation.CUSTOMS_HOLD,
        "interception": case.situation in STOPPED
        and bought is not None
        and bought.intercept_asked_at is not None
        and not bought.interception,
        "verification": case.claim is not None and not case.claim.result,
        "address": case.situation is Situation.WRONG_ADDRESS and case.nothing_bought,
    }
    return frozenset(name for name, now in found.items() if now)
