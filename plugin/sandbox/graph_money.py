"""Money and ids in Shopify's GraphQL shape."""

from __future__ import annotations

from typing import Any

from plugin.sandbox.rest_money import GIDS, amount, in_shop_currency
from plugin.sandbox.store import Row

Node = dict[str, Any]


def gid(kind: str, number: object) -> str:
    """`gid("Order", 1)` is `gid://shopify/Order/1`."""
    return f"{GIDS}{kind}/{number}"


def parse_gid(text: object, kind: str | None = None) -> int:
    """The number in an id of that kind. Raises ValueError for anything else."""
    name, _, number = str(text).removeprefix(GIDS).partition("/")
    if not str(text).startswith(GIDS) or (kind is not None and name != kind):
        raise ValueError(f"Invalid id: {str(text)[:80]}")
    return int(number.split("?", 1)[0])


def kind_of(text: object) -> str:
    """`Order` of `gid://shopify/Order/1`; empty when it is no id."""
    name, slash, _ = str(text).removeprefix(GIDS).partition("/")
    return name if slash and str(text).startswith(GIDS) else ""


def bag(order: Row, minor: int) -> Node:
    """A MoneyBag: in the shop's currency, and in the one the customer paid in."""
    return {
        "shopMoney": money(in_shop_currency(order, minor), order["shop_currency"]),
        "presentmentMoney": money(minor, order["currency"]),
    }


def money(minor: int, currency: str) -> Node:
    """A MoneyV2."""
    return {"amount": amount(minor, currency), "currencyCode": currency}
