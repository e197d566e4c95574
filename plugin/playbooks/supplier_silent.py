"""4. Supplier unresponsive.

No answer within 48 hours of an urge or a question: refund under the no-stock route, so that the
customer is not left waiting. The guide gives no time; 48 hours is ours.
"""

from __future__ import annotations

from datetime import datetime

from plugin.actions import CloseCase, Decision
from plugin.case import Case
from plugin.deadlines import RESOURCE_WITHIN, SUPPLIER_SILENT
from plugin.order import Order
from plugin.playbooks import no_stock, recovery
from plugin.playbooks.why import Why
from plugin.terms import Clause, Situation

SITUATION = Situation.SUPPLIER_SILENT
DEADLINES = (SUPPLIER_SILENT, RESOURCE_WITHIN, *recovery.DEADLINES)


def questions(order: Order) -> list[tuple[str, tuple[int, ...]]]:
    """Every purchase that has yet to leave, and whose supplier owes an answer."""
    owed = [p.id for p in order.purchases.values() if p.asked_at and not p.answered_at]
    return [(purchase_id, ()) for purchase_id in owed if order.awaits(purchase_id)]


def decide(case: Case, now: datetime) -> list[Decision]:
    """After 48 hours of silence, the no-stock route."""
    why = Why(case, "silent", SUPPLIER_SILENT)
    if case.took_the_no_stock_route:
        return no_stock.route(case, now, why)
    if case.taken_elsewhere or case.nothing_to_wait_for:
        return _close(case, why)
    if not case.being_stopped and SUPPLIER_SILENT.passed(case, now):
        return no_stock.route(case, now, why)
    return []


def _close(case: Case, why: Why) -> list[Decision]:
    if not case.opened:
        return []
    outcome = "taken_over" if case.taken_elsewhere else case.how_it_ended
    closed = CloseCase(outcome=outcome, because=why(Clause.TELL, outcome))
    return [*no_stock.call_off_words(case), closed]
