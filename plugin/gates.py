"""The guide's gates: what must have happened before money leaves, read off the facts once more.

The rules in `playbooks/` plan nothing that does not fit. These look again, right before the call,
from the facts alone: a fault in a rule must not become a payment.
"""

from __future__ import annotations

from plugin.actions import ChooseRemedy, RefundCustomer
from plugin.order import Order
from plugin.terms import BEFORE_SHIPPING, STOPPED, VERIFIED, Remedy, Situation


def why_not(order: Order, action: RefundCustomer, case_id: str) -> str:
    """Why these units are not to be paid for, or not any more; empty when they are."""
    units = set(action.units)
    if action.line_id not in order.lines:
        return "line_not_found"
    if units & set(order.gone_elsewhere(action.line_id)):
        return "repaid_elsewhere"
    closed = _gate(order, action, case_id)
    if closed:
        return closed
    both = {u for (line, u) in order.both_allowed if line == action.line_id}
    # Goods the case itself is about have failed: they are not the ones that are coming.
    coming = order.goods_coming(action.line_id, besides=order.purchase_of(case_id))
    if (units & set(coming)) - both:
        return "goods_coming"
    return ""


def _gate(order: Order, action: RefundCustomer, case_id: str) -> str:
    record = order.cases.get(case_id)
    situation = record.opened.situation if record else Situation.NO_STOCK
    if situation in VERIFIED:
        return "" if _verified(order, case_id) else "not_verified"
    shipped = bool(set(action.units) & set(order.shipped(action.line_id)))
    if situation in STOPPED:
        return _stopped(order, action, case_id, shipped=shipped)
    if situation in BEFORE_SHIPPING and shipped:
        return "shipped"
    if situation is Situation.CUSTOMS_HOLD:
        purchase = order.purchases.get(order.purchase_of(case_id))
        if purchase is None or purchase.customs not in {"returned", "destroyed"}:
            return "customs_cleared"
        return "" if _chosen(order, case_id) else "choose"
    return ""


def _verified(order: Order, case_id: str) -> bool:
    """By the platform, or paid from the merchant's own purse by his own choice."""
    claim = order.claims.get(case_id)
    return (claim is not None and claim.result == "verified") or _chosen(order, case_id)


def _chosen(order: Order, case_id: str) -> bool:
    return any(
        p.case_id == case_id
        and isinstance(p.action, ChooseRemedy)
        and p.choice == Remedy.REFUND
        and p.state in {"going", "done"}
        for p in order.planned.values()
    )


def _stopped(order: Order, action: RefundCustomer, case_id: str, *, shipped: bool) -> str:
    """Domestic: only once the parcel was stopped. International: never. Unbought: freely."""
    own = order.purchase_of(case_id)
    serving = [
        p
        for p in order.purchases.values()
        if p.id and (p.id == own or set(action.units) & set(p.units.get(action.line_id, ())))
    ]
    if any(not p.stopped for p in serving):
        return "not_intercepted"
    return "shipped" if shipped and not serving else ""
