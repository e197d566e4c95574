"""Money that comes back from suppliers, asked for through an API or by the people in between."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.sandbox import moments, purchases
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

ASKED, PAID, CLOSED = "waitselleragree", "refundsuccess", "refundclose"

REFUSAL = "货已备好，无法退款。"


def ask(ground: Ground, reference: str, minor: int, reason: str, at: datetime) -> str:
    """A refund is asked for; gives its id. What comes of it is in the purchase's fate."""
    with ground.ledger.writing():
        number = ground.ledger.count("supplier refund")
        refund_id = f"TQ{6_010_000_000_000 + 7 * number}"
        ground.ledger.add(
            "supplier_refunds",
            id=refund_id,
            reference=reference,
            status=ASKED,
            amount_minor=minor,
            reason=reason,
            asked_at=moments.text(at),
            changed_at=moments.text(at),
        )
        _decide(ground, reference, refund_id, minor, at)
    return refund_id


def ask_by_hand(ground: Ground, order_id: int, lines: set[int], at: datetime) -> None:
    """The customer of some lines has his money; the merchant's people ask the supplier for theirs.

    Purchases with an API are left alone: there the app itself has to ask.
    """
    for purchase in purchases.of_order(ground, order_id):
        concerned = any(line in lines for line, _ in purchase["lines"])
        open_still = purchase["status"] == purchases.WAITING or purchases.at_fault(purchase)
        waiting = open_still and not purchase.get("recovery_asked")
        if concerned and waiting and purchase["connection"] == "by_hand":
            with ground.ledger.writing():
                ground.ledger.amend("purchases", purchase["reference"], recovery_asked=True)
                _decide(ground, purchase["reference"], None, purchase["cost_minor"], at)


def unfold(ground: Ground, doc: Row, at: datetime) -> None:
    """One step of a recovery that was decided earlier: agreed, received or refused.

    Goods that are on their way are not paid back; a recovery ends once.
    """
    word, reference = doc["word"], doc["reference"]
    purchase = purchases.find(ground, reference)
    if purchase.get("recovery") in {"received", "refused"}:
        return
    if purchase["status"] == purchases.SHIPPED and not purchases.at_fault(purchase):
        word = "refused"
    with ground.ledger.writing():
        if doc.get("refund_id"):
            _mark(ground, doc["refund_id"], word, at)
        message = REFUSAL if word == "refused" else ""
        purchases.tell_recovery(ground, word, reference, at, minor=doc["minor"], message=message)


def pay(ground: Ground, reference: str, at: datetime) -> None:
    """The supplier pays now, whatever his fate was."""
    purchase = purchases.find(ground, reference)
    with ground.ledger.writing():
        for row in of(ground, reference):
            if row["status"] == ASKED:
                _mark(ground, row["id"], "received", at)
        purchases.tell_recovery(ground, "received", reference, at, minor=purchase["cost_minor"])


def of(ground: Ground, reference: str) -> list[Row]:
    """The refunds asked for a purchase."""
    sql = "SELECT * FROM supplier_refunds WHERE reference = ? ORDER BY id"
    return ground.ledger.rows(sql, reference)


def _decide(
    ground: Ground, reference: str, refund_id: str | None, minor: int, at: datetime
) -> None:
    fate = purchases.find(ground, reference)["fate"]
    days = fate.get("recovery_days", 3)
    steps = [("agreed", 1), ("received", days)] if fate.get("pays", True) else [("refused", days)]
    for word, after in steps:
        ground.schedule(
            at + timedelta(days=after),
            "recovery",
            word=word,
            reference=reference,
            refund_id=refund_id,
            minor=minor,
        )


def _mark(ground: Ground, refund_id: str, word: str, at: datetime) -> None:
    status = {"received": PAID, "refused": CLOSED}.get(word)
    row = ground.ledger.row("SELECT * FROM supplier_refunds WHERE id = ?", refund_id)
    if row is None or row["status"] != ASKED:
        return
    if word == "agreed":
        ground.ledger.amend("supplier_refunds", refund_id, agreed=True)
    if status is not None:
        ground.ledger.amend(
            "supplier_refunds",
            refund_id,
            status=status,
            reject_reason=REFUSAL if word == "refused" else "",
            changed_at=moments.text(at),
        )
