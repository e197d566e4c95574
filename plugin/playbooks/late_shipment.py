"""3. Late shipment.

Counted from the promised ship-by date; without one, from payment plus the supplier's handling
days. 2 days overdue: urge the supplier, at once and once, and tell the merchant. 4 days overdue:
take the no-stock route, other supplier included.

Only for domestic shipment, the guide notes: on international purchases, and on those whose route
nobody knows, both clocks only alert the merchant. The clocks stop when the purchase ships, is
cancelled or is refunded.
"""

from __future__ import annotations

from datetime import datetime

from plugin.actions import CloseCase, Decision, TellMerchant, Topic, UrgeSupplier
from plugin.case import Case
from plugin.deadlines import RESOURCE_WITHIN, TREAT_AS_NO_STOCK, URGE_SUPPLIER
from plugin.order import Order
from plugin.playbooks import no_stock, recovery
from plugin.playbooks.why import Why
from plugin.terms import Clause, Situation

SITUATION = Situation.LATE_SHIPMENT
DEADLINES = (URGE_SUPPLIER, TREAT_AS_NO_STOCK, RESOURCE_WITHIN, *recovery.DEADLINES)


def questions(order: Order) -> list[tuple[str, tuple[int, ...]]]:
    """Every purchase that has yet to leave, and whatever of an order no purchase serves."""
    asked = dict.fromkeys([*order.purchases, ""])
    return [(purchase_id, ()) for purchase_id in asked if order.awaits(purchase_id)]


def decide(case: Case, now: datetime) -> list[Decision]:
    """Urge after two days, take the no-stock route after four."""
    if case.took_the_no_stock_route:
        return no_stock.route(case, now, _treated_as_no_stock(case))
    if case.taken_elsewhere:
        return _close(case, "taken_over")
    if case.nothing_to_wait_for:
        return _close(case, case.how_it_ended)
    if case.being_stopped:
        return []  # nobody is asked to ship what is to be stopped
    if not case.acts_on_route:
        return _alert(case, now)
    if TREAT_AS_NO_STOCK.passed(case, now):
        return no_stock.route(case, now, _treated_as_no_stock(case))
    if URGE_SUPPLIER.passed(case, now):
        return _urge(case)
    return []


def _urge(case: Case) -> list[Decision]:
    why = Why(case, "overdue", URGE_SUPPLIER)
    return [
        UrgeSupplier(why(Clause.URGE), purchase_id=case.purchase_id),
        TellMerchant(why(Clause.TELL), topic=Topic.LATE, about=case.purchase_id),
    ]


def _alert(case: Case, now: datetime) -> list[Decision]:
    if TREAT_AS_NO_STOCK.passed(case, now):
        topic, deadline = Topic.STILL_LATE_ABROAD, TREAT_AS_NO_STOCK
    elif URGE_SUPPLIER.passed(case, now):
        topic, deadline = Topic.LATE_ABROAD, URGE_SUPPLIER
    else:
        return []
    why = Why(case, "overdue_abroad", deadline)
    return [TellMerchant(why(Clause.TELL), topic=topic, about=case.purchase_id)]


def _treated_as_no_stock(case: Case) -> Why:
    return Why(case, "overdue_no_stock", TREAT_AS_NO_STOCK)


def _close(case: Case, outcome: str) -> list[Decision]:
    if not case.opened:
        return []
    because = Why(case, outcome)(Clause.TELL)
    return [*no_stock.call_off_words(case), CloseCase(outcome=outcome, because=because)]
