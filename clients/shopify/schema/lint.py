"""What the schema cannot say about a document, checked here.

Shopify refuses `refundCreate` without a key only when it runs (API 2026-04: idempotent requests),
so a validator would never notice.
"""

from __future__ import annotations

from graphql import (
    FieldNode,
    GraphQLSchema,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    parse,
    parse_value,
    print_ast,
    validate,
)

KEYED = frozenset({"refundCreate"})
"""Mutations that must carry @idempotent with a key from a variable."""

KEEPS_MONEY = frozenset({"orderCancel"})
NO_REFUND = "{ originalPaymentMethodsRefund: false }"
"""Mutations that must not pay anything back by the way, and the argument that says so."""

COMPLAINTS = {"orderCancel": "orderCancelUserErrors"}
"""Where a mutation says what was wrong, if not in `userErrors`."""


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
    complaints = COMPLAINTS.get(name, "userErrors")
    if complaints not in {inner.name.value for inner in _fields(field.selection_set)}:
        found.append(f"{name} does not select its {complaints}")
    if name in KEEPS_MONEY and not _pays_nothing(field):
        found.append(f"{name} does not switch its refund off")
    return found


def _pays_nothing(field: FieldNode) -> bool:
    """True when the document itself says so, and no variable can say otherwise."""
    arguments = {argument.name.value: argument.value for argument in field.arguments or ()}
    return "refund" not in arguments and print_ast(
        arguments.get("refundMethod", NullValueNode())
    ) == print_ast(parse_value(NO_REFUND))


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
