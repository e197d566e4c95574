"""What the storefront itself would refund for some lines: `Order.suggestedRefund`."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from clients.money import Money
from plugin.sandbox.accounts import Account
from plugin.sandbox.graph_money import Node, bag, parse_gid
from plugin.sandbox.graph_movements import refund_line, transaction
from plugin.sandbox.store import Row


def suggested_refund(account: Account, wanted: dict[str, Any]) -> Node:
    """A SuggestedRefund for the arguments asked with.

    Raises GraphQLError when a line is not on the order or has fewer units left.
    """
    lines = _lines(account, wanted)
    shipping = _shipping(account, wanted)
    goods = sum(line["amount_minor"] for line in lines)
    tax = sum(line["tax_minor"] for line in lines)
    total = min(goods + shipping, account.paid - account.refunded)
    order = account.order
    none = bag(order, 0)
    return {
        "amountSet": bag(order, total),
        "maximumRefundableSet": bag(order, account.paid - account.refunded),
        "subtotalSet": bag(order, goods - tax),
        "discountedSubtotalSet": bag(order, goods - tax),
        "totalTaxSet": bag(order, tax),
        "totalDutiesSet": none,
        "totalCartDiscountAmountSet": none,
        "refundDuties": [],
        "suggestedRefundMethods": [],
        "refundLineItems": [refund_line(account, line) for line in lines],
        "shipping": {
            "amountSet": bag(order, shipping),
            "maximumRefundableSet": bag(order, account.shipping_left),
            "taxSet": none,
        },
        "suggestedTransactions": _transactions(account, total),
    }


def _lines(account: Account, wanted: dict[str, Any]) -> list[Row]:
    if wanted.get("suggestFullRefund"):
        asked = [(line["id"], account.refundable_quantity(line["id"])) for line in account.lines]
        return [_line(account, line_id, units, "NO_RESTOCK") for line_id, units in asked if units]
    return [
        _line(
            account,
            parse_gid(item["lineItemId"], "LineItem"),
            item["quantity"],
            item.get("restockType") or "NO_RESTOCK",
        )
        for item in wanted.get("refundLineItems") or ()
    ]


def _line(account: Account, line_id: int, units: int, restock: str) -> Row:
    if account.line(line_id) is None or units > account.refundable_quantity(line_id):
        raise GraphQLError("Quantity cannot refund more items than were purchased.")
    goods, tax = account.share(line_id, units)
    return {
        "line_id": line_id,
        "quantity": units,
        "amount_minor": goods,
        "tax_minor": tax,
        "restock_type": restock,
    }


def _shipping(account: Account, wanted: dict[str, Any]) -> int:
    left = account.shipping_left
    if wanted.get("refundShipping") or wanted.get("suggestFullRefund"):
        return left
    asked = wanted.get("shippingAmount")
    if asked is None:
        return 0
    return min(left, Money.parse(str(asked), account.order["currency"]).minor)


def _transactions(account: Account, total: int) -> list[Node]:
    suggested, still = [], total
    for payment in account.payments:
        left = account.left_of(payment["id"])
        share = min(left, still)
        still -= share
        suggested.append(
            {
                "gateway": payment["gateway"],
                "formattedGateway": payment["gateway"].replace("_", " ").title(),
                "kind": "SUGGESTED_REFUND",
                "amountSet": bag(account.order, share),
                "maximumRefundableSet": bag(account.order, left),
                "parentTransaction": transaction(account, payment),
                "accountNumber": None,
                "paymentDetails": None,
            }
        )
    return suggested
