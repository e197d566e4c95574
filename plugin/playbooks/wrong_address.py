"""9. Wrong address.

Because an international address cannot be mended later, a doubtful one is held and confirmed with
the customer before anything is bought. Nothing bought yet: it is corrected, nothing else. Bought:
as for a cancellation, domestic parcels are stopped and refunded if that succeeds; international
ones can be neither, and the customer is told so plainly.
"""

from __future__ import annotations

from datetime import datetime

from plugin.actions import (
    CloseCase,
    CorrectAddress,
    Decision,
    HoldOrder,
    Letter,
    ReleaseOrder,
    TellMerchant,
    Topic,
    WriteCustomer,
)
from plugin.case import Case
from plugin.deadlines import ADDRESS_DECIDES, ADDRESS_REMINDED
from plugin.order import Order
from plugin.playbooks import interception, remedy
from plugin.playbooks.reporting import reported, taken_in_hand
from plugin.playbooks.why import Why
from plugin.terms import Clause, Situation

SITUATION = Situation.WRONG_ADDRESS
DEADLINES = (ADDRESS_REMINDED, ADDRESS_DECIDES, *interception.DEADLINES)
REQUESTS = (Letter.ADDRESS_ASKED, Letter.ADDRESS_REMINDED)


def questions(order: Order) -> list[tuple[str, tuple[int, ...]]]:
    """Addresses in doubt, by our own check or by somebody's word."""
    return reported(order, SITUATION)


def decide(case: Case, now: datetime) -> list[Decision]:
    """Ask and correct while nothing is bought; stop the parcel once something is."""
    doubtful = all(report.by_check for report in case.reports)
    why = Why(case, "address_doubtful" if doubtful else "wrong_address")
    if not case.opened:
        # A doubt about goods that are bought already comes too late to hold anything.
        return taken_in_hand(case, why) if case.nothing_bought or not doubtful else []
    how = _settled(case)
    if not case.units:
        return _ending(case, why, interception.taken_over(case))
    if case.order.cancelled_at is not None and case.nothing_bought:
        asked = _no_more_questions(case)
        done = [] if remedy.unfinished(case, asked) else [_closed(case, "order_cancelled")]
        return _ending(case, why, [*asked, *done])
    if case.nothing_bought or (doubtful and how != "corrected"):
        return _ask(case, now, why, how)
    hold = tuple(p for p in case.planned if p.action.kind == HoldOrder.kind)
    late = remedy.call_off(case, hold, "bought_meanwhile")
    return [*late, *_ending(case, why, interception.stop(case, now, why))]


def _ending(case: Case, why: Why, decisions: list[Decision]) -> list[Decision]:
    """Our hold is lifted before the case ends, whichever way it ends."""
    if any(isinstance(d, CloseCase) for d in decisions):
        return _let_go(case, why) or decisions
    return decisions


def _closed(case: Case, outcome: str) -> CloseCase:
    return CloseCase(outcome=outcome, because=Why(case, "settled")(Clause.TELL))


def _settled(case: Case) -> str:
    """`corrected` or `confirmed` once somebody has said; a correction counts more."""
    said = [case.order.address_settled.get(report.id, "") for report in case.reports]
    return max(said, key=("", "confirmed", "corrected").index, default="")


def _ask(case: Case, now: datetime, why: Why, how: str) -> list[Decision]:
    hold = HoldOrder(why(Clause.HOLD), case_id=case.id, reason="address")
    if not how:
        return [hold, *_questions_to_the_customer(case, now, why)]
    corrected = [
        CorrectAddress(why(Clause.ADDRESS), report_id=report.id)
        for report in case.reports
        if case.order.address_settled.get(report.id) == "corrected"
    ]
    holding = tuple(p for p in case.planned if p.action.kind == HoldOrder.kind)
    waiting = remedy.call_off(case, holding, "answered")
    asked = [*_no_more_questions(case), *waiting, *corrected]
    if remedy.unfinished(case, asked):
        return asked
    asked += _let_go(case, why)
    if remedy.unfinished(case, asked):
        return asked
    written = [p for p in case.planned if isinstance(p.action, CorrectAddress)]
    refused = bool(written) and not any(p.state == "done" for p in written)
    return [*asked, _closed(case, "declined" if refused else f"address_{how}")]


def _questions_to_the_customer(case: Case, now: datetime, why: Why) -> list[Decision]:
    told = TellMerchant(why(Clause.TELL), topic=Topic.ADDRESS_DOUBTFUL, about=case.id)
    if ADDRESS_DECIDES.passed(case, now):
        late = Why(case, "address_quiet", ADDRESS_DECIDES)
        quiet = TellMerchant(late(Clause.TELL), topic=Topic.ADDRESS_QUIET, about=case.id)
        return [*_no_more_questions(case), quiet]
    if ADDRESS_REMINDED.passed(case, now):
        late = Why(case, "address_quiet", ADDRESS_REMINDED)
        return [_letter(case, late, Letter.ADDRESS_REMINDED)]
    return [told, _letter(case, why, Letter.ADDRESS_ASKED)]


def _letter(case: Case, why: Why, letter: Letter) -> WriteCustomer:
    return WriteCustomer(
        why(Clause.LETTER), letter=letter, about=case.id, line_ids=tuple(case.units)
    )


def _no_more_questions(case: Case) -> list[Decision]:
    asked = tuple(p for p in case.planned if getattr(p.action, "letter", "") in REQUESTS)
    return remedy.call_off(case, asked, "answered")


def _let_go(case: Case, why: Why) -> list[Decision]:
    """Our own hold is lifted once the address is settled, before the case ends."""
    held = any(p.action.kind == HoldOrder.kind and p.state == "done" for p in case.planned)
    release = ReleaseOrder(why(Clause.HOLD), case_id=case.id, held_for="address")
    lifted = release.key in case.order.planned or release.key in case.order.withheld
    return [release] if held and not lifted else []
