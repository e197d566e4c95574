"""What may be asked in bulk, and how its answer is written: one JSON line for each object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    IntValueNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    validate,
    visit,
)

Row = dict[str, Any]
MOST_CONNECTIONS, DEEPEST = 5, 2
PAGE = 250


class BadQuestion(Exception):
    """Shopify would not run this in bulk; its message says why."""


@dataclass(frozen=True)
class Question:
    """A query that may be run in bulk: which orders, and a document that asks for one of them."""

    search: str
    document: DocumentNode


def question(schema: GraphQLSchema, text: str) -> Question:
    """Take a query apart. Raises BadQuestion for what Shopify refuses.

    Shopify: at least one and at most five connections, nested two deep at most, and none inside a
    list.
    """
    try:
        document = parse(text)
    except GraphQLError as error:
        raise BadQuestion(f"Invalid bulk query: {error.message}") from error
    errors = validate(schema, document)
    if errors:
        raise BadQuestion(f"Invalid bulk query: {errors[0].message}")
    walk = _Walk(TypeInfo(schema))
    visit(document, TypeInfoVisitor(walk.info, walk))
    if walk.objection:
        raise BadQuestion(walk.objection)
    if not 1 <= walk.connections <= MOST_CONNECTIONS:
        raise BadQuestion(f"Bulk queries must have 1 to {MOST_CONNECTIONS} connections.")
    return _asked(document)


def objects(answer: Row, parent: str = "") -> Iterator[Row]:
    """An object and all below it, each without its connections; children name their parent."""
    plain = {name: value for name, value in answer.items() if not _is_connection(value)}
    yield plain | ({"__parentId": parent} if parent else {})
    for value in answer.values():
        if _is_connection(value):
            for edge in value["edges"]:
                yield from objects(edge["node"], str(answer["id"]))


class _Walk(Visitor):
    """Counts connections and looks at where they stand."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.connections = 0
        self.objection = ""
        self._inside: list[str] = []

    def enter_field(self, node: FieldNode, *_: object) -> None:
        kind = self.info.get_type()
        is_connection = kind is not None and get_named_type(kind).name.endswith("Connection")
        if is_connection:
            self.connections += 1
            if "list" in self._inside:
                self._object("Queries that contain a connection field within a list field are not")
            if self._inside.count("connection") > DEEPEST:
                self._object("Connections nested more than two deep are not")
        plain = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        is_list = isinstance(plain, GraphQLList) and node.name.value not in {"edges", "nodes"}
        self._inside.append("connection" if is_connection else "list" if is_list else "")

    def leave_field(self, *_: object) -> None:
        self._inside.pop()

    def _object(self, what: str) -> None:
        self.objection = self.objection or f"{what} currently supported."


def _asked(document: DocumentNode) -> Question:
    operation = document.definitions[0]
    if not isinstance(operation, OperationDefinitionNode):
        raise BadQuestion("Only one operation is run in bulk.")
    (root,) = _fields(operation.selection_set)
    if operation.operation is not OperationType.QUERY or root.name.value != "orders":
        raise BadQuestion("The sandbox runs orders in bulk, and nothing else.")
    edges = next((one for one in _fields(root.selection_set) if one.name.value == "edges"), None)
    node = edges and next(iter(_fields(edges.selection_set)), None)
    if node is None or node.selection_set is None:
        raise BadQuestion("The sandbox reads edges and their node.")
    searched = [one.value for one in root.arguments or () if one.name.value == "query"]
    one = FieldNode(
        name=NameNode(value="order"),
        arguments=(_argument("id", StringValueNode(value="one")),),
        selection_set=visit(node.selection_set, _Paged()),
    )
    asked = OperationDefinitionNode(
        operation=OperationType.QUERY, selection_set=SelectionSetNode(selections=(one,))
    )
    text = searched[0].value if searched and isinstance(searched[0], StringValueNode) else ""
    return Question(text, DocumentNode(definitions=(asked,)))


class _Paged(Visitor):
    """Gives every connection a size; in bulk Shopify reads them all by itself."""

    def leave_field(self, node: FieldNode, *_: object) -> FieldNode | None:
        if not any(one.name.value == "edges" for one in _fields(node.selection_set)):
            return None
        size = _argument("first", IntValueNode(value=str(PAGE)))
        return FieldNode(
            name=node.name,
            alias=node.alias,
            arguments=(*(node.arguments or ()), size),
            selection_set=node.selection_set,
        )


def _argument(name: str, value: Any) -> ArgumentNode:
    return ArgumentNode(name=NameNode(value=name), value=value)


def _fields(chosen: SelectionSetNode | None) -> list[FieldNode]:
    return [one for one in (chosen.selections if chosen else ()) if isinstance(one, FieldNode)]


def _is_connection(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("edges"), list)
