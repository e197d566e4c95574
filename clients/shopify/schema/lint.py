"""What the schema cannot say about a document, checked here.

Shopify refuses `refundCreate` without a key only when it runs (API 2026-04: idempotent requests),
so a validator would never notice.
"""

from __future__ import annotations

from graphql import (
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    parse,
    validate,
)

KEYED = frozenset({"refundCreate"})
"""Mutations that must carry @idempotent with a key from a variable."""


def complaints(text: str, schema: GraphQLSchema) -> list[str]:
    """Everything wrong with a document, in words; empty when it may be sent."""
    document = parse(text)
    found = [error.message for error in validate(schema, document)]
    for definition in document.definitions:
        if (
            isinstance(definition, OperationDefinitionNode)
            and definition.operation is OperationType.MUTATION
        ):
            for field in _fields(definition.selection_set):
                found.extend(_about(field))
    return found


def _about(field: FieldNode) -> list[str]:
    name = field.name.value
    found = []
    if name in KEYED and not _keyed(field):
        found.append(f"{name} carries no @idempotent(key: $…)")
    if "userErrors" not in {inner.name.value for inner in _fields(field.selection_set)}:
        found.append(f"{name} does not select its userErrors")
    return found


def _keyed(field: FieldNode) -> bool:
    return any(
        directive.name.value == "idempotent"
        and any(
            argument.name.value == "key" and isinstance(argument.value, VariableNode)
            for argument in directive.arguments or ()
        )
        for directive in field.directives or ()
    )


def _fields(selection: SelectionSetNode | None) -> list[FieldNode]:
    nodes = selection.selections if selection else ()
    return [node for node in nodes if isinstance(node, FieldNode)]
