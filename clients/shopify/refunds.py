"""The variables of a refund: built from Shopify's own suggestion, so that they can be frozen.

The caller stores them before the call. A repeated call must send the very same variables under
the same key (Shopify: idempotent requests), never a fresh calculation.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clients.errors import Refused
from clients.money import Money
from clients.shopify.channel import SERVICE
from clients.shopify.records import RefundPreview, gid

KEEP_STOCK = "NO_RESTOCK"
"""The goods lie at the supplier's or are on their way: nothing comes back to a shelf of ours."""


def refund_lines(lines: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """Pairs of line id and quantity as Shopify's RefundLineItemInput."""
    return [
        {"lineItemId": gid("LineItem", line), "quantity": quantity, "restockType": KEEP_STOCK}
        for line, quantity in lines
    ]


def refund_input(
    order_id: int, preview: RefundPreview, *, note: str, currency: str, notify: bool = False
) -> dict[str, Any]:
    """The RefundInput that pays back exactly what `preview` says, by the ways it came.

    `currency` is the one the customer paid in. Nothing is sent. Raises Refused (code
    `preview_mismatch`) when the preview is in another currency, pays nothing, or its
    transactions do not add up to its amount: then money would move otherwise than shown.
    """
    ways = [way for way in preview.transactions if way.amount]
    _must_add_up(preview.amount, [way.amount for way in ways], currency)
    order = gid("Order", order_id)
    variables: dict[str, Any] = {
        "orderId": order,
        "currency": currency,
        "note": note,
        "notify": notify,
        "allowOverRefunding": False,
        "refundLineItems": refund_lines(preview.lines),
        "transactions": [
            {
                "orderId": order,
                "parentId": gid("OrderTransaction", way.parent_id),
                "gateway": way.gateway,
                "kind": "REFUND",
                "amount": way.amount.decimal(),
            }
            for way in ways
        ],
    }
    if preview.shipping:
        variables["shipping"] = {"amount": preview.shipping.decimal()}
    return variables


def _must_add_up(amount: Money, parts: list[Money], currency: str) -> None:
    if any(money.currency != currency for money in (amount, *parts)):
        raise Refused(SERVICE, "the preview is in another currency", code="preview_mismatch")
    if amount.minor <= 0 or sum(money.minor for money in parts) != amount.minor:
        raise Refused(SERVICE, "the preview does not add up", code="preview_mismatch")
