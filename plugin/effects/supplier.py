"""Urging suppliers and asking our money back from them: by API where there is one, else by hand.

A supplier's API knows no idempotency keys: from the second attempt on it is read before anything
is said again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from clients import desk
from clients.errors import OutcomeUnknown
from clients.money import Money
from plugin import timeline as t
from plugin.actions import AskRecovery, ChaseRecovery, UrgeSupplier
from plugin.case import Case
from plugin.effects.errand import Errand
from plugin.facts import events_from
from plugin.order import Order, Purchase
from plugin.ports import Supplier
from plugin.store import outbox, shops
from plugin.terms import Situation

NOT_SHIPPED_YET = "refundWaitSellerSend"
OUT_OF_STOCK_WORDS = ("缺货", "无货", "out of stock")


def urge_supplier(errand: Errand) -> None:
    """Ask for an overdue purchase to be shipped, unless it has left meanwhile."""
    action = t.structured(errand.row.body, UrgeSupplier)
    before = _case(errand, errand.order(), action.purchase_id)
    if not _look_again(errand, before.purchase):
        errand.hand_over("order_not_found")
        return
    case = _case(errand, errand.order(), action.purchase_id)
    if case.nothing_to_wait_for:
        errand.refused(case.how_it_ended)
        return
    supplier = _api(errand, case.purchase)
    if supplier is None:
        errand.hand_over("by_hand", _draft(desk.urge, case, to="supplier"))
    elif not _too_early(errand) and errand.sending():
        try:
            supplier.urge(case.purchase.reference)
        except OutcomeUnknown as error:
            errand.lost(error.what)
        else:
            errand.done(by="supplier")


def ask_recovery(errand: Errand) -> None:
    """Ask for a purchase's money back, once."""
    action = t.structured(errand.row.body, AskRecovery)
    order = errand.order()
    case = _case(errand, order, action.purchase_id)
    supplier = _api(errand, case.purchase)
    if supplier is None:
        errand.hand_over("by_hand", _draft(desk.recover, case, _asked(action)))
        return
    reference = case.purchase.reference
    asked = next((r for r in supplier.refunds(reference) if r.state != "refused"), None)
    if asked is not None:
        errand.done(remote_id=asked.id, minor=asked.amount.minor, currency=asked.amount.currency)
        return
    if not _too_early(errand):
        _ask(errand, supplier, case, action)


def chase_recovery(errand: Errand) -> None:
    """Ask again for what is still owed; first see whether it has come."""
    action = t.structured(errand.row.body, ChaseRecovery)
    case = _case(errand, errand.order(), action.purchase_id)
    supplier = _api(errand, case.purchase)
    if supplier is not None and _follow(errand, supplier, case.purchase):
        errand.done(by="supplier")
        return
    errand.hand_over("by_hand", _draft(desk.chase, case))


def follow(supplier: Supplier, purchase: Purchase) -> Sequence[t.RecoverySeen]:
    """What a supplier's API says of the money asked back, where that is news."""
    found = [r for r in supplier.refunds(purchase.reference) if r.state != "asked"]
    return [
        t.RecoverySeen(purchase.id, r.state, r.amount.minor, r.amount.currency, r.reason)
        for r in found[-1:]
        if r.state != purchase.recovery_state
    ]


# --- Helpers ------------------------------------------------------------------------------------


def _ask(errand: Errand, supplier: Supplier, case: Case, action: AskRecovery) -> None:
    reference = case.purchase.reference
    found = supplier.order(reference)
    if found is None:
        errand.hand_over("purchase_not_found", _draft(desk.recover, case, _asked(action)))
        return
    if found.shipped_at is not None:
        shipped = t.PurchaseShipped(action.purchase_id, found.shipped_at)
        errand.tell([shipped], by="supplier", cause="read")
        errand.refused("shipped")
        return
    if _asked(action) != found.paid:
        # Before shipment the supplier pays back what was paid or nothing; another sum is a
        # question for a person.
        errand.hand_over("amount_differs", _draft(desk.recover, case, _asked(action)))
        return
    reasons = supplier.refund_reasons(reference, found.entries, goods_status=NOT_SHIPPED_YET)
    if not reasons:
        errand.hand_over("no_reason_accepted", _draft(desk.recover, case, _asked(action)))
        return
    if not errand.freeze({"amount": found.paid.decimal()}, found.paid.minor):
        return
    try:
        remote_id = supplier.ask_refund(
            reference, found.entries, found.paid, _reason(reasons), "Not shipped in time"
        )
    except OutcomeUnknown as error:
        errand.lost(error.what)
    else:
        errand.done(remote_id=remote_id, minor=found.paid.minor, currency=found.paid.currency)


def _reason(reasons: Sequence[Any]) -> str:
    """The supplier's own word for out of stock, or the first he accepts."""
    fitting = [r for r in reasons if any(word in r.name.lower() for word in OUT_OF_STOCK_WORDS)]
    return str((fitting or list(reasons))[0].id)


def _follow(errand: Errand, supplier: Supplier, purchase: Purchase) -> bool:
    news = follow(supplier, purchase)
    if news:
        errand.tell(news, by="supplier", cause="read")
    return bool(news)


def _look_again(errand: Errand, purchase: Purchase) -> bool:
    """What the store and the supplier say right now joins the timeline first. False: no order."""
    read = errand.connections.storefront(errand.row.shop).order(errand.row.order_id)
    if read is None:
        return False
    news: list[t.Event] = [*events_from(read)]
    supplier = _api(errand, purchase)
    found = supplier.order(purchase.reference) if supplier else None
    if found is not None and found.shipped_at is not None:
        news.append(t.PurchaseShipped(purchase.id, found.shipped_at))
    errand.tell(news, by="store", cause="read")
    return True


def _case(errand: Errand, order: Order, purchase_id: str) -> Case:
    with errand.db.read() as tx:
        terms = shops.terms_of(tx, errand.row.shop, errand.shop.terms_version)
    record = order.cases.get(errand.row.case_id)
    situation = record.opened.situation if record else Situation.LATE_SHIPMENT
    return Case(order, situation, purchase_id, terms, record=record)


def _api(errand: Errand, purchase: Purchase) -> Supplier | None:
    if not purchase.reference:
        return None
    return errand.connections.supplier(errand.row.shop, purchase.connection)


def _too_early(errand: Errand) -> bool:
    """A lost answer is left alone for a while before anything is said again."""
    if errand.row.state != "unknown" or errand.row.last_sent_at is None:
        return False
    until = errand.row.last_sent_at + outbox.QUARANTINE
    if errand.now >= until:
        return False
    errand.look_again(until)
    return True


def _asked(action: AskRecovery) -> Money | None:
    return Money(action.minor, action.currency) if action.minor else None


def _draft(
    write: Callable[..., desk.Draft], case: Case, amount: Money | None = None, to: str = "desk"
) -> dict[str, str]:
    purchase = case.purchase
    draft = write(
        to=to,
        supplier=purchase.supplier,
        reference=purchase.reference,
        ordered_at=purchase.ordered_at,
        ship_by=case.ship_by,
        amount=amount,
        goods=[
            (case.order.lines[line_id].facts.title, len(units))
            for line_id, units in case.units.items()
        ],
    )
    return {
        "to": draft.to,
        "subject": draft.subject,
        "text_zh": draft.text_zh,
        "text_en": draft.text_en,
    }
