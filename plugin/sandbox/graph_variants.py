"""Variants of products as GraphQL shows them."""

from __future__ import annotations

from plugin.sandbox.graph_money import Node, gid


def variant_node(variant_id: int, grams: int) -> Node:
    """A ProductVariant. The merchant entered every weight in grams."""
    return {
        "__typename": "ProductVariant",
        "id": gid("ProductVariant", variant_id),
        "inventoryItem": {
            "__typename": "InventoryItem",
            "id": gid("InventoryItem", variant_id + 7),
            "requiresShipping": True,
            "measurement": {
                "id": gid("InventoryItemMeasurement", variant_id + 9),
                "weight": {"unit": "GRAMS", "value": float(grams)},
            },
        },
    }
