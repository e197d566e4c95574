"""Stopping a parcel: one task, one button, the clock running.

What has not left yet can be cancelled by API where there is one for it, once a person said yes;
no interface lets a buyer stop what is on its way.
"""

from __future__ import annotations

from clients.errors import OutcomeUnknown, Refused
from plugin import timeline as t
from plugin.actions import ChaseInterception, InterceptParcel
from plugin.effects.errand import Errand
from plugin.effects.supplier import api_for, case_for, draft_for, look_again, too_early
from plugin.order import Purchase
from plugin.ports import Stopping
from plugin.terms import Route
from plugin.verbs import Verb, able

WANTS_YES = "cancel_wants_yes"


def intercept_parcel(errand: Errand) -> None:
    """Prepare the request, unless the parcel went abroad or its fate is known meanwhile."""
    action = t.structured(errand.row.body, InterceptParcel)
    purchase = errand.order().purchases.get(action.purchase_id)
    if purchase is None or not look_again(errand, purchase):
        errand.hand_over_unseen()
        return
    purchase = errand.order().purchases[action.purchase_id]
    if purchase.route is Route.INTERNATIONAL:
        errand.refused("international")
    elif purchase.interception or purchase.cancelled_at:
        errand.refused("answered")
    elif not _by_api(errand, purchase):
        _by_hand(errand, purchase)


def _by_api(errand: Errand, purchase: Purchase) -> bool:
    """Cancel what has not left. False: nothing was done, a person has to.

    The cancellation is asked for once: where the answer is lost, what became of it is read, and
    a person sees to the rest.
    """
    api = api_for(errand, purchase)
    if api is None or not isinstance(api, Stopping):
        return False
    if errand.row.state == "unknown":
        read = api.order(purchase.reference)
        if read is not None and read.closed:
            errand.done(by="supplier")
        elif not too_early(errand):
            _by_hand(errand, purchase, certain=False)
        return True
    known = able(api, purchase.connection, Verb.INTERCEPT)
    if purchase.shipped_at is not None or not known or not api.stoppable(purchase.reference):
        return False
    if not _said_yes(errand):
        # The platform wants a person's word for every cancellation, whatever the shop's rule.
        errand.hold(WANTS_YES)
        return True
    if not errand.sending():
        return True
    try:
        api.stop(purchase.reference)
    except OutcomeUnknown as error:
        errand.lost(error.what)
    except Refused:
        return False
    else:
        errand.done(by="supplier")
    return True


def _said_yes(errand: Errand) -> bool:
    key = errand.row.key
    return any(isinstance(e.what, t.Approved) and e.what.key == key for e in errand.entries())


def _by_hand(errand: Errand, purchase: Purchase, *, certain: bool = True) -> None:
    case = case_for(errand, errand.order(), purchase.id)
    errand.hand_over("by_hand_intercept", draft_for("intercept", case), certain=certain)


def chase_interception(errand: Errand) -> None:
    """Ask again what became of it."""
    action = t.structured(errand.row.body, ChaseInterception)
    order = errand.order()
    if order.purchases[action.purchase_id].interception:
        errand.refused("answered")
        return
    case = case_for(errand, order, action.purchase_id)
    errand.hand_over("by_hand", draft_for("chase_intercept", case))
