"""The catalogue's goods by Shopify's ids, and what of them somebody has ever ordered."""

from __future__ import annotations

from plugin.sandbox.catalogue import PRODUCTS, Product
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

_PRODUCT, _VARIANT = 8_120_000_000_000, 44_900_000_000_000


def product_id(product: Product) -> int:
    """The id of a product."""
    return _PRODUCT + PRODUCTS.index(product) * 37


def variant_id(product: Product, variant: str) -> int:
    """The id of one of its variants."""
    return _VARIANT + PRODUCTS.index(product) * 370 + product.variants.index(variant) * 11


def goods(ground: Ground, wanted: int) -> Row | None:
    """A variant as a line of an order has it, without a quantity; None when nobody sells it.

    Prices are of the shop's currency for what the catalogue has. What is not in the catalogue is
    known from the last order that had it, at the price it had there.
    """
    found = _VARIANTS.get(wanted)
    if found is not None:
        product, variant = found
        return {
            "title": product.title,
            "variant": variant,
            "sku": product.sku,
            "product_id": product_id(product),
            "variant_id": wanted,
            "price_minor": product.usd,
            "grams": product.grams,
        }
    names = ("title", "variant", "sku", "product_id", "variant_id", "price_minor", "grams")
    for row in ground.ledger.rows("SELECT * FROM lines ORDER BY id DESC"):
        if row["variant_id"] == wanted:
            return {name: row[name] for name in names}
    return None


_VARIANTS = {
    variant_id(product, variant): (product, variant)
    for product in PRODUCTS
    for variant in product.variants
}
