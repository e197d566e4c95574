"""A proposal the merchant said yes to. No API changes a product's source or buys for us yet, so
the app prepares the step, gives one task with one button, and records how it ended."""

from __future__ import annotations

from plugin import timeline as t
from plugin.actions import ProposeAlternative
from plugin.effects.errand import Errand
from plugin.store import shops

INVITE = "invite"


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
    errand.hand_over(
        f"resource_{errand.row.choice or 'source'}",
        {
            "to": "desk",
            "title": line.facts.title if line else action.sku,
            "sku": action.sku,
            "units": str(len(action.units)),
            "supplier": chosen.supplier if chosen else "",
            "url": chosen.url if chosen else "",
        },
    )
