"""Ids and money out of checked bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from clients.money import Money
from plugin.timeline import Lines
from webhooks.reading import Unreadable
from webhooks.schemas.fields import LARGEST_ID

Node = Mapping[str, Any]

LARGEST_MINOR = 10**15
"""More money than any order has; the database's columns hold it."""

_GID = re.compile(r"gid://shopify/(?P<kind>[A-Za-z]+)/(?P<number>[0-9]{1,19})", re.ASCII)


def gid_number(node: Node | None, kind: str) -> int | None:
    """The number in `admin_graphql_api_id`; None when there is no such id of that kind."""
    text = (node or {}).get("admin_graphql_api_id")
    found = _GID.fullmatch(text) if isinstance(text, str) else None
    if found is None or found["kind"] != kind or not 0 < int(found["number"]) <= LARGEST_ID:
        return None
    return int(found["number"])


def number(node: Node, kind: str) -> int:
    """A thing's id. Where the two spellings disagree the plain one was rounded on its way here."""
    return gid_number(node, kind) or int(node["id"])


def quantities(pairs: Iterable[tuple[int, int]]) -> Lines:
    """(line, quantity) with each line once: platforms split a line by location."""
    total: dict[int, int] = {}
    for line_id, quantity in pairs:
        total[line_id] = total.get(line_id, 0) + quantity
    return tuple(total.items())


def minor(amount: str, currency: str, where: str) -> int:
    """An amount in minor units. Raises Unreadable when it does not exist in the currency."""
    try:
        return Money.parse(amount, currency).minor
    except ValueError as error:
        raise Unreadable(where, str(error)) from None


def shown(money_set: Node | None) -> tuple[str | None, str | None]:
    """Amount and currency that the customer saw, as far as a money set has them."""
    part = (money_set or {}).get("presentment_money") or {}
    return part.get("amount"), part.get("currency_code") or part.get("currency")


@dataclass(frozen=True)
class Purse:
    """An order's two currencies: the one the customer paid in, and the shop's own."""

    currency: str
    shop_currency: str

    def minor(self, node: Node, name: str, where: str) -> int:
        """Money `name` of a part of the order, in the customer's currency.

        From `<name>_set`; else from the plain field, which is in the shop's currency. Raises
        Unreadable when neither will do.
        """
        where = f"{where}.{name}"
        amount, currency = shown(node.get(f"{name}_set"))
        if amount is not None:
            if currency not in {None, self.currency}:
                raise Unreadable(f"{where}_set", f"is in {currency}, not in {self.currency}")
            return minor(amount, self.currency, f"{where}_set")
        plain = node.get(name)
        if plain is None:
            raise Unreadable(where, "missing")
        if self.currency != self.shop_currency:
            raise Unreadable(f"{where}_set", "missing, and the order is in two currencies")
        return minor(plain, self.currency, where)
