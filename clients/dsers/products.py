"""Which product an address leads to, and on whose platform."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

ALIEXPRESS = "159831080"
"""The one supplier platform whose number is published."""
PRODUCT_IDS = ("id", "item_id", "offerId", "productId")


def product_of(url: str) -> tuple[str, str]:
    """(host, product number) of a product's address; empty where it cannot be told."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    for name in PRODUCT_IDS:
        if asked.get(name):
            return (parts.hostname or "").removeprefix("www."), asked[name][0]
    last = parts.path.rstrip("/").rpartition("/")[2].removesuffix(".html")
    number = last if last.isascii() and last.isdigit() else ""
    return (parts.hostname or "").removeprefix("www."), number


def same_product(one: str, other: str) -> bool:
    """Both addresses lead to the same product, as far as that can be told."""
    wanted = product_of(one)
    return all(wanted) and wanted == product_of(other)
