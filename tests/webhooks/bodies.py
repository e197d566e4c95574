"""Bodies as shops really send them: the keys and nulls of real traffic, people and sums of ours."""

from __future__ import annotations

import json
from typing import Any

Body = dict[str, Any]

SHOP = "lanterna.myshopify.com"
ORDER_ID = 6_012_345_678_901
VASE, LAMP = 15_100_000_000_001, 15_100_000_000_002


def raw(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def money(shown: str, own: str | None = None, *, currency: str = "CHF") -> Body:
    """A money set: what the customer saw, and the same in the shop's euros."""
    return {
        "shop_money": {"amount": own or shown, "currency_code": "EUR"},
        "presentment_money": {"amount": shown, "currency_code": currency},
    }


def priced(name: str, shown: str, own: str) -> Body:
    return {name: own, f"{name}_set": money(shown, own)}


def tax(shown: str, own: str) -> Body:
    return {"title": "IVA", "rate": 0.22, "channel_liable": False, **priced("price", shown, own)}


def line(**changes: Any) -> Body:
    """A line item: two vases at 10.00, 1.50 off, 4.07 tax."""
    return {
        "id": VASE,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{VASE}",
        "attributed_staffs": [],
        "current_quantity": 2,
        "fulfillable_quantity": 2,
        "fulfillment_service": "manual",
        "fulfillment_status": None,
        "gift_card": False,
        "grams": 450,
        "name": "Vaso di vetro - Blu",
        **priced("price", "10.00", "10.40"),
        "product_exists": True,
        "product_id": 8_800_000_000_001,
        "properties": [{"name": "Incisione", "value": "A & B"}],
        "quantity": 2,
        "requires_shipping": True,
        "sku": "VASO-BLU",
        "taxable": True,
        "title": "Vaso di vetro",
        "total_discount": "0.00",
        "total_discount_set": money("0.00"),
        "variant_id": 4_400_000_000_001,
        "variant_inventory_management": "shopify",
        "variant_title": "Blu",
        "vendor": "Lanterna",
        "pre_tax_price": "19.24",
        "pre_tax_price_set": money("18.50", "19.24"),
        "tax_lines": [tax("4.07", "4.23")],
        "duties": [],
        "discount_allocations": [
            {
                "amount": "1.56",
                "amount_set": money("1.50", "1.56"),
                "discount_application_index": 0,
            }
        ],
        **changes,
    }


def shipping(**changes: Any) -> Body:
    """A way of shipping: 6.00 down to 5.00, and 1.10 tax."""
    return {
        "id": 4_900_000_000_001,
        "carrier_identifier": None,
        "code": "Standard",
        **priced("discounted_price", "5.00", "5.20"),
        "is_removed": False,
        "phone": None,
        **priced("price", "6.00", "6.24"),
        "requested_fulfillment_service_id": None,
        "source": "shopify",
        "title": "Standard",
        "tax_lines": [tax("1.10", "1.14")],
        "discount_allocations": [],
        **changes,
    }


def address(**changes: Any) -> Body:
    return {
        "first_name": "Alice",
        "last_name": "Rossi",
        "name": "Alice Rossi",
        "company": None,
        "address1": "Via Garibaldi 7",
        "address2": None,
        "city": "Lugano",
        "province": "Ticino",
        "province_code": "TI",
        "country": "Switzerland",
        "country_code": "CH",
        "zip": "6900",
        "phone": None,
        "latitude": 46.0037,
        "longitude": 8.9511,
        **changes,
    }


def order(**changes: Any) -> Body:
    """A paid order of a Swiss customer at an Italian shop."""
    return {
        "id": ORDER_ID,
        "admin_graphql_api_id": f"gid://shopify/Order/{ORDER_ID}",
        "app_id": 580_111,
        "browser_ip": "203.0.113.7",
        "buyer_accepts_marketing": False,
        "cancel_reason": None,
        "cancelled_at": None,
        "cart_token": None,
        "checkout_id": 37_000_000_000_001,
        "client_details": {"accept_language": "it-CH", "user_agent": "Mozilla/5.0"},
        "closed_at": None,
        "company": None,
        "confirmed": True,
        "contact_email": "alice@example.com",
        "created_at": "2026-11-02T10:00:00+01:00",
        "currency": "EUR",
        "customer_locale": "it-CH",
        "email": "alice@example.com",
        "financial_status": "paid",
        "fulfillment_status": None,
        "name": "#1001",
        "note": None,
        "note_attributes": [],
        "number": 1,
        "order_number": 1001,
        "payment_gateway_names": ["shopify_payments"],
        "payment_terms": None,
        "phone": None,
        "presentment_currency": "CHF",
        "processed_at": "2026-11-02T10:00:05+01:00",
        "tags": "",
        "tax_lines": [],
        "taxes_included": False,
        "test": False,
        **priced("total_price", "28.67", "29.81"),
        "updated_at": "2026-11-02T10:01:00+01:00",
        "user_id": None,
        "billing_address": address(),
        "customer": {
            "id": 7_700_000_000_001,
            "admin_graphql_api_id": "gid://shopify/Customer/7700000000001",
            "email": "alice@example.com",
            "first_name": "Alice",
            "last_name": "Rossi",
            "phone": "+41 91 555 01 23",
            "tags": "",
            "default_address": None,
            "email_marketing_consent": None,
            "sms_marketing_consent": None,
        },
        "discount_applications": [],
        "fulfillments": [],
        "line_items": [line()],
        "refunds": [],
        "shipping_address": address(),
        "shipping_lines": [shipping()],
        **changes,
    }


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
