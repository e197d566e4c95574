"""What a GraphQL document costs, and the bucket it is paid from.

An object costs 1, a scalar nothing, a mutation 10 more. How a connection's size counts is not
published; here it is the number of binary digits of the size, times the cost of one item, which
is close to what small and large pages were seen to cost.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_leaf_type,
)

MAXIMUM = 2000.0
RESTORE = 100.0
MOST_PER_QUERY = 1000
MUTATION = 10


def requested(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """The points a valid document asks for."""
    counter = _Counter(schema, document, variables)
    return sum(
        counter.operation(definition)
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    )


class Bucket:
    """Points of one app at one shop; they come back with the world's time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._points = MAXIMUM
        self._seen: datetime | None = None
        self.spent = 0
        """Points paid so far."""
        self.refused = 0
        """How often there were too few."""

    def pay(self, points: int, now: datetime) -> bool:
        """Take the points if they are there; False leaves the bucket as it was."""
        with self._lock:
            self._refill(now)
            if points > self._points:
                self.refused += 1
                return False
            self._points -= points
            self.spent += points
            return True

    def available(self, now: datetime) -> int:
        """Whole points left."""
        with self._lock:
            self._refill(now)
            return int(self._points)

    def fill(self) -> None:
        """All points are back."""
        with self._lock:
            self._points = MAXIMUM

    def _refill(self, now: datetime) -> None:
        if self._seen is not None:
            passed = max(0.0, (now - self._seen).total_seconds())
            self._points = min(MAXIMUM, self._points + passed * RESTORE)
        self._seen = now


class _Counter:
    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }

    def operation(self, node: OperationDefinitionNode) -> int:
        root = self._schema.get_root_type(node.operation)
        extra = MUTATION if node.operation is OperationType.MUTATION else 0
        return extra + (self._selection(node.selection_set, root) if root else 0)

    def _selection(self, chosen: SelectionSetNode | None, parent: Any) -> int:
        if chosen is None:
            return 0
        return sum(self._one(node, parent) for node in chosen.selections)

    def _one(self, node: object, parent: Any) -> int:
        if isinstance(node, FieldNode):
            return self._field(node, parent)
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments[node.name.value]
            inside = self._schema.type_map[fragment.type_condition.name.value]
            return self._selection(fragment.selection_set, inside)
        if isinstance(node, InlineFragmentNode):
            inside = parent
            if node.type_condition is not None:
                inside = self._schema.type_map[node.type_condition.name.value]
            return self._selection(node.selection_set, inside)
        return 0

    def _field(self, node: FieldNode, parent: Any) -> int:
        known = getattr(parent, "fields", {}).get(node.name.value)
        if known is None:
            return 0
        named = get_named_type(known.type)
        if is_leaf_type(named) or not is_composite_type(named):
            return 0
        inside = self._selection(node.selection_set, named)
        if isinstance(named, GraphQLObjectType) and named.name.endswith("Connection"):
            return 1 + self._size(node).bit_length() * max(1, inside)
        if named.name in {"MoneyBag", "MoneyV2", "PageInfo"} or named.name.endswith("Edge"):
            return inside
        return 1 + inside

    def _size(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in {"first", "last"}:
                value = argument.value
                if isinstance(value, IntValueNode):
                    return int(value.value)
                if isinstance(value, VariableNode):
                    return int(self._variables.get(value.name.value) or 1)
        return 1
