"""How far an action goes by itself: the shop's terms first, then what holds it back.

Only ever less than the terms allow: caps, disputes, what others repaid, and what a letter has
said before. The way past each is a person's word, never a setting.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from plugin.actions import (
    CONTRADICTS,
    Action,
    CancelOrder,
    CloseReturn,
    RefundCustomer,
    ReissueGoods,
    WriteCustomer,
)
from plugin.case import Case
from plugin.terms import Autonomy, Terms

A_DAY = timedelta(days=1)


def how_far(
    terms: Terms, case: Case, action: Action, spent: Callable[[str], int]
) -> tuple[Autonomy, str]:
    """How far this action goes by itself, and why not further.

    `spent` says what went out alone in the last day, in minor units of a currency.
    """
    if isinstance(action, CloseReturn):
        return Autonomy.AUTO, ""  # what was opened by somebody's word needs no second one to end
    level = case.terms.goes(case.situation, action.because.clause)
    if level is not Autonomy.AUTO:
        return level, ""
    held = _held_back(terms, case, action, spent)
    return (Autonomy.ASK, held) if held else (level, "")


def _held_back(terms: Terms, case: Case, action: Action, spent: Callable[[str], int]) -> str:
    match action:
        case RefundCustomer():
            return _money(terms, case, action, spent)
        case ReissueGoods() | CancelOrder():
            return case.order.dispute
        case WriteCustomer():
            return _contradiction(case, action)
        case _:
            return ""


def _money(terms: Terms, case: Case, action: RefundCustomer, spent: Callable[[str], int]) -> str:
    order = case.order
    if order.dispute:
        return order.dispute
    if order.cancelled_at:
        return "order_cancelled"
    if order.gone_elsewhere(action.line_id) or order.repaid_without_lines:
        return "repaid_elsewhere"
    if terms.two_people is not None and terms.two_people.concern(action.minor, action.currency):
        return "two_people"
    cap = terms.cap
    if cap is None:
        return "no_cap"
    if cap.currency != action.currency:
        return "cap_in_another_currency"
    if action.minor > cap.per_refund:
        return "over_cap_per_refund"
    return "over_cap_per_day" if spent(cap.currency) + action.minor > cap.per_day else ""


def _contradiction(case: Case, action: WriteCustomer) -> str:
    """The customer was told otherwise about the same goods before: a person reads both first."""
    against = CONTRADICTS.get(action.letter, frozenset())
    for planned in case.order.planned.values():
        earlier = planned.action
        if not isinstance(earlier, WriteCustomer) or earlier.letter not in against:
            continue
        same = not earlier.line_ids or set(earlier.line_ids) & set(action.line_ids)
        if same and planned.counts and planned.state != "waiting":
            return f"contradicts: {earlier.letter}"
    return ""
