"""Line items in Shopify's REST shape."""

from __future__ import annotations

from plugin.sandbox.accounts import Account
from plugin.sandbox.rest_money import GIDS, Body, money_set, priced
from plugin.sandbox.store import Row


def line_body(account: Account, line: Row) -> Body:
    """A line item."""
    order = account.order
    refunded = account.refunded_quantity(line["id"])
    waiting = account.unfulfilled_quantity(line["id"])
    shipped = account.fulfilled_quantity(line["id"])
    discount = money_set(order, line["discount_minor"])
    tax = {
        "title": "VAT",
        "rate": line["tax_percent"] / 100,
        **priced(order, "price", line["tax_minor"]),
    }
    return {
        "id": line["id"],
        "admin_graphql_api_id": f"{GIDS}LineItem/{line['id']}",
        "product_id": line["product_id"],
        "variant_id": line["variant_id"],
        "title": line["title"],
        "variant_title": line["variant"] or None,
        "name": line["title"] + (f" - {line['variant']}" if line["variant"] else ""),
        "sku": line["sku"],
        "vendor": "Lanterna",
        "quantity": line["quantity"],
        "current_quantity": line["quantity"] - refunded,
        "fulfillable_quantity": waiting,
        "fulfillment_status": "fulfilled" if not waiting and shipped else None,
        "fulfillment_service": "manual",
        "grams": line["grams"],
        **priced(order, "price", line["price_minor"]),
        "total_discount": "0.00",
        "total_discount_set": money_set(order, 0),
        "requires_shipping": True,
        "taxable": True,
        "gift_card": False,
        "product_exists": line["product_id"] is not None,
        "properties": [],
        "tax_lines": [tax] if line["tax_minor"] else [],
        "duties": [],
        "discount_allocations": [
            {
                "amount": discount["shop_money"]["amount"],
                "amount_set": discount,
                "discount_application_index": 0,
            }
        ]
        if line["discount_minor"]
        else [],
    }
