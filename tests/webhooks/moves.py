"""Bodies about goods and money on their way, and of the supplier contract."""

from __future__ import annotations

from typing import Any

from tests.webhooks.bodies import ORDER_ID, SHOP, VASE, Body, address, line, money


def fulfilment(**changes: Any) -> Body:
    return {
        "id": 5_500_000_000_001,
        "admin_graphql_api_id": "gid://shopify/Fulfillment/5500000000001",
        "order_id": ORDER_ID,
        "status": "success",
        "created_at": "2026-11-04T08:00:00+01:00",
        "service": "manual",
        "updated_at": "2026-11-04T09:00:00+01:00",
        "tracking_company": "YunExpress",
        "shipment_status": None,
        "location_id": 70_101_100,
        "origin_address": None,
        "email": "alice@example.com",
        "destination": address(),
        "line_items": [line(quantity=1, tax_code="P0000000")],
        "tracking_number": "YT0001",
        "tracking_numbers": ["YT0001"],
        "tracking_url": "https://example.com/YT0001",
        "tracking_urls": ["https://example.com/YT0001"],
        "receipt": {},
        "name": "#1001.1",
        **changes,
    }


def carrier(**changes: Any) -> Body:
    return {
        "id": 1,
        "fulfillment_id": 5_500_000_000_001,
        "order_id": ORDER_ID,
        "status": "in_transit",
        "message": None,
        "happened_at": "2026-11-05T00:00:00Z",
        "city": None,
        **changes,
    }


def transaction(**changes: Any) -> Body:
    return {
        "id": 6_600_000_000_001,
        "admin_graphql_api_id": "gid://shopify/OrderTransaction/6600000000001",
        "order_id": ORDER_ID,
        "parent_id": 6_600_000_000_000,
        "kind": "refund",
        "status": "success",
        "gateway": "shopify_payments",
        "amount": "9.25",
        "currency": "CHF",
        "message": None,
        "error_code": None,
        "authorization": "re_1",
        "payment_id": "p1",
        "processed_at": "2026-11-06T08:00:00+01:00",
        "created_at": "2026-11-06T08:00:00+01:00",
        "test": False,
        "manual_payment_gateway": False,
        "receipt": {"charges": {"data": [{"amount": 925, "livemode": True}]}, "metadata": {}},
        "payment_details": {"credit_card_company": "Visa", "credit_card_expiration_month": 4},
        "payments_refund_attributes": {"status": "success", "acquirer_reference_number": None},
        "source_name": "web",
        "total_unsettled_set": {
            "presentment_money": {"amount": "0.0", "currency": "CHF"},
            "shop_money": {"amount": "0.0", "currency": "EUR"},
        },
        "amount_rounding": None,
        **changes,
    }


MARK = "0b5c6a1e-8f1d-5f7b-9a55-0a1b2c3d4e5f"


def refund(**changes: Any) -> Body:
    return {
        "id": 9_900_000_000_001,
        "admin_graphql_api_id": "gid://shopify/Refund/9900000000001",
        "order_id": ORDER_ID,
        "created_at": "2026-11-06T08:00:00+01:00",
        "processed_at": "2026-11-06T08:00:00+01:00",
        "note": f"Postvendita case 1001-1 [postvendita:{MARK}]",
        "user_id": None,
        "restock": False,
        "duties": [],
        "total_duties_set": money("0.00"),
        "return": None,
        "refund_shipping_lines": [],
        "order_adjustments": [],
        "refund_line_items": [
            {
                "id": 9_910_000_000_001,
                "line_item_id": VASE,
                "location_id": None,
                "quantity": 1,
                "restock_type": "no_restock",
                "subtotal": 9.62,
                "total_tax": 2.12,
                "subtotal_set": money("9.25", "9.62"),
                "total_tax_set": money("2.04", "2.12"),
                "line_item": line(),
            }
        ],
        "transactions": [transaction()],
        **changes,
    }


def dispute(**changes: Any) -> Body:
    return {
        "id": 3_300_001,
        "order_id": ORDER_ID,
        "type": "chargeback",
        "amount": "28.67",
        "currency": "CHF",
        "reason": "product_not_received",
        "network_reason_code": "13.1",
        "status": "needs_response",
        "evidence_due_by": "2026-12-01T00:00:00+01:00",
        "evidence_sent_on": None,
        "finalized_on": None,
        "initiated_at": "2026-11-20T09:00:00+01:00",
        **changes,
    }


def push(kind: str, **data: Any) -> Body:
    """A message of the supplier contract."""
    about = {"supplier": "白塔厨具旗舰店", "reference": "T-77", **data}
    return {"type": kind, "shop": SHOP, "data": about}


def recorded(**changes: Any) -> Body:
    data = {
        "connection": "by_hand",
        "order_id": ORDER_ID,
        "lines": [{"line_id": VASE, "quantity": 2}],
        "route": "domestic",
        "ship_by": "2026-11-05",
        "ordered_at": "2026-11-02T18:00:00+08:00",
        "cost": {"amount": "88.00", "currency": "CNY"},
        "replacement": False,
    }
    return push("purchase.recorded", **data | changes)


def wish(**changes: Any) -> Body:
    """The customer asks the store for a return; of what and why is not said."""
    return {
        "id": 17_330_001,
        "admin_graphql_api_id": "gid://shopify/Return/17330001",
        "status": "requested",
        "order": {"id": ORDER_ID, "admin_graphql_api_id": f"gid://shopify/Order/{ORDER_ID}"},
        "total_return_line_items": 2,
        "name": None,
        "return_line_items": [],
        "return_shipping_fees": [],
        "exchange_line_items": [],
        "total_exchange_line_items": 0,
        **changes,
    }
