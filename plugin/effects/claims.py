"""Claims: handing them in to be verified, and asking what became of them.

No public interface asks Tmall to verify: where the supplier has one that takes a claim with
pictures, that is used; else the pack is ready, one task with one button, and the clock starts when
a person says it was sent.
"""

from __future__ import annotations

from clients.errors import OutcomeUnknown, Refused
from clients.money import Money
from plugin import timeline as t
from plugin.actions import AskVerification, ChaseVerification
from plugin.case import Case
from plugin.effects.errand import Errand
from plugin.effects.supplier import api_for, case_for, draft_for, too_early
from plugin.ports import Supplier
from plugin.store import reports
from plugin.verbs import Verb, able

MOST_PICTURES = 5
DESCRIPTION = "The goods arrived wrong, incomplete or damaged; see the pictures."


def ask_verification(errand: Errand) -> None:
    """Hand the claim in, once."""
    action = t.structured(errand.row.body, AskVerification)
    case = case_for(errand, errand.order(), action.purchase_id)
    supplier = api_for(errand, case.purchase)
    if supplier is None or not able(supplier, case.purchase.connection, Verb.PHOTO_EVIDENCE):
        errand.hand_over("by_hand_verify", draft_for("verify", case))
        return
    # A supplier knows no idempotency keys: what he has is read before anything is said.
    reference = case.purchase.reference
    asked = next((r for r in supplier.refunds(reference) if r.state != "refused"), None)
    if asked is not None:
        errand.done(remote_id=asked.id, by="supplier")
    elif not too_early(errand):
        _claim(errand, supplier, case)


def chase_verification(errand: Errand) -> None:
    """Ask for the result, unless it has come meanwhile."""
    action = t.structured(errand.row.body, ChaseVerification)
    case = case_for(errand, errand.order(), action.purchase_id)
    if case.claim is not None and case.claim.result:
        errand.refused("answered")
        return
    errand.hand_over("by_hand", draft_for("chase_verify", case))


def _claim(errand: Errand, supplier: Supplier, case: Case) -> None:
    found = supplier.order(case.purchase.reference)
    if found is None:
        errand.hand_over("purchase_not_found", draft_for("verify", case))
        return
    paid = found.paid
    if paid is None or dict(case.units) != dict(case.purchase.units):
        # Part of a purchase has a price nobody told us, and a sum is never guessed.
        errand.hand_over("amount_differs", draft_for("verify", case))
        return
    pictures = _pictures(errand, case.id)
    if not pictures or not errand.freeze({"pictures": len(pictures)}, paid.minor):
        if not pictures:
            errand.hand_over("by_hand_verify", draft_for("verify", case))
        return
    amount = Money(paid.minor, paid.currency)
    try:
        remote_id = supplier.claim(
            case.purchase.reference, found.entries, amount, DESCRIPTION, pictures
        )
    except OutcomeUnknown as error:
        errand.lost(error.what)
    except Refused as error:
        errand.hand_over(f"{error.service} refused: {error.what}", draft_for("verify", case))
    else:
        errand.done(remote_id=remote_id, by="supplier")


def _pictures(errand: Errand, case_id: str) -> list[bytes]:
    """The copies that may leave: upright, small enough, without anything the camera wrote."""
    keep = errand.connections.evidence()
    with errand.db.read() as tx:
        kept = reports.evidence_of(tx, errand.row.shop, case_id)
    found = []
    for one in kept:
        for name in ("claim.jpg", "still-1.jpg"):
            path = keep.derived(one.evidence_id, name)
            if path.is_file():
                found.append(path.read_bytes())
                break
    return found[:MOST_PICTURES]
