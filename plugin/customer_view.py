"""The honest state of a case, as its customer may hear it: what is going on, and until when.

Pure. A refund or new goods are promised only once somebody has said yes to them; until then the
shop decides, and that is what is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from plugin import business_days
from plugin.case import Case
from plugin.deadlines import (
    ADDRESS_DECIDES,
    CUSTOMS_SECOND,
    CUSTOMS_THIRD,
    EVIDENCE_CLOSES,
    REMEDY_WITHIN,
    ROUTE_WITHIN,
    VERIFICATION_OVERDUE,
    Deadline,
)
from plugin.order import PlannedAction
from plugin.terms import STOPPED, VERIFIED, Autonomy, Clause, Route, Situation

ADD_EVIDENCE, CONFIRM_ADDRESS, CORRECT_ADDRESS = (
    "add_evidence",
    "confirm_address",
    "correct_address",
)
"""What a customer can do about a case."""
NOTHING: frozenset[str] = frozenset()


class Code(StrEnum):
    """Where a case stands."""

    PROOF_WANTED = "proof_wanted"
    BEING_PREPARED = "being_prepared"
    CHECKING = "checking"
    CHECKING_LATE = "checking_late"
    VERIFIED = "verified"
    REMEDY_LATE = "remedy_late"
    CLAIM_REFUSED = "claim_refused"
    NO_PROOF = "no_proof"
    SHOP_DECIDES = "shop_decides"
    REFUND_COMING = "refund_coming"
    REFUNDED = "refunded"
    REISSUE_COMING = "reissue_coming"
    REISSUED = "reissued"
    REPLACED = "replaced"
    DECLINED = "declined"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    LOCATING = "locating"
    STOPPING = "stopping"
    STOPPED = "stopped"
    NOT_STOPPED = "not_stopped"
    ABROAD = "abroad"
    ADDRESS_WANTED = "address_wanted"
    ADDRESS_CHANGING = "address_changing"
    ADDRESS_CONFIRMED = "address_confirmed"
    ADDRESS_CORRECTED = "address_corrected"
    CUSTOMS_HELD = "customs_held"
    CUSTOMS_CLEARED = "customs_cleared"
    CUSTOMS_LOST = "customs_lost"
    LATE = "late"
    UNAVAILABLE = "unavailable"
    SHIPPED = "shipped"
    OVER = "over"


@dataclass(frozen=True)
class CustomerState:
    """Where a case stands. `day` and `of` count business days in China."""

    code: Code
    day: int | None = None
    of: int | None = None
    hear_by: datetime | None = None
    """Until when the next word is due: from the shop, or from the customer where he is asked."""
    provisional: bool = False
    """`hear_by` lies in a year whose holidays are not announced."""
    can: frozenset[str] = NOTHING


ENDED = {
    "refunded": Code.REFUNDED,
    "own_purse": Code.REFUNDED,
    "reissued": Code.REISSUED,
    "replaced": Code.REPLACED,
    "declined": Code.DECLINED,
    "no_evidence": Code.NO_PROOF,
    "claim_refused": Code.CLAIM_REFUSED,
    "not_intercepted": Code.NOT_STOPPED,
    "cannot_stop": Code.ABROAD,
    "cancelled": Code.CANCELLED,
    "order_cancelled": Code.CANCELLED,
    "address_confirmed": Code.ADDRESS_CONFIRMED,
    "address_corrected": Code.ADDRESS_CORRECTED,
    "cleared": Code.CUSTOMS_CLEARED,
    "shipped": Code.SHIPPED,
}
"""How a case ended, in the customer's terms; any other end is none of his."""


def state(case: Case, now: datetime) -> CustomerState:
    """Where an opened case stands at `now`."""
    if case.record is not None and case.record.closed is not None:
        return CustomerState(ENDED.get(case.record.closed.outcome, Code.OVER))
    if case.situation in VERIFIED:
        return _claimed(case, now)
    if case.situation is Situation.WRONG_ADDRESS:
        return _address(case, now)
    if case.situation in STOPPED:
        return _stopping(case, now)
    if case.situation is Situation.CUSTOMS_HOLD:
        return _customs(case, now)
    late = case.situation in {Situation.LATE_SHIPMENT, Situation.SUPPLIER_SILENT}
    return CustomerState(_remedy(case) or (Code.LATE if late else Code.UNAVAILABLE))


# --- Proof, claim, verification, remedy -----------------------------------------------------------


def _claimed(case: Case, now: datetime) -> CustomerState:
    claim, remedy = case.claim, _remedy(case)
    if claim is not None and claim.result == "verified":
        return _to_be_completed(case, now, remedy or Code.VERIFIED)
    if claim is not None and claim.result == "refused":
        return CustomerState(remedy or Code.CLAIM_REFUSED)
    adds = frozenset({ADD_EVIDENCE})
    if claim is not None:
        return _checked(case, now, adds)
    if remedy:
        return CustomerState(remedy)
    if case.evidence:
        return CustomerState(Code.BEING_PREPARED, can=adds)
    if EVIDENCE_CLOSES.passed(case, now):
        return CustomerState(Code.SHOP_DECIDES, can=adds)
    return CustomerState(Code.PROOF_WANTED, hear_by=EVIDENCE_CLOSES.due(case), can=adds)


def _checked(case: Case, now: datetime, adds: frozenset[str]) -> CustomerState:
    late = VERIFICATION_OVERDUE.passed(case, now)
    code = Code.CHECKING_LATE if late else Code.CHECKING
    return _counted(case, now, code, VERIFICATION_OVERDUE, adds)


def _to_be_completed(case: Case, now: datetime, code: Code) -> CustomerState:
    if code in {Code.REFUNDED, Code.REISSUED}:
        return CustomerState(code)
    late = REMEDY_WITHIN.passed(case, now)
    return _counted(case, now, Code.REMEDY_LATE if late else code, REMEDY_WITHIN, NOTHING)


def _counted(
    case: Case, now: datetime, code: Code, clock: Deadline, can: frozenset[str]
) -> CustomerState:
    """Working day so and so of up to so many. Nothing is promised for a day that has passed."""
    start, found = clock.counted_from(case), clock.reckon(case)
    if start is None or found is None:
        return CustomerState(code, can=can)
    coming = found.due > now
    return CustomerState(
        code,
        day=business_days.count_between(start, now),
        of=case.terms.deadlines.get(clock.name, clock.count),
        hear_by=found.due if coming else None,
        provisional=coming and found.provisional,
        can=can,
    )


# --- Parcels that are to be stopped, addresses, customs -------------------------------------------


def _stopping(case: Case, now: datetime) -> CustomerState:
    bought, remedy = case.bought_as, _remedy(case)
    if case.situation is Situation.CANCELLATION and case.nothing_bought:
        return CustomerState(remedy or Code.CANCELLING)
    if bought is not None and bought.stopped:
        return CustomerState(remedy or Code.STOPPED)
    if bought is not None and bought.interception == "failed":
        return CustomerState(Code.NOT_STOPPED)
    route = bought.route if bought is not None else Route.UNKNOWN
    if route is Route.DOMESTIC:
        return CustomerState(Code.STOPPING)
    if route is Route.INTERNATIONAL or ROUTE_WITHIN.passed(case, now):
        return CustomerState(Code.ABROAD)
    return CustomerState(Code.LOCATING, hear_by=ROUTE_WITHIN.due(case))


def _address(case: Case, now: datetime) -> CustomerState:
    settled = {case.order.address_settled.get(report.id, "") for report in case.reports}
    doubtful = all(report.by_check for report in case.reports)
    if not case.nothing_bought and not (doubtful and "corrected" not in settled):
        return _stopping(case, now)
    if "corrected" in settled:
        return CustomerState(Code.ADDRESS_CHANGING)
    if "confirmed" in settled:
        return CustomerState(Code.ADDRESS_CONFIRMED)
    return CustomerState(
        Code.ADDRESS_WANTED,
        hear_by=None if ADDRESS_DECIDES.passed(case, now) else ADDRESS_DECIDES.due(case),
        can=frozenset({CONFIRM_ADDRESS, CORRECT_ADDRESS}),
    )


def _customs(case: Case, now: datetime) -> CustomerState:
    if case.customs == "cleared":
        return CustomerState(Code.CUSTOMS_CLEARED)
    if case.customs != "held":
        return CustomerState(_remedy(case) or Code.CUSTOMS_LOST)
    # The next letter is a promise only where letters go out by themselves.
    by_itself = case.terms.goes(case.situation, Clause.LETTER) is Autonomy.AUTO
    letters = [due for d in (CUSTOMS_SECOND, CUSTOMS_THIRD) if (due := d.due(case)) and due > now]
    return CustomerState(
        Code.CUSTOMS_HELD, hear_by=min(letters, default=None) if by_itself else None
    )


# --- Money and goods ------------------------------------------------------------------------------


def _remedy(case: Case) -> Code | None:
    """What the customer gets; None while nobody has said yes to anything."""
    refunds, goods = case.refunds, case.reissues
    if any(_promised(p) for p in refunds):
        return Code.REFUND_COMING
    if any(_promised(p) for p in goods):
        return Code.REISSUE_COMING
    if any(p.state == "done" for p in refunds):
        return Code.REFUNDED
    if any(p.state == "done" for p in goods):
        return Code.REISSUED
    return None


def _promised(planned: PlannedAction) -> bool:
    return planned.alive and planned.state != "waiting"
