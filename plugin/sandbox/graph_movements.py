"""Shipments, refunds and movements of money as GraphQL shows them."""

from __future__ import annotations

from plugin.sandbox.accounts import Account
from plugin.sandbox.graph_lines import line_item
from plugin.sandbox.graph_money import Node, bag, gid
from plugin.sandbox.store import Row

PARCEL = {"in_transit": "IN_TRANSIT", "delivered": "DELIVERED"}


def fulfilment(account: Account, row: Row) -> Node:
    """A Fulfillment."""
    shown = PARCEL.get(row["shipment_status"] or "", "FULFILLED")
    moved = row["updated_at"]
    return {
        "__typename": "Fulfillment",
        "id": gid("Fulfillment", row["id"]),
        "legacyResourceId": str(row["id"]),
        "name": row["name"],
        "status": row["status"].upper(),
        "displayStatus": shown,
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
        "deliveredAt": moved if shown == "DELIVERED" else None,
        "inTransitAt": moved if shown == "IN_TRANSIT" else None,
        "requiresShipping": True,
        "totalQuantity": sum(quantity for _, quantity in row["lines"]),
        "trackingInfo": [
            {"company": row["tracking_company"], "number": row["tracking_number"], "url": None}
        ],
        "fulfillmentLineItems": [
            fulfilled_line(account, row, line_id, quantity) for line_id, quantity in row["lines"]
        ],
    }


def refund(account: Account, row: Row) -> Node:
    """A Refund."""
    order = account.order
    moved = [t for t in account.transactions if t["refund_id"] == row["id"]]
    return {
        "__typename": "Refund",
        "id": gid("Refund", row["id"]),
        "legacyResourceId": str(row["id"]),
        "createdAt": row["created_at"],
        "processedAt": row["created_at"],
        "updatedAt": row["created_at"],
        "note": row["note"] or None,
        "duties": [],
        "orderAdjustments": [],
        "return": None,
        "totalRefundedSet": bag(order, sum(t["amount_minor"] for t in moved)),
        "transactions": [transaction(account, t) for t in moved],
        "refundLineItems": [
            refund_line(account, line)
            for line in account.refund_lines
            if line["refund_id"] == row["id"]
        ],
        "refundShippingLines": _shipping(account, row),
    }


def refund_line(account: Account, row: Row) -> Node:
    """A RefundLineItem."""
    order, line = account.order, account.line(row["line_id"])
    goods = row["amount_minor"] - row["tax_minor"]
    number = row.get("id")
    return {
        "__typename": "RefundLineItem",
        "id": None if number is None else gid("RefundLineItem", number),
        "lineItem": None if line is None else line_item(account, line),
        "quantity": row["quantity"],
        "restockType": row["restock_type"],
        "restocked": False,
        "location": None,
        "priceSet": bag(order, goods // max(1, row["quantity"])),
        "subtotalSet": bag(order, goods),
        "totalTaxSet": bag(order, row["tax_minor"]),
    }


def transaction(account: Account, row: Row) -> Node:
    """An OrderTransaction."""
    order = account.order
    parent = next((t for t in account.transactions if t["id"] == row["parent_id"]), None)
    value = bag(order, row["amount_minor"])
    return {
        "__typename": "OrderTransaction",
        "id": gid("OrderTransaction", row["id"]),
        "kind": row["kind"],
        "status": row["status"],
        "gateway": row["gateway"],
        "formattedGateway": row["gateway"].replace("_", " ").title(),
        "amountSet": value,
        "amount": value["shopMoney"]["amount"],
        "createdAt": row["created_at"],
        "processedAt": row["created_at"],
        "errorCode": None,
        "test": False,
        "manualPaymentGateway": False,
        "manuallyCapturable": False,
        "multiCapturable": False,
        "fees": [],
        "paymentId": f"{order['name']}.{row['id'] % 1000}",
        "maximumRefundableV2": bag(order, account.left_of(row["id"]))["shopMoney"],
        "parentTransaction": None if parent is None else transaction(account, parent),
    }


def shipped_line_id(row: Row, line_id: int) -> int:
    """A line of a shipment."""
    return int(row["id"]) * 1000 + line_id % 1000


def fulfilled_line(account: Account, row: Row, line_id: int, quantity: int) -> Node:
    """A FulfillmentLineItem."""
    line = account.line(line_id)
    share = 0 if line is None else line["price_minor"] * quantity
    return {
        "__typename": "FulfillmentLineItem",
        "id": gid("FulfillmentLineItem", shipped_line_id(row, line_id)),
        "lineItem": None if line is None else line_item(account, line),
        "quantity": quantity,
        "originalTotalSet": bag(account.order, share),
        "discountedTotalSet": bag(account.order, share),
    }


def _shipping(account: Account, row: Row) -> list[Node]:
    if not row["shipping_minor"]:
        return []
    order = account.order
    price = bag(order, order["shipping_minor"])
    return [
        {
            "__typename": "RefundShippingLine",
            "id": gid("RefundShippingLine", row["id"] + 5),
            "subtotalAmountSet": bag(order, row["shipping_minor"]),
            "taxAmountSet": bag(order, 0),
            "shippingLine": {
                "id": gid("ShippingLine", order["id"] + 11),
                "title": order["shipping_title"],
                "originalPriceSet": price,
                "discountedPriceSet": price,
                "currentDiscountedPriceSet": price,
            },
        }
    ]
