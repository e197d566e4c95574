"""What situations 6 and 7 share: proof, claim, verification, remedy.

The customer reports through a link in their language, or the merchant opens the case. At least
one photo or video; reminders on day 3 and 7; with nothing after 14 days the merchant decides. A
pack with the facts and the numbered evidence is handed in to be verified, which takes 10 to 30
business days: no chasing before 10, overdue after 30. Verified: reissue or refund, to be completed
within 15 further business days, counted from the verification; overdue is chased. Refused: the
customer gets an honest answer with the reason; the merchant may still refund from his own purse.
"""

from __future__ import annotations

from datetime import datetime

from plugin.actions import (
    AskVerification,
    ChaseVerification,
    ChooseRemedy,
    CloseCase,
    Decision,
    Letter,
    TellMerchant,
    Topic,
    WriteCustomer,
)
from plugin.case import Case
from plugin.deadlines import (
    CHASE_VERIFICATION,
    CLAIM_BY,
    EVIDENCE_CLOSES,
    EVIDENCE_SECOND,
    EVIDENCE_SETTLES,
    EVIDENCE_THIRD,
    REMEDY_WITHIN,
    VERIFICATION_EARLIEST,
    VERIFICATION_OVERDUE,
)
from plugin.playbooks import mirror, recovery, remedy
from plugin.playbooks.reporting import taken_in_hand
from plugin.playbooks.why import Why
from plugin.terms import Clause, Remedy

DEADLINES = (
    EVIDENCE_SECOND,
    EVIDENCE_THIRD,
    EVIDENCE_CLOSES,
    EVIDENCE_SETTLES,
    CLAIM_BY,
    VERIFICATION_EARLIEST,
    VERIFICATION_OVERDUE,
    CHASE_VERIFICATION,
    REMEDY_WITHIN,
    *recovery.DEADLINES,
)
CHASES = 4
REQUESTS = (Letter.EVIDENCE_ASKED, Letter.EVIDENCE_REMINDED, Letter.EVIDENCE_LAST_CALL)


def decide(case: Case, now: datetime, why: Why) -> list[Decision]:
    """From the report to the money or the goods, one stage at a time."""
    if not case.opened:
        return taken_in_hand(case, why)
    told = [TellMerchant(why(Clause.TELL), topic=Topic.PROBLEM_REPORTED, about=case.id)]
    return [*told, *_stage(case, now, why)]


def _stage(case: Case, now: datetime, why: Why) -> list[Decision]:
    claim = case.claim
    if claim is not None:
        asked = [*_no_more_requests(case), _letter(case, why, Letter.CLAIM_SENT)]
        match claim.result:
            case "verified":
                return _verified(case, now, asked)
            case "refused":
                return _refused(case, now, asked)
            case _:
                return [*asked, *_await_result(case, now)]
    if case.evidence:
        return _hand_in(case, now, why)
    return _ask_for_proof(case, now, why)


# --- Proof --------------------------------------------------------------------------------------


def _ask_for_proof(case: Case, now: datetime, why: Why) -> list[Decision]:
    """One request at a time: what an outage made us miss is not sent in a heap."""
    if EVIDENCE_CLOSES.passed(case, now):
        return [*_no_more_requests(case), *_without_proof(case, now)]
    if EVIDENCE_THIRD.passed(case, now):
        return [_letter(case, Why(case, "no_evidence", EVIDENCE_THIRD), Letter.EVIDENCE_LAST_CALL)]
    if EVIDENCE_SECOND.passed(case, now):
        return [_letter(case, Why(case, "no_evidence", EVIDENCE_SECOND), Letter.EVIDENCE_REMINDED)]
    return [_letter(case, why, Letter.EVIDENCE_ASKED)]


def _without_proof(case: Case, now: datetime) -> list[Decision]:
    why = Why(case, "no_evidence", EVIDENCE_CLOSES)
    decisions: list[Decision] = [
        TellMerchant(why(Clause.TELL), topic=Topic.NO_EVIDENCE, about=case.id),
        ChooseRemedy(
            why(Clause.REMEDY),
            case_id=case.id,
            of="no_evidence",
            choices=("refund", "none"),
            wish=case.wish,
        ),
    ]
    match case.chosen("no_evidence"):
        case "refund":
            return [*decisions, *_from_own_purse(case, why)]
        case "none":
            asked = [*decisions, _letter(case, why, Letter.NO_EVIDENCE)]
            return [*asked, *_close(case, "no_evidence", asked)]
        case _:
            return decisions


def _no_more_requests(case: Case) -> list[Decision]:
    requests = tuple(p for p in case.planned if getattr(p.action, "letter", "") in REQUESTS)
    return remedy.call_off(case, requests, "no_longer_needed")


# --- The claim ----------------------------------------------------------------------------------


def _hand_in(case: Case, now: datetime, why: Why) -> list[Decision]:
    withdrawn = [*_no_more_requests(case), *_no_more_choice(case)]
    if not EVIDENCE_SETTLES.passed(case, now):
        return withdrawn
    claim = AskVerification(why(Clause.VERIFY), case_id=case.id, purchase_id=case.purchase_id)
    if any(p.state == "declined" and p.key == claim.key for p in case.planned):
        return [*withdrawn, *_not_handed_in(case)]
    return [*withdrawn, claim]


def _not_handed_in(case: Case) -> list[Decision]:
    """A person would not have it verified: what the customer gets is his to say as well."""
    why = Why(case, "not_claimed")
    choose = ChooseRemedy(
        why(Clause.REMEDY),
        case_id=case.id,
        of="not_claimed",
        choices=("refund", "none"),
        wish=case.wish,
    )
    match case.chosen("not_claimed"):
        case "refund":
            return [choose, *_from_own_purse(case, why)]
        case "none":
            return [choose, *_close(case, "declined", [choose])]
        case _:
            return [choose]


def _no_more_choice(case: Case) -> list[Decision]:
    """Proof came after all: there is nothing to decide without it."""
    return remedy.call_off(case, case.choices("no_evidence"), "evidence_came")


def _await_result(case: Case, now: datetime) -> list[Decision]:
    if not VERIFICATION_OVERDUE.passed(case, now):
        return []
    why = Why(case, "verification_overdue", VERIFICATION_OVERDUE)
    told = TellMerchant(why(Clause.TELL), topic=Topic.VERIFICATION_OVERDUE, about=case.id)
    chased = case.claim.chased if case.claim else 0
    if chased >= CHASES or (chased and not CHASE_VERIFICATION.passed(case, now)):
        return [told]
    return [
        told,
        ChaseVerification(
            why(Clause.VERIFY), case_id=case.id, purchase_id=case.purchase_id, nth=chased + 1
        ),
    ]


# --- The remedy ---------------------------------------------------------------------------------


def _verified(case: Case, now: datetime, asked: list[Decision]) -> list[Decision]:
    why = Why(case, "verified")
    decisions = [*asked, *_no_more_chasing(case), *mirror.opened(case, why)]
    way = str(case.terms.remedy)
    if case.terms.remedy is Remedy.CHOOSE:
        decisions.append(
            ChooseRemedy(
                why(Clause.REMEDY),
                case_id=case.id,
                of="verified",
                choices=("refund", "reissue"),
                wish=case.wish,
            )
        )
        way = case.chosen("verified")
    if way == "refund":
        decisions += remedy.refunds(case, why, case.unsettled)
    elif way == "reissue":
        decisions += remedy.reissues(case, why, case.unsettled)
    decisions += _overdue(case, now)
    decisions += recovery.recover(
        case, now, why, wanted=True, whole=_whole_purchase(case), not_before=REMEDY_WITHIN
    )
    decisions += remedy.letters(case, why)
    outcome = {"refund": "refunded", "reissue": "reissued", "none": "declined"}.get(way, "")
    if not outcome:
        return decisions
    decisions += mirror.closed(case, decisions)
    return [*decisions, *_close(case, outcome, decisions)]


def _overdue(case: Case, now: datetime) -> list[Decision]:
    """15 business days after the verification the remedy should be complete."""
    done = any(p.state == "done" for p in (*case.refunds, *case.reissues))
    if (done and not case.recovery_open) or not REMEDY_WITHIN.passed(case, now):
        return []
    why = Why(case, "remedy_overdue", REMEDY_WITHIN)
    return [TellMerchant(why(Clause.TELL), topic=Topic.REMEDY_OVERDUE, about=case.id)]


def _refused(case: Case, now: datetime, asked: list[Decision]) -> list[Decision]:
    why = Why(case, "claim_refused")
    decisions = [
        *asked,
        *_no_more_chasing(case),
        _letter(case, why, Letter.CLAIM_REFUSED),
        ChooseRemedy(
            why(Clause.REMEDY),
            case_id=case.id,
            of="refused",
            choices=("refund", "none"),
            wish=case.wish,
        ),
    ]
    match case.chosen("refused"):
        case "refund":
            return [*decisions, *_from_own_purse(case, why)]
        case "none":
            return [*decisions, *_close(case, "claim_refused", decisions)]
        case _:
            return decisions


def _from_own_purse(case: Case, why: Why) -> list[Decision]:
    """Nothing comes back from anybody for this refund: the reason says so, and so do the books."""
    refunds = remedy.refunds(case, why, case.unsettled, "own_purse")
    asked = [*refunds, *remedy.letters(case, why)]
    return [*asked, *_close(case, "own_purse", asked)]


def _no_more_chasing(case: Case) -> list[Decision]:
    chasing = tuple(p for p in case.planned if isinstance(p.action, ChaseVerification))
    return remedy.call_off(case, chasing, "answered")


def _whole_purchase(case: Case) -> bool:
    """Only then is the sum known; part of a purchase has a price nobody told us."""
    return dict(case.units) == dict(case.purchase.units)


# --- Helpers ------------------------------------------------------------------------------------


def _letter(case: Case, why: Why, letter: Letter) -> WriteCustomer:
    return WriteCustomer(
        why(Clause.LETTER), letter=letter, about=case.id, line_ids=tuple(case.units)
    )


def _close(case: Case, outcome: str, asked: list[Decision]) -> list[Decision]:
    if remedy.unfinished(case, asked):
        return []
    because = Why(case, "settled")(Clause.TELL)
    return [CloseCase(outcome=outcome, because=because)]
