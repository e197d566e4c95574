"""An app's own fields as GraphQL shows them."""

from __future__ import annotations

from plugin.sandbox import fields
from plugin.sandbox.graph_money import Node, gid
from plugin.sandbox.store import Row


def field_node(row: Row) -> Node:
    """A Metafield."""
    return {
        "__typename": "Metafield",
        "id": gid("Metafield", row["id"]),
        "namespace": fields.RESERVED,
        "key": row["key"],
        "type": row["type"],
        "value": row["value"],
        "compareDigest": fields.digest(row["value"]),
        "createdAt": row["at"],
    }


def definition_node(row: Row) -> Node:
    """A MetafieldDefinition."""
    return {
        "__typename": "MetafieldDefinition",
        "id": gid("MetafieldDefinition", row["id"]),
        "namespace": fields.RESERVED,
        "key": row["key"],
        "name": row["name"],
        "description": row["description"],
        "ownerType": "ORDER",
    }
