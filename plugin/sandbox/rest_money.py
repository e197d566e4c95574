"""Money in Shopify's REST shape."""

from __future__ import annotations

from typing import Any

from clients.money import Money
from plugin.sandbox.store import Row

Body = dict[str, Any]

GIDS = "gid://shopify/"


def amount(minor: int, currency: str) -> str:
    """Minor units as a decimal string."""
    return Money(minor, currency).decimal()


def in_shop_currency(order: Row, minor: int) -> int:
    """Minor units of the order's currency as minor units of the shop's, to the nearest."""
    return round(minor * int(order["rate_ppm"]) / 1_000_000)


def money_set(order: Row, minor: int) -> Body:
    """`shop_money` and `presentment_money`."""
    shop, paid = order["shop_currency"], order["currency"]
    return {
        "shop_money": {
            "amount": amount(in_shop_currency(order, minor), shop),
            "currency_code": shop,
        },
        "presentment_money": {"amount": amount(minor, paid), "currency_code": paid},
    }


def priced(order: Row, name: str, minor: int) -> Body:
    """A price and its set, as the REST body has both; the plain one is in the shop's currency."""
    plain = amount(in_shop_currency(order, minor), order["shop_currency"])
    return {name: plain, f"{name}_set": money_set(order, minor)}
