"""Returns in the store: ours for a verified claim, and those a customer asks the store for.

They keep the store's books in step and move no money: that goes back through the refund alone,
which waits for none of this. Another's return is never touched.
"""

from __future__ import annotations

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused
from clients.shopify.returns import ACTIVE, Return
from plugin import timeline as t
from plugin.actions import CloseReturn, MirrorReturn, ReadReturn
from plugin.case import Case
from plugin.customer_reports import Told
from plugin.effects.errand import Errand
from plugin.effects.supplier import case_for, too_early
from plugin.facts import mark_in, note_with
from plugin.merchant import NotPossible
from plugin.order import Order
from plugin.terms import Situation

REASONS = {Situation.DAMAGED: "DEFECTIVE", Situation.WRONG_ITEMS: "WRONG_ITEM"}
MEANT = {reason: situation for situation, reason in REASONS.items()}
NOTHING_TO_RETURN = "nothing_to_return"
NO_SCOPE = "ACCESS_DENIED"
AGAIN = 60.0
"""Seconds."""


def mirror_return(errand: Errand) -> None:
    """Open a return for the goods of a verified claim, once."""
    action = t.structured(errand.row.body, MirrorReturn)
    order = errand.order()
    case = case_for(errand, order, order.purchase_of(action.case_id))
    found = _returns(errand)
    if found is None:
        return
    mine = _ours(found, errand.marks())
    if mine is not None:
        errand.done(remote_id=str(mine.id), by="store")
    elif any(one.status in ACTIVE and _about(one, case) for one in found):
        errand.refused("return_there")
    elif not too_early(errand):
        _open(errand, case)


def close_return(errand: Errand) -> None:
    """Close the return we opened, unless somebody did."""
    action = t.structured(errand.row.body, CloseReturn)
    found = _returns(errand)
    if found is None:
        return
    mine = _ours(found, _marks_of(errand.order(), action.case_id))
    if mine is None or mine.status != "OPEN":
        errand.done(by="store")
        return
    if not errand.sending():
        return
    storefront = errand.connections.storefront(errand.row.shop)
    try:
        storefront.close_return(mine.id)
    except OutcomeUnknown as error:
        errand.put_off(AGAIN, error.what)  # what is closed is found closed the next time
    except Refused as error:
        errand.refused(f"store_refused: {error.what}")
    else:
        errand.done(remote_id=str(mine.id), by="store")


def read_return(errand: Errand) -> None:
    """A customer asked the store for a return: where the guide has a rule for it, it is reported.

    A report that was made before is the same report. What the guide knows nothing of (a change of
    mind) stays what it is: a request in the store, for the merchant.
    """
    action = t.structured(errand.row.body, ReadReturn)
    found = _returns(errand)
    if found is None:
        return
    asked = next((one for one in found if one.id == action.return_id), None)
    if asked is None or asked.status not in ACTIVE:
        errand.refused("return_over")
        return
    said = False
    for situation in REASONS:
        lines = [one for one in asked.lines if MEANT.get(one.reason) is situation]
        if lines:
            words = "\n".join(dict.fromkeys(one.said for one in lines if one.said))
            units = tuple((one.line_id, one.quantity) for one in lines)
            told = Told(situation, units, words=words, once=f"return {asked.id}")
            said = _reported(errand, told) or said
    if said:
        errand.done(remote_id=str(asked.id))
    else:
        errand.refused("return_unknown")


def _reported(errand: Errand, told: Told) -> bool:
    try:
        errand.report(told)
    except NotPossible:
        return False
    return True


def _returns(errand: Errand) -> list[Return] | None:
    """The order's returns; None when it was refused because they cannot be seen."""
    storefront = errand.connections.storefront(errand.row.shop)
    try:
        return list(storefront.returns(errand.row.order_id))
    except NeedsAuthorisation as error:
        if error.code != NO_SCOPE:
            raise
        why = "no_scope"
    except Refused as error:
        why = f"store_refused: {error.what}"
    errand.refused(why)
    return None


def _open(errand: Errand, case: Case) -> None:
    record = case.record
    number = record.opened.number if record else ""
    units = [(line_id, len(of_line)) for line_id, of_line in case.units.items() if of_line]
    if not errand.sending():
        return
    storefront = errand.connections.storefront(errand.row.shop)
    try:
        made = storefront.open_return(
            errand.row.order_id,
            units,
            reason=REASONS[case.situation],
            note=note_with(errand.row.mark, number),
        )
    except OutcomeUnknown as error:
        errand.lost(error.what)
    except Refused as error:
        known = error.code == NOTHING_TO_RETURN
        errand.refused(NOTHING_TO_RETURN if known else f"store_refused: {error.what}")
    else:
        errand.done(remote_id=str(made), by="store")


def _ours(found: list[Return], marks: set[str]) -> Return | None:
    return next((o for o in found if any(mark_in(line.note) in marks for line in o.lines)), None)


def _about(one: Return, case: Case) -> bool:
    return any(line.line_id in case.units for line in one.lines)


def _marks_of(order: Order, case_id: str) -> set[str]:
    return {
        mark
        for planned in order.planned.values()
        if isinstance(planned.action, MirrorReturn) and planned.action.case_id == case_id
        for mark in planned.marks
    }
