"""Orders in Shopify's REST shape: the body of `orders/*`."""

from __future__ import annotations

from plugin.sandbox.accounts import Account
from plugin.sandbox.rest_lines import line_body
from plugin.sandbox.rest_money import (
    GIDS,
    Body,
    amount,
    in_shop_currency,
    money_set,
    priced,
)
from plugin.sandbox.rest_movements import fulfilment_body, refund_body
from plugin.sandbox.store import Row


def order_body(account: Account) -> Body:
    """The body of `orders/*`."""
    order = account.order
    goods = sum(line["price_minor"] * line["quantity"] for line in account.lines)
    discounts = sum(line["discount_minor"] for line in account.lines)
    tax = sum(line["tax_minor"] for line in account.lines)
    current = account.paid - account.refunded
    return {
        "id": order["id"],
        "admin_graphql_api_id": f"{GIDS}Order/{order['id']}",
        "name": order["name"],
        "number": order["number"] - 1000,
        "order_number": order["number"],
        "app_id": 580111,
        "currency": order["shop_currency"],
        "presentment_currency": order["currency"],
        "financial_status": account.financial_status.lower(),
        "fulfillment_status": _fulfilment_status(account),
        "created_at": order["created_at"],
        "processed_at": order["created_at"],
        "updated_at": order["updated_at"],
        "cancelled_at": order["cancelled_at"],
        "cancel_reason": order["cancel_reason"],
        "closed_at": None,
        "confirmed": True,
        "test": False,
        "source_name": order.get("source_name", "web"),
        "tags": ", ".join(order["tags"]),
        "note": order.get("note"),
        "email": order["email"],
        "contact_email": order["email"],
        "phone": None,
        "customer_locale": order["locale"],
        "taxes_included": False,
        "total_weight": sum(line["grams"] * line["quantity"] for line in account.lines),
        "payment_gateway_names": [order["gateway"]],
        "note_attributes": [],
        "discount_codes": _discount_codes(order, discounts),
        "discount_applications": [],
        "tax_lines": [],
        **priced(order, "total_price", account.paid),
        **priced(order, "subtotal_price", goods - discounts),
        **priced(order, "total_tax", tax),
        **priced(order, "total_discounts", discounts),
        **priced(order, "total_line_items_price", goods),
        **priced(order, "current_total_price", current),
        "total_outstanding": "0.00",
        "total_shipping_price_set": money_set(order, order["shipping_minor"]),
        "customer": order["customer"],
        "billing_address": billing(order),
        "shipping_address": order["address"],
        "line_items": [line_body(account, line) for line in account.lines],
        "shipping_lines": _shipping_lines(order),
        "fulfillments": [fulfilment_body(account, f) for f in account.fulfilments],
        "refunds": [refund_body(account, r) for r in account.refunds],
        "returns": [],
    }


def billing(order: Row) -> Row:
    """The address the customer paid from: where it ships to, unless that was changed since."""
    found: Row = order.get("billing_address") or order["address"]
    return found


def _fulfilment_status(account: Account) -> str | None:
    found = {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}
    return found.get(account.fulfilment_status)


def _discount_codes(order: Row, minor: int) -> list[Body]:
    code = order.get("discount_code", "LUCE10")
    if not minor or code is None:
        return []
    value = amount(in_shop_currency(order, minor), order["shop_currency"])
    return [{"code": code, "amount": value, "type": "percentage"}]


def _shipping_lines(order: Row) -> list[Body]:
    if not order["shipping_minor"]:
        return []
    money = priced(order, "price", order["shipping_minor"])
    return [
        {
            "id": order["id"] + 11,
            "title": order["shipping_title"],
            "code": order["shipping_title"],
            "source": "shopify",
            **money,
            "discounted_price": money["price"],
            "discounted_price_set": money["price_set"],
            "is_removed": False,
            "tax_lines": [],
            "discount_allocations": [],
        }
    ]
