"""What the app asks a store to allow, and what it lacks when the store allows less."""

from __future__ import annotations

ASKED = (
    "read_all_orders",
    "write_orders",
    "write_draft_orders",
    "write_merchant_managed_fulfillment_orders",
    "write_returns",
    "read_fulfillments",
    "read_products",
    "read_customers",
    "read_shopify_payments_disputes",
)
"""The scopes of `shopify.app.toml`; a test compares the two."""


def lacking(granted: str) -> list[str]:
    """What we ask for and `granted` (names with commas between) does not hold.

    Writing brings its reading along, and Shopify then names the writing alone.
    """
    have = {scope.strip() for scope in granted.split(",")}
    have |= {scope.replace("write_", "read_", 1) for scope in have}
    return [scope for scope in ASKED if scope not in have]
