"""An order as GraphQL shows it: plain dicts, from which any selection can be answered."""

from __future__ import annotations

from typing import Any

from plugin.sandbox import fields
from plugin.sandbox.accounts import Account
from plugin.sandbox.graph_fields import field_node
from plugin.sandbox.graph_lines import line_item, tax_lines
from plugin.sandbox.graph_money import Node, bag, gid
from plugin.sandbox.graph_movements import fulfilment, refund, transaction
from plugin.sandbox.graph_returns import return_node, return_status
from plugin.sandbox.graph_suggest import suggested_refund
from plugin.sandbox.rest_orders import billing
from plugin.sandbox.store import Row


def order_node(account: Account) -> Node:
    """An Order. Connections are lists here; `execute.py` pages them."""
    order = account.order
    return (
        _plain(account)
        | _sums(account)
        | {
            "lineItems": [line_item(account, line) for line in account.lines],
            "transactions": [transaction(account, t) for t in account.transactions],
            "refunds": [refund(account, r) for r in account.refunds],
            "fulfillments": [fulfilment(account, f) for f in account.fulfilments],
            "fulfillmentOrders": [fulfilment_order(account)],
            "disputes": [_dispute(d) for d in account.disputes],
            "shippingLine": _shipping_line(order),
            "shippingLines": [_shipping_line(order)] if order["shipping_minor"] else [],
            "taxLines": tax_lines(order, account.lines),
            "shippingAddress": mailing_address(order["address"], order["id"]),
            "billingAddress": mailing_address(billing(order), order["id"]),
            "displayAddress": mailing_address(order["address"], order["id"]),
            "customer": customer(order["customer"], order["locale"]),
            "metafield": lambda info, key, namespace=None: _field(account, key, namespace),
            "metafields": lambda info, **asked: [field_node(row) for row in account.fields],
            "returns": [return_node(account, row) for row in account.returns],
            "suggestedRefund": lambda info, **wanted: suggested_refund(account, wanted),
        }
    )


def fulfilment_order(account: Account) -> Node:
    """What still has to be shipped; the pretend store ships an order from one place."""
    order, waiting = (
        account.order,
        [(line, account.unfulfilled_quantity(line["id"])) for line in account.lines],
    )
    status = "OPEN" if any(left for _, left in waiting) else "CLOSED"
    if order["cancelled_at"]:
        status = "CANCELLED"
    elif status == "OPEN" and account.holds:
        status = "ON_HOLD"
    actions = {"OPEN": ["CREATE_FULFILLMENT", "HOLD"], "ON_HOLD": ["RELEASE_HOLD", "HOLD"]}
    return {
        "__typename": "FulfillmentOrder",
        "id": gid("FulfillmentOrder", order["id"] + 3),
        "status": status,
        "requestStatus": "UNSUBMITTED",
        "createdAt": order["created_at"],
        "updatedAt": order["updated_at"],
        "orderId": gid("Order", order["id"]),
        "orderName": order["name"],
        "orderProcessedAt": order["created_at"],
        "order": lambda info: order_node(account),
        "supportedActions": [{"action": name} for name in actions.get(status, [])],
        "fulfillmentHolds": [hold(row) for row in account.holds],
        "fulfillments": lambda info, **page: [fulfilment(account, f) for f in account.fulfilments],
        "lineItems": [
            {
                "__typename": "FulfillmentOrderLineItem",
                "id": gid("FulfillmentOrderLineItem", line["id"] + 1),
                "lineItem": line_item(account, line),
                "remainingQuantity": left,
                "totalQuantity": line["quantity"],
            }
            for line, left in waiting
        ],
    }


def hold(row: Row) -> Node:
    """A FulfillmentHold."""
    return {
        "__typename": "FulfillmentHold",
        "id": gid("FulfillmentHold", row["id"]),
        "handle": row["handle"] or None,
        "reason": row["reason"],
        "reasonNotes": row["reason_notes"],
        "displayReason": str(row["reason"]).replace("_", " ").capitalize(),
        "heldByRequestingApp": True,
    }


def mailing_address(found: Row, owner: int) -> Node:
    """A MailingAddress of an order or a draft order."""
    return {
        "__typename": "MailingAddress",
        "id": gid("MailingAddress", f"{owner}?model_name=Address"),
        "firstName": found["first_name"],
        "lastName": found["last_name"],
        "name": found["name"],
        "company": found["company"],
        "address1": found["address1"],
        "address2": found["address2"],
        "city": found["city"],
        "province": found["province"],
        "provinceCode": found["province_code"],
        "country": found["country"],
        "countryCode": found["country_code"],
        "countryCodeV2": found["country_code"],
        "zip": found["zip"],
        "phone": found["phone"],
        "coordinatesValidated": False,
    }


def _plain(account: Account) -> Node:
    order = account.order
    return {
        "__typename": "Order",
        "id": gid("Order", order["id"]),
        "legacyResourceId": str(order["id"]),
        "name": order["name"],
        "number": order["number"],
        "createdAt": order["created_at"],
        "processedAt": order["created_at"],
        "updatedAt": order["updated_at"],
        "cancelledAt": order["cancelled_at"],
        "cancelReason": (order["cancel_reason"] or "").upper() or None,
        "closedAt": None,
        "displayFinancialStatus": account.financial_status,
        "displayFulfillmentStatus": account.fulfilment_status,
        "currencyCode": order["shop_currency"],
        "presentmentCurrencyCode": order["currency"],
        "email": order["email"],
        "phone": None,
        "customerLocale": order["locale"],
        "tags": list(order["tags"]),
        "note": order.get("note"),
        "sourceName": order.get("source_name", "web"),
        "paymentGatewayNames": [order["gateway"]],
        "customAttributes": [],
        "discountCodes": [],
        "returnStatus": return_status(account),
        "subtotalLineItemsQuantity": sum(line["quantity"] for line in account.lines),
        **_flags(account),
    }


def _flags(account: Account) -> Node:
    left = account.paid - account.refunded
    return {
        "refundable": left > 0,
        "fullyPaid": True,
        "unpaid": False,
        "closed": False,
        "confirmed": True,
        "test": False,
        "edited": False,
        "capturable": False,
        "canMarkAsPaid": False,
        "canNotifyCustomer": True,
        "taxesIncluded": False,
        "taxExempt": False,
        "estimatedTaxes": False,
        "dutiesIncluded": False,
        "merchantEditable": True,
        "merchantEditableErrors": [],
        "requiresShipping": True,
        "restockable": False,
        "fulfillable": any(account.unfulfilled_quantity(line["id"]) for line in account.lines),
        "billingAddressMatchesShippingAddress": billing(account.order) == account.order["address"],
    }


def _sums(account: Account) -> Node:
    order, lines = account.order, account.lines
    discounts = sum(line["discount_minor"] for line in lines)
    tax = sum(line["tax_minor"] for line in lines)
    goods = sum(line["paid_minor"] for line in lines) - tax
    shipping, left = order["shipping_minor"], account.paid - account.refunded
    sums = {
        "totalPrice": account.paid,
        "originalTotalPrice": account.paid,
        "totalReceived": account.paid,
        "currentTotalPrice": left,
        "netPayment": left,
        "totalRefunded": account.refunded,
        "totalRefundedShipping": account.shipping_refunded,
        "totalOutstanding": 0,
        "totalCapturable": 0,
        "refundDiscrepancy": 0,
        "totalShippingPrice": shipping,
        "currentShippingPrice": shipping - account.shipping_refunded,
        "subtotalPrice": goods,
        "currentSubtotalPrice": goods,
        "totalTax": tax,
        "currentTotalTax": tax,
        "totalDiscounts": discounts,
        "currentTotalDiscounts": discounts,
    }
    bags: dict[str, Any] = {f"{name}Set": bag(order, minor) for name, minor in sums.items()}
    plain = {name: bags[f"{name}Set"]["shopMoney"]["amount"] for name in sums}
    return plain | bags


def _field(account: Account, key: str, namespace: str | None) -> Node | None:
    found = next((row for row in account.fields if row["key"] == key), None)
    return field_node(found) if found and namespace in fields.OWN else None


def _dispute(row: Row) -> Node:
    return {
        "__typename": "OrderDisputeSummary",
        "id": gid("OrderDisputeSummary", row["id"]),
        "initiatedAs": row["kind"],
        "status": row["status"],
    }


def _shipping_line(order: Row) -> Node | None:
    if not order["shipping_minor"]:
        return None
    price = bag(order, order["shipping_minor"])
    return {
        "__typename": "ShippingLine",
        "id": gid("ShippingLine", order["id"] + 11),
        "title": order["shipping_title"],
        "code": order["shipping_title"],
        "source": "shopify",
        "custom": False,
        "isRemoved": False,
        "originalPriceSet": price,
        "discountedPriceSet": price,
        "currentDiscountedPriceSet": price,
        "discountAllocations": [],
        "taxLines": [],
    }


def customer(known: Row | None, locale: str) -> Node | None:
    """A Customer; None for an order that names none."""
    if known is None:
        return None
    return {
        "__typename": "Customer",
        "id": gid("Customer", known["id"]),
        "legacyResourceId": str(known["id"]),
        "firstName": known["first_name"],
        "lastName": known["last_name"],
        "displayName": f"{known['first_name']} {known['last_name']}",
        "email": known["email"],
        "phone": None,
        "locale": locale,
        "defaultEmailAddress": {"emailAddress": known["email"]},
    }
