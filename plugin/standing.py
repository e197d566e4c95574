"""Where a case stands: whose turn it is, the one thing a person is asked for. Pure.

Lists show it, and so does the order in the store's own admin; both read it off here.
"""

from __future__ import annotations

from plugin.case import Case
from plugin.deadlines import Deadline
from plugin.order import PlannedAction

NEEDS_YOU, WORKING, WAITING, RECOVERING, CLOSED = (
    "needs_you",
    "working",
    "waiting",
    "recovering",
    "closed",
)

URGENT = (
    "refund_customer",
    "choose_remedy",
    "intercept_parcel",
    "reissue_goods",
    "correct_address",
    "cancel_order",
    "ask_verification",
    "urge_supplier",
    "ask_recovery",
    "chase_verification",
    "chase_interception",
    "chase_recovery",
)
"""What a person is asked for first: money, then what cannot wait, then messages by hand."""


def status_of(case: Case, waiting: PlannedAction | None) -> str:
    """Where an open case stands; `waiting` is its next step, if a person is asked for one."""
    if waiting is not None:
        return NEEDS_YOU
    if any(p.state in {"going", "unknown"} for p in case.planned):
        return WORKING
    return RECOVERING if case.recovery_open else WAITING


def next_step(case: Case) -> PlannedAction | None:
    """The one thing a person is asked for: money first, then messages by hand, then proposals."""
    asked = [
        p
        for p in case.planned
        if p.state == "by_hand" or (p.state == "waiting" and p.level == "ask")
    ]
    order = {kind: place for place, kind in enumerate(URGENT)}
    return min(asked, key=lambda p: (order.get(p.action.kind, 9), p.planned_at), default=None)


def is_provisional(case: Case, deadline: Deadline) -> bool:
    """Counted in a calendar that is not announced yet."""
    found = deadline.reckon(case)
    return found is not None and found.provisional
