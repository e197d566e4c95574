"""Stopping a parcel. No interface lets a buyer do it: one task, one button, the clock running."""

from __future__ import annotations

from plugin import timeline as t
from plugin.actions import ChaseInterception, InterceptParcel
from plugin.effects.errand import Errand
from plugin.effects.supplier import case_for, draft_for, look_again
from plugin.terms import Route


def intercept_parcel(errand: Errand) -> None:
    """Prepare the request, unless the parcel went abroad or its fate is known meanwhile."""
    action = t.structured(errand.row.body, InterceptParcel)
    purchase = errand.order().purchases.get(action.purchase_id)
    if purchase is None or not look_again(errand, purchase):
        errand.hand_over("order_not_found")
        return
    purchase = errand.order().purchases[action.purchase_id]
    if purchase.route is Route.INTERNATIONAL:
        errand.refused("international")
    elif purchase.interception or purchase.cancelled_at:
        errand.refused("answered")
    else:
        case = case_for(errand, errand.order(), action.purchase_id)
        errand.hand_over("by_hand_intercept", draft_for("intercept", case))


def chase_interception(errand: Errand) -> None:
    """Ask again what became of it."""
    action = t.structured(errand.row.body, ChaseInterception)
    order = errand.order()
    if order.purchases[action.purchase_id].interception:
        errand.refused("answered")
        return
    case = case_for(errand, order, action.purchase_id)
    errand.hand_over("by_hand", draft_for("chase_intercept", case))
