"""Shipments, refunds, movements of money and disputes in Shopify's REST shape."""

from __future__ import annotations

from plugin.sandbox.accounts import Account
from plugin.sandbox.rest_lines import line_body
from plugin.sandbox.rest_money import GIDS, Body, amount, in_shop_currency, money_set
from plugin.sandbox.store import Row


def fulfilment_body(account: Account, fulfilment: Row) -> Body:
    """The body of `fulfillments/*`."""
    lines = [
        line_body(account, line) | {"quantity": quantity}
        for line_id, quantity in fulfilment["lines"]
        if (line := account.line(line_id)) is not None
    ]
    number = fulfilment["tracking_number"]
    return {
        "id": fulfilment["id"],
        "admin_graphql_api_id": f"{GIDS}Fulfillment/{fulfilment['id']}",
        "order_id": account.order["id"],
        "name": fulfilment["name"],
        "status": fulfilment["status"],
        "shipment_status": fulfilment["shipment_status"],
        "service": "manual",
        "location_id": 70_101_100,
        "tracking_company": fulfilment["tracking_company"],
        "tracking_number": number,
        "tracking_numbers": [number],
        "tracking_url": None,
        "tracking_urls": [],
        "email": account.order["email"],
        "destination": account.order["address"],
        "origin_address": None,
        "receipt": {},
        "line_items": lines,
        "created_at": fulfilment["created_at"],
        "updated_at": fulfilment["updated_at"],
    }


def refund_body(account: Account, refund: Row) -> Body:
    """The body of `refunds/create`. Subtotal and tax of a line are JSON numbers there."""
    return {
        "id": refund["id"],
        "admin_graphql_api_id": f"{GIDS}Refund/{refund['id']}",
        "order_id": account.order["id"],
        "user_id": None,
        "note": refund["note"] or None,
        "restock": False,
        "created_at": refund["created_at"],
        "processed_at": refund["created_at"],
        "duties": [],
        "total_duties_set": money_set(account.order, 0),
        "return": None,
        "refund_shipping_lines": [],
        "order_adjustments": _shipping_adjustment(account, refund),
        "refund_line_items": [
            _refund_line(account, line)
            for line in account.refund_lines
            if line["refund_id"] == refund["id"]
        ],
        "transactions": [
            transaction_body(account, t)
            for t in account.transactions
            if t["refund_id"] == refund["id"]
        ],
    }


def transaction_body(account: Account, transaction: Row) -> Body:
    """The body of `order_transactions/create`."""
    currency = account.order["currency"]
    return {
        "id": transaction["id"],
        "admin_graphql_api_id": f"{GIDS}OrderTransaction/{transaction['id']}",
        "order_id": account.order["id"],
        "parent_id": transaction["parent_id"],
        "kind": transaction["kind"].lower(),
        "status": transaction["status"].lower(),
        "gateway": transaction["gateway"],
        "amount": amount(transaction["amount_minor"], currency),
        "currency": currency,
        "message": None,
        "error_code": None,
        "authorization": None,
        "payment_id": f"{account.order['name']}.{transaction['id'] % 1000}",
        "processed_at": transaction["created_at"],
        "created_at": transaction["created_at"],
        "test": False,
        "manual_payment_gateway": False,
        "receipt": {},
        "source_name": "web",
        "user_id": None,
        "location_id": None,
        "device_id": None,
        "total_unsettled_set": {
            "presentment_money": {"amount": "0.0", "currency": currency},
            "shop_money": {"amount": "0.0", "currency": account.order["shop_currency"]},
        },
        "amount_rounding": None,
    }


def dispute_body(dispute: Row) -> Body:
    """The body of `disputes/*`."""
    return {
        "id": dispute["id"],
        "order_id": dispute["order_id"],
        "type": dispute["kind"].lower(),
        "amount": amount(dispute["amount_minor"], dispute["currency"]),
        "currency": dispute["currency"],
        "reason": "product_not_received",
        "network_reason_code": "13.1",
        "status": dispute["status"].lower(),
        "evidence_due_by": None,
        "evidence_sent_on": None,
        "finalized_on": None,
        "initiated_at": dispute["created_at"],
    }


def _refund_line(account: Account, row: Row) -> Body:
    line = account.line(row["line_id"])
    order = account.order
    goods = row["amount_minor"] - row["tax_minor"]
    return {
        "id": row["id"],
        "line_item_id": row["line_id"],
        "location_id": None,
        "quantity": row["quantity"],
        "restock_type": row["restock_type"].lower(),
        "subtotal": float(amount(in_shop_currency(order, goods), order["shop_currency"])),
        "total_tax": float(
            amount(in_shop_currency(order, row["tax_minor"]), order["shop_currency"])
        ),
        "subtotal_set": money_set(order, goods),
        "total_tax_set": money_set(order, row["tax_minor"]),
        "line_item": None if line is None else line_body(account, line),
    }


def _shipping_adjustment(account: Account, refund: Row) -> list[Body]:
    if not refund["shipping_minor"]:
        return []
    shop = account.order["shop_currency"]
    minor = in_shop_currency(account.order, refund["shipping_minor"])
    return [
        {
            "id": refund["id"] + 5,
            "refund_id": refund["id"],
            "order_id": account.order["id"],
            "kind": "shipping_refund",
            "reason": "Shipping refund",
            "amount": amount(-minor, shop),
            "tax_amount": "0.00",
            "amount_set": money_set(account.order, -refund["shipping_minor"]),
            "tax_amount_set": money_set(account.order, 0),
        }
    ]
