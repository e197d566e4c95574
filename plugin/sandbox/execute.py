"""GraphQL as the storefront speaks it: validated against Shopify's schema, then executed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_named_type,
    parse,
    validate,
)

from plugin.sandbox import cost
from plugin.sandbox.paging import connection

Answer = dict[str, Any]

MOST_KNOWN = 200
"""Documents that are not parsed and validated a second time."""
COMPLAINTS = {"orderCancel": "orderCancelUserErrors"}
"""Where a mutation says what was wrong, if not in `userErrors`."""


@dataclass(frozen=True)
class Call:
    """A document that Shopify's schema accepts."""

    document: DocumentNode
    variables: Mapping[str, Any]
    operation_name: str | None
    points: int

    @cached_property
    def operations(self) -> tuple[str, ...]:
        """Names a fault may be ordered for: root fields, one level below, and the operation's."""
        names: list[str] = []
        for definition in self.document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                if definition.name is not None:
                    names.append(definition.name.value)
                for field in _fields(definition):
                    names.extend((field.name.value, *(f.name.value for f in _fields(field))))
        return tuple(names)

    @cached_property
    def changes(self) -> bool:
        """True for a mutation."""
        return any(
            isinstance(definition, OperationDefinitionNode)
            and definition.operation is OperationType.MUTATION
            for definition in self.document.definitions
        )

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Names of the root fields."""
        return tuple(
            field.name.value
            for definition in self.document.definitions
            if isinstance(definition, OperationDefinitionNode)
            for field in _fields(definition)
        )

    def refused(self, message: str) -> Answer:
        """The data of a mutation that did nothing and says why, with all the fields asked for."""
        return {
            field.name.value: dict.fromkeys(each.name.value for each in _fields(field))
            | {COMPLAINTS.get(field.name.value, "userErrors"): [_complaint(message)]}
            for definition in self.document.definitions
            if isinstance(definition, OperationDefinitionNode)
            for field in _fields(definition)
        }


class Graph:
    """Validates and executes; the schema is loaded when the first document comes."""

    def __init__(self, load: Callable[[], GraphQLSchema]) -> None:
        self._load = load
        self._known: dict[str, DocumentNode] = {}

    @cached_property
    def schema(self) -> GraphQLSchema:
        """Shopify's schema, as it is shipped with the client."""
        return self._load()

    def read(self, body: Mapping[str, Any]) -> Call | list[Answer]:
        """The call in a request's JSON, or the errors Shopify would answer."""
        text = str(body.get("query") or "")
        document = self._known.get(text)
        if document is None:
            try:
                document = parse(text)
            except GraphQLError as error:
                return [_spelled(error)]
            errors = validate(self.schema, document)
            if errors:
                return [_spelled(error) for error in errors]
            # The app has a few dozen documents and sends each of them again and again.
            if len(self._known) < MOST_KNOWN:
                self._known[text] = document
        variables = body.get("variables") or {}
        points = cost.requested(self.schema, document, variables)
        return Call(document, variables, body.get("operationName"), points)

    def execute(self, call: Call, root: Mapping[str, Any]) -> Answer:
        """`data`, and `errors` when there are any."""
        done = execute_sync(
            self.schema,
            call.document,
            root_value=root,
            variable_values=dict(call.variables),
            operation_name=call.operation_name,
            field_resolver=_resolve,
            type_resolver=_type,
        )
        answer: Answer = {"data": done.data}
        if done.errors:
            answer["errors"] = [_spelled(error) for error in done.errors]
        return answer


def load_schema() -> GraphQLSchema:
    """The schema that comes with the Shopify client.

    Imported late: only the sandbox and tests need the schema, and reading it takes a moment.
    """
    from clients.shopify.schema import load

    return load()


def _resolve(source: Any, info: GraphQLResolveInfo[Any], **args: Any) -> Any:
    """One resolver for all: a value, a function of the arguments, or a list to be paged."""
    value = source.get(info.field_name)
    if callable(value):
        value = value(info, **args)
    if isinstance(value, list):
        if get_named_type(info.return_type).name.endswith("Connection"):
            return connection(value, args)
        if args.get("first") is not None:
            return value[: args["first"]]
    return value


def _type(value: Any, info: GraphQLResolveInfo[Any], abstract: object) -> str | None:
    return value.get("__typename") if isinstance(value, dict) else None


def _fields(node: OperationDefinitionNode | FieldNode) -> list[FieldNode]:
    chosen = node.selection_set.selections if node.selection_set else ()
    return [each for each in chosen if isinstance(each, FieldNode)]


def _complaint(message: str) -> Answer:
    return {"field": None, "message": message, "code": None}


def _spelled(error: GraphQLError) -> Answer:
    return dict(error.formatted)
