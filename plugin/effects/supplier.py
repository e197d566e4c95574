"""Urging suppliers and asking our money back from them: by API where there is one, else by hand.

A supplier's API knows no idempotency keys: from the second attempt on it is read before anything
is said again.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from plugin.terms import BEFORE_SHIPPING, STOPPED, VERIFIED, Situation
from plugin.verbs import Verb, able

NOT_SHIPPED_YET = "refundWaitSellerSend"
OUT_OF_STOCK_WORDS = ("缺货", "无货", "out of stock")


def urge_supplier(errand: Errand) -> None:
    """Ask for an overdue purchase to be shipped, unless it has left meanwhile."""
    action = t.structured(errand.row.body, UrgeSupplier)
    before = case_for(errand, errand.order(), action.purchase_id)
    if not look_again(errand, before.purchase):
        errand.hand_over_unseen(draft_for("urge", before, to="supplier"))
        return
    case = case_for(errand, errand.order(), action.purchase_id)
    if case.nothing_to_wait_for:
        errand.refused(case.how_it_ended)
        return
    supplier = api_for(errand, case.purchase)
    if supplier is None or not able(supplier, case.purchase.connection, Verb.URGE):
        errand.hand_over("by_hand", draft_for("urge", case, to="supplier"))
    elif not too_early(errand) and errand.sending():
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
    case = case_for(errand, order, action.purchase_id)
    supplier = api_for(errand, case.purchase)
    by_api = able(supplier, case.purchase.connection, Verb.REFUND_UNSHIPPED)
    if supplier is None or not by_api or case.situation not in BEFORE_SHIPPING:
        # What was shipped and failed is argued about by people, unless the claim went by API.
        errand.hand_over("by_hand", draft_for(_wording(case), case, _asked(action)))
        return
    reference = case.purchase.reference
    asked = next((r for r in supplier.refunds(reference) if r.state != "refused"), None)
    if asked is not None:
        errand.done(remote_id=asked.id, minor=asked.amount.minor, currency=asked.amount.currency)
        return
    if not too_early(errand):
        _ask(errand, supplier, case, action)


def _wording(case: Case) -> str:
    if case.situation in VERIFIED:
        return "recover_claim"
    if case.situation in STOPPED:
        return "recover_stopped"
    return "recover_lost" if case.situation is Situation.CUSTOMS_HOLD else "recover"


def chase_recovery(errand: Errand) -> None:
    """Ask again for what is still owed; first see whether it has come."""
    action = t.structured(errand.row.body, ChaseRecovery)
    case = case_for(errand, errand.order(), action.purchase_id)
    supplier = api_for(errand, case.purchase)
    if supplier is not None and _follow(errand, supplier, case.purchase):
        errand.done(by="supplier")
        return
    errand.hand_over("by_hand", draft_for("chase", case))


def follow(supplier: Supplier, purchase: Purchase) -> Sequence[t.Event]:
    """What a supplier's API says of the money asked back, where that is news.

    A request that ended because the seller shipped after all says so first: the case goes on as
    one about goods that are on their way.
    """
    found = [r for r in supplier.refunds(purchase.reference) if r.state != "asked"][-1:]
    news: list[t.Event] = []
    for request in found:
        if request.closed_by_shipping and purchase.shipped_at is None:
            news += _shipped_instead(supplier, purchase)
        if request.state != purchase.recovery_state:
            amount = request.amount
            seen = (purchase.id, request.state, amount.minor, amount.currency, request.reason)
            news.append(t.RecoverySeen(*seen))
    return news


def _shipped_instead(supplier: Supplier, purchase: Purchase) -> list[t.Event]:
    order = supplier.order(purchase.reference)
    if order is None or order.shipped_at is None:
        return []
    tracking = next(iter(order.tracking_numbers), "")
    return [t.PurchaseShipped(purchase.id, order.shipped_at, tracking)]


# --- Helpers ------------------------------------------------------------------------------------


def _ask(errand: Errand, supplier: Supplier, case: Case, action: AskRecovery) -> None:
    reference = case.purchase.reference
    found = supplier.order(reference)
    if found is None:
        errand.hand_over("purchase_not_found", draft_for("recover", case, _asked(action)))
        return
    if found.shipped_at is not None:
        shipped = t.PurchaseShipped(action.purchase_id, found.shipped_at)
        errand.tell([shipped], by="supplier", cause="read")
        errand.refused("shipped")
        return
    paid = found.paid
    if paid is None or _asked(action) != paid:
        # Before shipment the supplier pays back what was paid or nothing; another sum is a
        # question for a person.
        errand.hand_over("amount_differs", draft_for("recover", case, _asked(action)))
        return
    reasons = supplier.refund_reasons(reference, found.entries, goods_status=NOT_SHIPPED_YET)
    if not reasons:
        errand.hand_over("no_reason_accepted", draft_for("recover", case, _asked(action)))
        return
    if not errand.freeze({"amount": paid.decimal()}, paid.minor):
        return
    try:
        remote_id = supplier.ask_refund(
            reference, found.entries, paid, _reason(reasons), "Not shipped in time"
        )
    except OutcomeUnknown as error:
        errand.lost(error.what)
    else:
        errand.done(remote_id=remote_id, minor=paid.minor, currency=paid.currency)


def _reason(reasons: Sequence[Any]) -> str:
    """The supplier's own word for out of stock, or the first he accepts."""
    fitting = [r for r in reasons if any(word in r.name.lower() for word in OUT_OF_STOCK_WORDS)]
    return str((fitting or list(reasons))[0].id)


def _follow(errand: Errand, supplier: Supplier, purchase: Purchase) -> bool:
    news = follow(supplier, purchase)
    if news:
        errand.tell(news, by="supplier", cause="read")
    return bool(news)


def look_again(errand: Errand, purchase: Purchase) -> bool:
    """What the store and the supplier say right now joins the timeline first. False: no order."""
    read = errand.connections.storefront(errand.row.shop).order(errand.row.order_id)
    if read is None:
        return False
    news: list[t.Event] = [*events_from(read)]
    supplier = api_for(errand, purchase)
    found = supplier.order(purchase.reference) if supplier else None
    if found is not None and found.shipped_at is not None:
        news.append(t.PurchaseShipped(purchase.id, found.shipped_at))
    errand.tell(news, by="store", cause="read")
    return True


def case_for(errand: Errand, order: Order, purchase_id: str) -> Case:
    with errand.db.read() as tx:
        terms = shops.terms_of(tx, errand.row.shop, errand.shop.terms_version)
    record = order.cases.get(errand.row.case_id)
    if record is None:
        return Case(order, Situation.LATE_SHIPMENT, purchase_id, terms)
    opened = record.opened
    line_ids = opened.line_ids if opened.situation not in BEFORE_SHIPPING else ()
    return Case(order, opened.situation, purchase_id, terms, line_ids, record)


def api_for(errand: Errand, purchase: Purchase) -> Supplier | None:
    if not purchase.reference:
        return None
    return errand.connections.supplier(errand.row.shop, purchase.connection)


def too_early(errand: Errand) -> bool:
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


def draft_for(
    what: str, case: Case, amount: Money | None = None, to: desk.Addressee = "desk"
) -> dict[str, str]:
    """A message for a person to send, with the facts of the case."""
    purchase = case.bought_as or case.purchase
    draft = desk.draft(
        what,
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
