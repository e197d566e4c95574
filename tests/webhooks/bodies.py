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
