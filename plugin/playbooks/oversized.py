"""2. Oversized or overweight.

Known from a carrier or supplier refusal, or found by our own check when the order arrives. Refund
the customer; then either adjust the order to the limits (split into parcels that fit) or propose
an alternative product that does.

It is the no-stock route with one way more: the same goods in several parcels. Found on arrival,
before anything is bought, the order is held in the store until a person has decided.
"""

from __future__ import annotations

from datetime import datetime

from plugin.actions import CloseCase, Decision, HoldOrder, ReleaseOrder
from plugin.case import Case
from plugin.order import Order
from plugin.playbooks import no_stock
from plugin.playbooks.reporting import reported, taken_in_hand
from plugin.playbooks.why import Why
from plugin.terms import Clause, Situation

SITUATION = Situation.OVERSIZED
DEADLINES = no_stock.DEADLINES


def questions(order: Order) -> list[tuple[str, tuple[int, ...]]]:
    """Whatever was refused for its size or weight, or found to be over the limits."""
    return reported(order, SITUATION)


def decide(case: Case, now: datetime) -> list[Decision]:
    """Hold what is not bought yet; refund, split or replace; let it go when that is settled."""
    why = Why(case, "oversized")
    if not case.opened:
        if case.nothing_to_wait_for or case.taken_elsewhere:
            return []
        return taken_in_hand(case, why)
    decisions = [*_hold(case, why), *no_stock.route(case, now, why)]
    if any(isinstance(d, CloseCase) for d in decisions):
        return _let_go(case, why) or decisions
    return decisions


def _hold(case: Case, why: Why) -> list[Decision]:
    if not case.nothing_bought or not any(report.by_check for report in case.reports):
        return []
    return [HoldOrder(why(Clause.HOLD), case_id=case.id, reason="parcel")]


def _let_go(case: Case, why: Why) -> list[Decision]:
    """The hold is lifted before the case ends, while somebody still looks after it."""
    release = ReleaseOrder(why(Clause.HOLD), case_id=case.id, held_for="parcel")
    held = any(p.action.kind == HoldOrder.kind and p.state == "done" for p in case.planned)
    lifted = release.key in case.order.planned or release.key in case.order.withheld
    return [release] if held and not lifted else []
