"""Goods and money on their way: shipments, refunds, transactions, disputes."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.facts import BAD_FULFILMENT, mark_in
from plugin.timeline import (
    DisputeSeen,
    FulfilmentSeen,
    Lines,
    RefundSeen,
    ReturnRequested,
    TrackingSeen,
    TransactionSeen,
)
from webhooks.meaning.outcome import Ignored, Translation
from webhooks.meaning.values import (
    LARGEST_MINOR,
    Node,
    gid_number,
    minor,
    number,
    quantities,
    shown,
)
from webhooks.reading import Unreadable
from webhooks.schemas.fields import loaded
from webhooks.schemas.movements import (
    DISPUTE,
    FULFILMENT,
    FULFILMENT_EVENT,
    REFUND,
    RETURN,
    TRANSACTION,
)

NO_CURRENCY = "XXX"
"""ISO 4217 for none. Shopify's sample of a refund has it in its transaction."""
MOVED = frozenset({"success", "pending"})
"""States in which a refund's money is gone, or on its way."""


def fulfilment(body: Node) -> Translation:
    """`fulfillments/create` and `/update`."""
    data = loaded(FULFILMENT, body)
    return Translation(_order_id(data), (fulfilment_seen(data),))


def fulfilment_event(body: Node) -> Translation:
    """`fulfillment_events/create`"""
    data = loaded(FULFILMENT_EVENT, body)
    seen = TrackingSeen(
        fulfilment_id=data["fulfillment_id"],
        status=data["status"].lower(),
        happened_at=data["happened_at"],
        message=data["message"] or "",
    )
    return Translation(data["order_id"], (seen,))


def refund(body: Node) -> Translation:
    """`refunds/create`"""
    data = loaded(REFUND, body)
    return Translation(_order_id(data), (refund_seen(data),))


def return_requested(body: Node) -> Translation:
    """`returns/request`: the customer's wish; its lines and reasons are not in the body."""
    data = loaded(RETURN, body)
    order = gid_number(data["order"], "Order") or data["order"]["id"]
    return Translation(order, (ReturnRequested(number(data, "Return")),))


def transaction(body: Node) -> Translation:
    """`order_transactions/create`: created, or its status changed."""
    data = loaded(TRANSACTION, body)
    currency = _currency_of(data)
    if currency is None:
        raise Unreadable("currency", "missing")
    seen = TransactionSeen(
        transaction_id=number(data, "OrderTransaction"),
        what=data["kind"].lower(),
        status=data["status"].lower(),
        minor=minor(data["amount"], currency, "amount"),
        currency=currency,
    )
    return Translation(_order_id(data), (seen,))


def dispute(body: Node) -> Translation | Ignored:
    """`disputes/create` and `/update`"""
    data = loaded(DISPUTE, body)
    if data["order_id"] is None:
        return Ignored("a dispute that names no order")
    seen = DisputeSeen(data["id"], (data["type"] or "").lower(), data["status"].lower())
    return Translation(data["order_id"], (seen,))


def fulfilment_seen(data: Node) -> FulfilmentSeen:
    """A shipment, alone or inside an order."""
    numbers = [data["tracking_number"], *(data["tracking_numbers"] or ())]
    lines = data["line_items"] or ()
    return FulfilmentSeen(
        fulfilment_id=number(data, "Fulfillment"),
        shipped_at=data["created_at"],
        version=data["updated_at"] or data["created_at"],
        lines=quantities((number(line, "LineItem"), line["quantity"]) for line in lines),
        good=(data["status"] or "").lower() not in BAD_FULFILMENT,
        tracking_company=data["tracking_company"] or "",
        tracking_number=next((text for text in numbers if text), ""),
    )


def refund_seen(data: Node, *, where: str = "", currency: str = "") -> RefundSeen:
    """A refund, alone or inside an order that was paid in `currency`."""
    moved = [t for t in data["transactions"] or () if _moved(t)]
    currencies = {code for t in moved if (code := _currency_of(t))}
    path = f"{where}.transactions" if where else "transactions"
    if len(currencies) > 1:
        raise Unreadable(path, "is in more than one currency")
    code = next(iter((*currencies, *_currencies_named(data))), currency)
    if moved and not code:
        raise Unreadable(path, "has no currency")
    total = sum(minor(t["amount"], code, f"{path}.amount") for t in moved)
    if total > LARGEST_MINOR:
        raise Unreadable(path, "too much")
    return RefundSeen(
        refund_id=number(data, "Refund"),
        made_at=data["created_at"],
        lines=_refunded(data),
        minor=total,
        currency=code,
        mark=mark_in(data["note"] or ""),
    )


def _moved(node: Node) -> bool:
    return node["kind"].lower() == "refund" and node["status"].lower() in MOVED


def _currency_of(node: Node) -> str | None:
    said = (node["currency"], shown(node["total_unsettled_set"])[1])
    return next((code for code in said if code and code != NO_CURRENCY), None)


def _currencies_named(data: Node) -> Iterator[str]:
    for line in data["refund_line_items"] or ():
        if code := shown(line["subtotal_set"])[1]:
            yield code
    if code := shown(data["total_duties_set"])[1]:
        yield code


def _refunded(data: Node) -> Lines:
    lines = data["refund_line_items"] or ()
    return quantities(
        (gid_number(line["line_item"], "LineItem") or line["line_item_id"], line["quantity"])
        for line in lines
    )


def _order_id(data: Node) -> int:
    found: int | None = data["order_id"]
    if found is None:
        raise Unreadable("order_id", "missing")
    return found
