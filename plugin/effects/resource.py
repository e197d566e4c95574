"""A proposal the merchant said yes to. Nothing is bought by itself: the app prepares the step,
gives one task with one button, and records how it ended. Where an API can let the order's item
come from the other product, it is changed first, so that a person has only to place it and pay.
"""

from __future__ import annotations

from clients.errors import OutcomeUnknown, Refused
from plugin import timeline as t
from plugin.actions import ProposeAlternative
from plugin.effects.errand import Errand
from plugin.effects.supplier import api_for, too_early
from plugin.ports import Sourcing
from plugin.store import shops
from plugin.terms import Alternative
from plugin.verbs import Verb, able

INVITE, REPLACE, CHANGED = "invite", "replace", "resource_changed"


def propose_alternative(errand: Errand) -> None:
    """Carry the merchant's choice out: `source`, `invite` or `replace`."""
    if errand.row.choice == INVITE:
        # The letter is an action of its own, planned once this choice is in the timeline.
        errand.done()
        return
    action = t.structured(errand.row.body, ProposeAlternative)
    line = errand.order().lines.get(action.line_id)
    with errand.db.read() as tx:
        known = shops.alternatives_for(tx, errand.row.shop, [action.sku])
    chosen = next((a for a in known if a.id == action.alternative_id), None)
    changed = chosen is not None and _by_api(errand, action, chosen)
    if changed is None:
        return
    errand.hand_over(
        CHANGED if changed else f"resource_{errand.row.choice or 'source'}",
        {
            "to": "desk",
            "title": line.facts.title if line else action.sku,
            "sku": action.sku,
            "units": str(len(action.units)),
            "supplier": chosen.supplier if chosen else "",
            "url": chosen.url if chosen else "",
        },
    )


def _by_api(errand: Errand, action: ProposeAlternative, chosen: Alternative) -> bool | None:
    """Let this order's item come from the product chosen. False: it was not; None: not yet known.

    The API reads before it writes, so that after a lost answer asking again changes nothing.
    """
    order = errand.order()
    purchase = order.purchases.get(order.purchase_of(errand.row.case_id))
    if errand.row.choice != REPLACE or purchase is None or not chosen.url:
        return False
    api: object = api_for(errand, purchase)
    if not able(api, purchase.connection, Verb.RESOURCE) or not isinstance(api, Sourcing):
        return False
    if too_early(errand) or not errand.sending():
        return None
    try:
        api.change_source(purchase.reference, action.sku, chosen.url)
    except OutcomeUnknown as error:
        errand.lost(error.what)
        return None
    except Refused:
        return False
    return True
