"""Draft orders: written down, priced, and made real orders once.

A draft is in the shop's own currency, without tax and without shipping; what else a draft can
have is refused rather than passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from clients.money import Money
from plugin.sandbox import addresses, moments, orders, shelf
from plugin.sandbox.graph_money import Node, parse_gid
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

CURRENCY = "USD"
KNOWN = frozenset(
    {
        "appliedDiscount",
        "email",
        "lineItems",
        "note",
        "purchasingEntity",
        "shippingAddress",
        "tags",
        "taxExempt",
    }
)


class NoDraft(ValueError):
    """The draft is not made, or not completed; the message says why."""


def write(ground: Ground, asked: Node, at: datetime) -> int:
    """Write a DraftOrderInput down. Gives the draft's id. Raises NoDraft."""
    unknown = sorted(set(asked) - KNOWN)
    if unknown:
        raise NoDraft(f"The sandbox knows no {unknown[0]} of a draft order.")
    lines = [_line(ground, line, asked.get("appliedDiscount")) for line in asked["lineItems"]]
    where = asked.get("shippingAddress")
    if not lines or where is None:
        raise NoDraft("Add at least 1 product and a shipping address.")
    if wrong := addresses.objection(where):
        raise NoDraft(wrong)
    customer = _customer(ground, (asked.get("purchasingEntity") or {}).get("customerId"))
    with ground.ledger.writing():
        draft_id, stamp = ground.number("draft"), moments.text(at)
        ground.ledger.add(
            "drafts",
            id=draft_id,
            created_at=stamp,
            updated_at=stamp,
            order_id=None,
            name=f"#D{ground.ledger.count('draft name')}",
            tags=sorted(set(asked.get("tags") or ())),
            note=asked.get("note"),
            email=asked.get("email") or (customer or {}).get("email"),
            customer=customer,
            address=addresses.row(where),
            lines=lines,
        )
    return draft_id


def complete(ground: Ground, draft_id: int, at: datetime) -> int:
    """Make a real order of it; what it costs counts as paid. Gives the order's id.

    Raises NoDraft for a draft that is none or was completed before.
    """
    draft = find(ground, draft_id)
    if draft is None:
        raise NoDraft("Draft order does not exist.")
    if draft["order_id"] is not None:
        raise NoDraft("This order has been paid")
    with ground.ledger.writing():
        order = {
            "email": draft["email"],
            "locale": _locale(ground, draft["customer"]),
            "currency": CURRENCY,
            "shop_currency": CURRENCY,
            "rate_ppm": 1_000_000,
            "customer": draft["customer"],
            "address": draft["address"],
            "shipping_minor": 0,
            "shipping_title": "None",
            "tags": draft["tags"],
            "note": draft["note"],
            "source_name": "shopify_draft_order",
            "discount_code": None,
        }
        order_id = orders.place(ground, order, draft["lines"], at)
        stamp = moments.text(at)
        ground.ledger.amend("drafts", draft_id, order_id=order_id, updated_at=stamp)
    return order_id


def find(ground: Ground, draft_id: int) -> Row | None:
    """A draft."""
    return ground.ledger.row("SELECT * FROM drafts WHERE id = ?", draft_id)


def every(ground: Ground, until: str = "9") -> list[Row]:
    """All drafts written down up to `until` (ledger text), the oldest first."""
    return ground.ledger.rows("SELECT * FROM drafts WHERE created_at <= ? ORDER BY id", until)


def total(draft: Row) -> int:
    """What it costs, in minor units of the shop's currency."""
    lines = draft["lines"]
    return sum(line["price_minor"] * line["quantity"] - line["discount_minor"] for line in lines)


def _line(ground: Ground, asked: Node, of_order: Node | None) -> Row:
    goods, units = _goods(ground, asked), int(asked["quantity"])
    if units < 1:
        raise NoDraft("Quantity must be greater than or equal to 1")
    price = goods["price_minor"] * units
    off = _discount(asked.get("appliedDiscount"), price)
    off += _discount(of_order, price - off)
    plain = {"quantity": units, "discount_minor": off, "tax_percent": 0, "tax_minor": 0}
    return goods | plain


def _goods(ground: Ground, asked: Node) -> Row:
    if asked.get("variantId") is not None:
        variant = parse_gid(asked["variantId"], "ProductVariant")
        found = shelf.goods(ground, variant)
        if found is None:
            raise NoDraft(f"Product with ID {variant} is no longer available.")
        return found
    price = asked.get("originalUnitPriceWithCurrency")
    if not asked.get("title") or price is None:
        raise NoDraft("Custom items need a title and a price.")
    if price["currencyCode"] != CURRENCY:
        raise NoDraft("All prices of a draft order must be in one currency.")
    return {
        "title": asked["title"],
        "variant": "",
        "sku": asked.get("sku") or "",
        "product_id": None,
        "variant_id": None,
        "price_minor": Money.parse(str(price["amount"]), CURRENCY).minor,
        "grams": 0,
    }


def _discount(asked: Node | None, price: int) -> int:
    if asked is None:
        return 0
    value = Decimal(str(asked["value"]))
    if asked["valueType"] == "PERCENTAGE":
        return min(price, int(price * value / 100))
    raise NoDraft("The sandbox knows only discounts in per cent.")


def _customer(ground: Ground, wanted: object) -> Mapping[str, Any] | None:
    if wanted is None:
        return None
    number = parse_gid(wanted, "Customer")
    known = _known(ground, number)
    if known is None:
        raise NoDraft("Customer does not exist.")
    found: Mapping[str, Any] = known["customer"]
    return found


def _locale(ground: Ground, customer: Row | None) -> str:
    known = _known(ground, customer["id"]) if customer else None
    return str(known["locale"]) if known else "en"


def _known(ground: Ground, customer_id: int) -> Row | None:
    """The last order of a customer."""
    rows = ground.ledger.rows("SELECT * FROM orders ORDER BY created_at DESC, id DESC")
    return next((row for row in rows if (row["customer"] or {}).get("id") == customer_id), None)
