"""5. Customs hold.

Known from tracking (a customs state lasting longer than the merchant allows), from a supplier
push, from the desk's e-mail, or by hand. The merchant gets a customs-clearance reminder at once
and at 3 and 7 days until cleared; each carries a ready message to the customer. Cleared: both are
told. Returned or destroyed: the merchant's decision, with the facts beside it.
"""

from __future__ import annotations

from datetime import datetime

from plugin.actions import (
    AskRecovery,
    ChooseRemedy,
    CloseCase,
    Decision,
    Letter,
    OpenCase,
    TellMerchant,
    Topic,
    WriteCustomer,
)
from plugin.case import Case
from plugin.deadlines import CUSTOMS_ALLOWED, CUSTOMS_SECOND, CUSTOMS_THIRD
from plugin.order import Order
from plugin.playbooks import recovery, remedy
from plugin.playbooks.reporting import reported
from plugin.playbooks.why import Why
from plugin.terms import Clause, Situation

SITUATION = Situation.CUSTOMS_HOLD
DEADLINES = (CUSTOMS_ALLOWED, CUSTOMS_SECOND, CUSTOMS_THIRD, *recovery.DEADLINES)
LOST = frozenset({"returned", "destroyed"})
REMINDERS = (Letter.CUSTOMS_HELD, Letter.CUSTOMS_STILL_HELD, Letter.CUSTOMS_HELD_LONG)


def questions(order: Order) -> list[tuple[str, tuple[int, ...]]]:
    """Every purchase whose parcel was stopped at customs."""
    return reported(order, SITUATION)


def decide(case: Case, now: datetime) -> list[Decision]:
    """Remind at once, after 3 and after 7 days; tell both when it is over."""
    state = case.customs
    if not case.opened:
        return _open(case, now)
    if state == "held":
        return _remind(case, now)
    reminders = tuple(p for p in case.planned if getattr(p.action, "letter", "") in REMINDERS)
    over = remedy.call_off(case, reminders, f"customs_{state}")
    if state not in LOST:
        # It was thought lost, and is not: nothing that was chosen for that case goes out.
        asked = [p for p in case.planned if isinstance(p.action, AskRecovery)]
        chosen = (*case.refunds, *case.reissues, *case.choices("returned"), *asked)
        over += remedy.call_off(case, chosen, f"customs_{state}")
    return [*over, *(_lost(case, now) if state in LOST else _cleared(case))]


def _open(case: Case, now: datetime) -> list[Decision]:
    """At once when somebody told us; a stop read off the tracking has to last.

    Goods that come back or are gone are a case, even if nobody told us of the stop before.
    """
    if case.customs in LOST:
        return [OpenCase(Why(case, "customs_returned")(Clause.TELL))]
    short = case.purchase.customs_tracked and not CUSTOMS_ALLOWED.passed(case, now)
    if case.customs != "held" or short:
        return []
    deadline = CUSTOMS_ALLOWED if case.purchase.customs_tracked else None
    return [OpenCase(Why(case, "customs_held", deadline)(Clause.TELL))]


def _remind(case: Case, now: datetime) -> list[Decision]:
    """One reminder at a time: what an outage made us miss is not sent in a heap."""
    if CUSTOMS_THIRD.passed(case, now):
        why = Why(case, "customs_held", CUSTOMS_THIRD)
        return _told(case, why, Topic.CUSTOMS_HELD_LONG, Letter.CUSTOMS_HELD_LONG)
    if CUSTOMS_SECOND.passed(case, now):
        why = Why(case, "customs_held", CUSTOMS_SECOND)
        return _told(case, why, Topic.CUSTOMS_STILL_HELD, Letter.CUSTOMS_STILL_HELD)
    return _told(case, Why(case, "customs_held"), Topic.CUSTOMS_HELD, Letter.CUSTOMS_HELD)


def _told(case: Case, why: Why, topic: Topic, letter: Letter) -> list[Decision]:
    return [
        TellMerchant(why(Clause.TELL), topic=topic, about=case.id),
        WriteCustomer(why(Clause.LETTER), letter=letter, about=case.id, line_ids=tuple(case.units)),
    ]


def _cleared(case: Case) -> list[Decision]:
    why = Why(case, "customs_cleared")
    told = _told(case, why, Topic.CUSTOMS_CLEARED, Letter.CUSTOMS_CLEARED)
    return [*told, *_close(case, why, "cleared", told)]


def _lost(case: Case, now: datetime) -> list[Decision]:
    why = Why(case, "customs_returned")
    decisions: list[Decision] = [
        TellMerchant(why(Clause.TELL), topic=Topic.CUSTOMS_RETURNED, about=case.id),
        ChooseRemedy(
            why(Clause.REMEDY),
            case_id=case.id,
            of="returned",
            choices=("refund", "reissue", "none"),
        ),
    ]
    match case.chosen("returned"):
        case "refund":
            decisions += remedy.refunds(case, why, case.unsettled)
        case "reissue":
            decisions += remedy.reissues(case, why, case.unsettled)
        case "none":
            return [*decisions, *_close(case, why, "declined", [])]
        case _:
            return decisions
    decisions += recovery.recover(case, now, why, wanted=True, whole=True)
    decisions += remedy.letters(case, why)
    outcome = "reissued" if case.chosen("returned") == "reissue" else "refunded"
    return [*decisions, *_close(case, why, outcome, decisions)]


def _close(case: Case, why: Why, outcome: str, asked: list[Decision]) -> list[Decision]:
    if remedy.unfinished(case, asked):
        return []
    return [CloseCase(outcome=outcome, because=why(Clause.TELL, "settled"))]
