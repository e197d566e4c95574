"""Returns customers ask the store for: which are to be read, where the shop wants them. Pure."""

from __future__ import annotations

from plugin.actions import ReadReturn, Reason
from plugin.order import Order
from plugin.terms import VERIFIED, Autonomy, Clause, Terms


def asked_for(order: Order, terms: Terms) -> list[ReadReturn]:
    """Each once; none in a shop that does without returns."""
    works_with = [s for s in sorted(VERIFIED) if terms.goes(s, Clause.RETURN) is not Autonomy.OFF]
    if not works_with:
        return []
    because = Reason(works_with[0], Clause.RETURN, "return_asked")
    found = [ReadReturn(because, return_id=one) for one in sorted(order.returns_asked)]
    return [action for action in found if action.key not in order.planned]
