"""The supplier's side, shared by all situations: ask for the money of a purchase, and follow it."""

from __future__ import annotations

from datetime import datetime

from plugin.actions import AskRecovery, ChaseRecovery, Decision, TellMerchant, Topic
from plugin.case import Case
from plugin.deadlines import CHASE_RECOVERY, RECOVERY_SHUTS, Deadline
from plugin.playbooks.why import Why
from plugin.terms import Clause

DEADLINES = (CHASE_RECOVERY, RECOVERY_SHUTS)
CHASES = 4


def recover(
    case: Case,
    now: datetime,
    why: Why,
    *,
    wanted: bool,
    whole: bool,
    not_before: Deadline | None = None,
) -> list[Decision]:
    """Ask once, remind while it stays open, and hand it to the merchant when nobody answers.

    `whole`: everything of the purchase is concerned, so that its price is the sum to ask for.
    `not_before`: a time the supplier has by rule; no reminder goes out before it has passed.
    """
    purchase = case.purchase
    if not case.purchase_id:
        return []
    if case.recovery is None:
        if not wanted or purchase.recovery_state:
            return []
        return [
            AskRecovery(
                why(Clause.RECOVERY),
                purchase_id=purchase.id,
                minor=purchase.cost_minor if whole else 0,
                currency=purchase.cost_currency,
            )
        ]
    if not_before is not None and not not_before.passed(case, now):
        return []
    return [*_remind(case, now), *_before_it_shuts(case, now)]


def _remind(case: Case, now: datetime) -> list[Decision]:
    if not CHASE_RECOVERY.passed(case, now):
        return []
    purchase = case.purchase
    again = Why(case, "recovery_quiet", CHASE_RECOVERY)
    if purchase.chased < CHASES:
        return [
            ChaseRecovery(again(Clause.RECOVERY), purchase_id=purchase.id, nth=purchase.chased + 1)
        ]
    # Nobody answers: the merchant has to take it from here, and the case stays open for it.
    about = f"{case.situation}:{case.purchase_id}"
    return [TellMerchant(again(Clause.TELL), topic=Topic.RECOVERY_STALLED, about=about)]


def _before_it_shuts(case: Case, now: datetime) -> list[Decision]:
    if not case.recovery_open or not RECOVERY_SHUTS.passed(case, now):
        return []
    soon = Why(case, "recovery_shuts", RECOVERY_SHUTS)
    about = f"{case.situation}:{case.purchase_id}"
    return [TellMerchant(soon(Clause.TELL), topic=Topic.RECOVERY_SHUTS, about=about)]
