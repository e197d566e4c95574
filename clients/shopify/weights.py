"""Weights in whole grams, and what the variants of a product weigh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from clients.errors import NeedsAuthorisation
from clients.http import Kind
from clients.shopify.channel import SERVICE, Channel
from clients.shopify.records import gid, number

ONE_CALL = 100
"""Variants asked about at once. Shopify takes up to 250; a query's cost has a limit too."""

HEAVIEST = 10**9
"""A thousand tonnes, in grams: more than that is a slip of the pen."""

GRAMS = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "POUNDS": Decimal("453.59237"),
    "OUNCES": Decimal("28.349523125"),
}
"""Grams of one unit, exactly (international avoirdupois pound, 1959)."""


def grams(node: Mapping[str, Any] | None) -> int | None:
    """A Weight as whole grams, halves up; None when it is not known.

    Nought is not known either: it is what Shopify shows where the merchant entered nothing.
    """
    value = (node or {}).get("value")
    unit = GRAMS.get(str((node or {}).get("unit")))
    if unit is None or isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    whole = unit * value
    if not 0 < whole < HEAVIEST:
        return None
    return max(1, int(whole.to_integral_value(rounding=ROUND_HALF_UP)))


class Weights:
    """The part of ShopifyAdmin that asks what goods weigh."""

    _channel: Channel

    def variant_weights(self, variant_ids: Iterable[int]) -> dict[int, int | None]:
        """Grams of one unit, for every id asked about; None for one not known or not there.

        Raises NeedsAuthorisation when the token may not see products (scope `read_products`).
        """
        wanted = list(dict.fromkeys(variant_ids))
        found: dict[int, int | None] = dict.fromkeys(wanted)
        for start in range(0, len(wanted), ONE_CALL):
            nodes = self._variants(wanted[start : start + ONE_CALL])
            found |= self._channel.parsed(_weighed, nodes, Kind.READ)
        return {variant: found[variant] for variant in wanted}

    def _variants(self, some: Iterable[int]) -> Any:
        ids = [gid("ProductVariant", variant) for variant in some]
        envelope = self._channel.ask("variant_weights", {"ids": ids}, Kind.READ)
        self._channel.check(envelope)
        if "ACCESS_DENIED" in envelope.codes:
            # The nodes come back null then: a missing permission is not an unknown weight.
            raise NeedsAuthorisation(SERVICE, "products are not shown", code="ACCESS_DENIED")
        return envelope.payload


def _weighed(page: Mapping[str, Any]) -> dict[int, int | None]:
    return {
        number(node["id"]): grams(node["inventoryItem"]["measurement"]["weight"])
        for node in page["nodes"]
        if node
    }
