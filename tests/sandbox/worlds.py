"""Worlds for tests: a standing clock, an app that is only pretended, one plain order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from clients.shopify import documents
from plugin.clock import Clock
from plugin.sandbox.app import World, create_world
from plugin.sandbox.outside import Readiness
from plugin.sandbox.settings import WorldSettings

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SHOP = "lanterna-store.myshopify.com"
GRAPHQL = f"/shopify/{SHOP}/admin/api/2026-10/graphql.json"


@dataclass
class PretendApp:
    """Takes webhooks, keeps them in order, answers what it is told to."""

    clock: Clock
    status: Callable[[int], int | None] = field(default=lambda nth: 200)
    taken: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    tried: int = 0

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        self.tried += 1
        status = self.status(self.tried)
        if status == 200:
            self.taken.append((path, body, dict(headers)))
        return status

    def ready(self) -> Readiness | None:
        if self.status(self.tried + 1) is None:
            return None
        return Readiness(ok=True, last_tick=self.clock.now().isoformat(), inbox=0, outbox=0)


def settings(directory: Path, **changes: Any) -> WorldSettings:
    clock = Clock(directory / "clock")
    given: dict[str, Any] = {
        "directory": directory / "world",
        "app_url": "http://127.0.0.1:9",
        "shop": SHOP,
        "access_token": "shpat_test",
        "shopify_secret": "hush",
        "supplier_secret": "whsec_c3VwcGxpZXIgc2VjcmV0",
        "aop_key": "1000000",
        "aop_secret": "test123",
        "aop_token": "test",
        "smtp_port": 0,
        "seed": "lanterna",
        "clock": clock,
        "duplicates": 0.0,
        "disorder": 0.0,
    }
    return WorldSettings(**given | changes)


def build(directory: Path, **changes: Any) -> tuple[World, PretendApp]:
    """A world whose clock stands at NOON, unless it was turned before."""
    made = settings(directory, **changes)
    if made.clock.file is not None and not made.clock.file.exists():
        made.clock.turn_to(NOON)
    app = PretendApp(made.clock)
    return create_world(made, outside=app), app


def order(world: World, *, quantities: tuple[int, ...] = (3, 1), shipping: int = 490) -> int:
    """Alice orders; odd prices, a discount and tax, in euro."""
    address = {
        "first_name": "Alice",
        "last_name": "Rossi",
        "name": "Alice Rossi",
        "company": None,
        "address1": "Via dei Tigli 7",
        "address2": None,
        "city": "Torino",
        "province": "Torino",
        "province_code": "TO",
        "country": "Italy",
        "country_code": "IT",
        "zip": "10123",
        "phone": None,
    }
    lines = [
        {
            "title": f"Lamp {place}",
            "variant": "",
            "sku": f"LN-{place}",
            "product_id": 1,
            "variant_id": 2,
            "quantity": quantity,
            "price_minor": 1099,
            "discount_minor": 100,
            "tax_percent": 22,
            "tax_minor": 231,
            "grams": 300,
        }
        for place, quantity in enumerate(quantities)
    ]
    customer = {"id": 5, "email": "alice@example.com", "first_name": "Alice", "last_name": "Rossi"}
    plain = {
        "email": "alice@example.com",
        "locale": "it",
        "currency": "EUR",
        "shop_currency": "USD",
        "rate_ppm": 1_080_000,
        "customer": customer,
        "address": address,
        "shipping_minor": shipping,
        "shipping_title": "Standard",
    }
    return int(world.happen("place_order", order=plain, lines=lines))


def line_ids(world: World, order_id: int) -> list[int]:
    rows = world.ground.ledger.rows("SELECT id FROM lines WHERE order_id = ? ORDER BY id", order_id)
    return [row["id"] for row in rows]


def payment_id(world: World, order_id: int) -> int:
    sql = "SELECT id FROM transactions WHERE order_id = ? AND kind = 'SALE'"
    return int((world.ground.ledger.row(sql, order_id) or {})["id"])


@dataclass
class Shopper:
    """Speaks to the storefront as the app does."""

    client: FlaskClient

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        answer = self.client.post(
            GRAPHQL,
            json={"query": document, "variables": variables},
            headers={"X-Shopify-Access-Token": "shpat_test"},
        )
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return dict(answer.get_json())

    def refund(self, key: str, wanted: dict[str, Any]) -> dict[str, Any]:
        return self.ask(documents.text("refund_create"), input=wanted, key=key)


def wanted(
    world: World,
    order_id: int,
    *,
    lines: Mapping[int, int] | None = None,
    minor: int = 0,
    shipping: int = 0,
    note: str = "",
) -> dict[str, Any]:
    """A RefundInput. Amounts in cents."""
    order_gid = f"gid://shopify/Order/{order_id}"
    given: dict[str, Any] = {"orderId": order_gid, "currency": "EUR", "note": note}
    given["refundLineItems"] = [
        {
            "lineItemId": f"gid://shopify/LineItem/{line}",
            "quantity": units,
            "restockType": "NO_RESTOCK",
        }
        for line, units in (lines or {}).items()
    ]
    if shipping:
        given["shipping"] = {"amount": f"{shipping / 100:.2f}"}
    if minor:
        given["transactions"] = [
            {
                "orderId": order_gid,
                "parentId": f"gid://shopify/OrderTransaction/{payment_id(world, order_id)}",
                "gateway": "shopify_payments",
                "kind": "REFUND",
                "amount": f"{minor / 100:.2f}",
            }
        ]
    return given
