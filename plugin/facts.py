"""What a fresh read tells, as events: from a client's plain values to the words of the timeline."""

from __future__ import annotations

import re

from clients.shopify import records as store
from plugin import timeline as t

PAID = frozenset({"paid", "partially_refunded", "refunded"})
BAD_FULFILMENT = frozenset({"cancelled", "error", "failure"})
MARK = re.compile(r"\[postvendita:([0-9a-f-]{36})\]")


def mark_in(note: str) -> str:
    """Our mark in a refund's note; empty when somebody else made it."""
    found = MARK.search(note)
    return found[1] if found else ""


def note_with(mark: str, case_number: str) -> str:
    """A refund's note: for the people who read it, and for us to know it again."""
    return f"Postvendita case {case_number} [postvendita:{mark}]"


def events_from(order: store.Order) -> list[t.Event]:
    """Everything a read of the order tells us."""
    return [
        _order(order),
        *(_refund(refund) for refund in order.refunds),
        *(_fulfilment(fulfilment, order) for fulfilment in order.fulfilments),
        *(t.DisputeSeen(d.id, d.kind.lower(), d.status.lower()) for d in order.disputes),
    ]


def _order(order: store.Order) -> t.OrderSeen:
    paid = order.financial_status.lower() in PAID
    return t.OrderSeen(
        version=order.updated_at,
        name=order.name,
        placed_at=order.created_at,
        paid_at=order.processed_at if paid else None,
        cancelled_at=order.cancelled_at,
        currency=order.currency,
        shop_currency=order.shop_currency,
        lines=tuple(_line(line) for line in order.lines),
        shipping_paid_minor=order.shipping_paid.minor,
        country=order.country,
        test=order.test,
    )


def _line(line: store.OrderLine) -> t.LineFacts:
    return t.LineFacts(
        id=line.id,
        title=line.title,
        sku=line.sku,
        quantity=line.quantity,
        current_quantity=line.current_quantity,
        paid_minor=line.paid.minor,
        requires_shipping=line.requires_shipping,
        product_id=line.product_id,
        grams=line.grams,
    )


def _refund(refund: store.Refund) -> t.RefundSeen:
    return t.RefundSeen(
        refund_id=refund.id,
        made_at=refund.created_at,
        lines=refund.lines,
        minor=refund.total.minor,
        currency=refund.total.currency,
        mark=mark_in(refund.note),
    )


def _fulfilment(fulfilment: store.Fulfilment, order: store.Order) -> t.FulfilmentSeen:
    return t.FulfilmentSeen(
        fulfilment_id=fulfilment.id,
        shipped_at=fulfilment.created_at,
        version=order.updated_at,
        lines=fulfilment.lines,
        good=fulfilment.status.lower() not in BAD_FULFILMENT,
        tracking_company=fulfilment.tracking_company,
        tracking_number=next(iter(fulfilment.tracking_numbers), ""),
    )
