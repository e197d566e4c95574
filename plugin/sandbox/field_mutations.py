"""What the storefront does with an app's own fields when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLResolveInfo

from plugin.sandbox import accounts, fields
from plugin.sandbox.graph_fields import definition_node, field_node
from plugin.sandbox.graph_money import Node, parse_gid
from plugin.sandbox.ground import Ground

Info = GraphQLResolveInfo[Any]


class FieldMutations:
    """Writes of one call that concern fields of an order."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def root(self) -> dict[str, Callable[..., Node]]:
        """The resolvers, by the name of the root field."""
        return {
            "metafieldsSet": self._set,
            "metafieldsDelete": self._delete,
            "metafieldDefinitionCreate": self._show,
        }

    def _set(self, info: Info, metafields: Sequence[Mapping[str, Any]]) -> Node:
        """All of them or none."""
        if len(metafields) > fields.MOST_AT_ONCE:
            return _not_set(["metafields"], "Exceeded the maximum.", "LESS_THAN_OR_EQUAL_TO")
        owners = [self._owner(one["ownerId"]) for one in metafields]
        for place, (one, order_id) in enumerate(zip(metafields, owners, strict=True)):
            if order_id is None:
                return _not_set(["metafields", str(place)], "Owner does not exist.", "INVALID")
            code, says = fields.objection(self._ground, order_id, one)
            if code:
                return _not_set(["metafields", str(place)], says, code)
        written = []
        for order_id in dict.fromkeys(one for one in owners if one is not None):
            mine = [one for one, of in zip(metafields, owners, strict=True) if of == order_id]
            written += fields.write(self._ground, order_id, mine, self._ground.now())
        return {"metafields": [field_node(row) for row in written], "userErrors": []}

    def _delete(self, info: Info, metafields: Sequence[Mapping[str, Any]]) -> Node:
        gone: list[Node | None] = []
        for one in metafields:
            order_id = self._owner(one["ownerId"])
            mine = order_id is not None and one["namespace"] in fields.OWN
            now = self._ground.now()
            was = mine and fields.clear(self._ground, order_id or 0, str(one["key"]), now)
            gone.append(dict(one) if was else None)
        return {"deletedMetafields": gone, "userErrors": []}

    def _show(self, info: Info, definition: Mapping[str, Any]) -> Node:
        row, code, says = fields.show(self._ground, definition)
        if row is None:
            error = {"field": ["definition"], "message": says, "code": code}
            return {"createdDefinition": None, "userErrors": [error]}
        return {"createdDefinition": definition_node(row), "userErrors": []}

    def _owner(self, text: str) -> int | None:
        try:
            order_id = parse_gid(text, "Order")
        except ValueError:
            return None
        return None if accounts.read(self._ground.ledger, order_id) is None else order_id


def _not_set(where: list[str], message: str, code: str) -> Node:
    error = {"field": where, "message": message, "code": code, "elementIndex": None}
    return {"metafields": None, "userErrors": [error]}
