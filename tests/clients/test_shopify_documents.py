"""The documents against the schema, and the schema against the documents."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files

import pytest
from graphql import (
    NoDeprecatedCustomRule,
    build_client_schema,
    build_schema,
    graphql_sync,
    introspection_from_schema,
    parse,
    validate,
    validate_schema,
)

from clients.shopify import documents, reduce_schema
from clients.shopify.refunds import refund_input
from clients.shopify.schema import FILE, load
from clients.shopify.schema.lint import complaints
from tests.clients.refunding import preview

DOCUMENTS = documents.every()
REFUND = DOCUMENTS["refund_create"]
CANCEL = DOCUMENTS["order_cancel"]
NO_REFUND = "refundMethod: { originalPaymentMethodsRefund: false }"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_fits_the_schema_and_its_unwritten_rules(name):
    assert complaints(DOCUMENTS[name], load()) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_uses_nothing_deprecated(name):
    assert validate(load(), parse(DOCUMENTS[name]), [NoDeprecatedCustomRule]) == []


def test_there_are_documents():
    assert len(DOCUMENTS) == 38


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param(
            REFUND.replace(" @idempotent(key: $key)", "").replace(", $key: String!", ""),
            "refundCreate carries no @idempotent",
            id="the directive left out",
        ),
        pytest.param(
            REFUND.replace("key: $key", 'key: "always the same"').replace(", $key: String!", ""),
            "refundCreate carries no @idempotent",
            id="a key that is always the same",
        ),
        pytest.param(
            REFUND.replace("userErrors {\n      field\n      message\n    }", ""),
            "refundCreate does not select its userErrors",
            id="userErrors left out",
        ),
        pytest.param(
            DOCUMENTS["tags_add"].replace("userErrors {\n      field\n      message\n    }", ""),
            "tagsAdd does not select its userErrors",
            id="userErrors left out elsewhere",
        ),
        pytest.param(
            CANCEL.replace(NO_REFUND, ""), "does not switch its refund off", id="nothing said"
        ),
        pytest.param(
            CANCEL.replace(NO_REFUND, NO_REFUND.replace("false", "true")),
            "does not switch its refund off",
            id="paid back by the way",
        ),
        pytest.param(
            CANCEL.replace(NO_REFUND, "refundMethod: { storeCreditRefund: {} }"),
            "does not switch its refund off",
            id="paid back as store credit",
        ),
        pytest.param(
            CANCEL.replace(NO_REFUND, f"refund: true {NO_REFUND}"),
            "does not switch its refund off",
            id="the old way of saying it",
        ),
        pytest.param(
            CANCEL.replace("false }", "$back }").replace("$id: ID!", "$id: ID!, $back: Boolean"),
            "does not switch its refund off",
            id="left to a variable",
        ),
        pytest.param(
            CANCEL.replace("orderCancelUserErrors", "userErrors").replace("      code\n", ""),
            "orderCancel does not select its orderCancelUserErrors",
            id="the wrong list of errors",
        ),
        pytest.param(REFUND.replace("note", "nose"), "Cannot query field 'nose'", id="a slip"),
    ],
)
def test_a_document_broken_on_purpose_is_noticed(text, complaint):
    assert any(complaint in found for found in complaints(text, load()))


def test_what_we_send_as_a_refund_is_a_refund_input():
    variables = refund_input(1, preview(), note="pv:1", currency="EUR")

    done = graphql_sync(
        load(), REFUND, {"refundCreate": None}, variable_values={"input": variables, "key": "k"}
    )

    assert None is done.errors


def test_the_schema_is_sound_and_small():
    schema = load()

    assert validate_schema(schema) == []
    assert "idempotent" in {directive.name for directive in schema.directives}
    assert len(schema.type_map) < 200


def test_the_schema_made_again_from_itself_is_the_same():
    packed = (files("clients.shopify.schema") / FILE).read_bytes()
    known = json.loads(gzip.decompress(packed))

    assert known == reduce_schema.reduce(known, DOCUMENTS.values())
    # The container names the system that packed it; what is inside has to be the same.
    assert gzip.decompress(packed) == gzip.decompress(reduce_schema.packed(known))


# --- the script, on a schema of its own ---------------------------------------------------------

SMALL = """
directive @idempotent(key: String!) on FIELD

"Described"
interface Node { id: ID! }
interface Named { name: String! }
type Order implements Node & Named {
  id: ID!
  name: String!
  "Described"
  lines(first: Int = 10, sort: Sort): [Line!]!
  never: Never
}
type Line implements Node { id: ID! price: Money never: Never }
type Never implements Node { id: ID! x: Int }
scalar Money
scalar NeverScalar
enum Sort { UP DOWN }
enum NeverEnum { A }
input Deep { kind: Sort, self: Deep, note: String }
input Ask { deep: [Deep!]! }
type Payload { order: Order }
type Query { order(id: ID!): Order never: Never node(id: ID!): Node }
type Mutation { ask(input: Ask!): Payload never: Never }
"""
QUERY = "query A($id: ID!) { order(id: $id) { ...Parts __typename } }\n"
FRAGMENT = "fragment Parts on Order { lines { price } }"
CHANGE = 'mutation B($input: Ask!) { ask(input: $input) @idempotent(key: "k") { order { name } } }'


@pytest.fixture
def small():
    return introspection_from_schema(build_schema(SMALL))


def test_only_what_is_reached_is_kept(small):
    reduced = reduce_schema.reduce(small, [QUERY + FRAGMENT, CHANGE])
    schema = build_client_schema(reduced)
    kept = {name for name in schema.type_map if not name.startswith("__")}

    assert {"Query", "Mutation", "Order", "Line", "Payload", "Node"} <= kept
    assert {"Money", "Ask", "Deep", "Sort"} <= kept, "inputs and enums come whole"
    assert not {"Never", "NeverScalar", "NeverEnum", "Named"} & kept
    assert {"id", "name", "lines"} == set(schema.type_map["Order"].fields)
    assert {"first", "sort"} == set(schema.type_map["Order"].fields["lines"].args)
    assert {"kind", "self", "note"} == set(schema.type_map["Deep"].fields)
    assert {"order"} == set(schema.query_type.fields)
    assert "Described" not in json.dumps(reduced)


def test_the_node_interface_knows_the_types_that_are_left(small):
    schema = build_client_schema(reduce_schema.reduce(small, [QUERY + FRAGMENT]))

    found = {item.name for item in schema.get_possible_types(schema.type_map["Node"])}

    assert {"Order", "Line"} == found


def test_a_type_named_by_an_inline_fragment_is_kept(small):
    text = "query C($id: ID!) { node(id: $id) { id ... on Line { price } } }"

    schema = build_client_schema(reduce_schema.reduce(small, [text]))

    assert validate(schema, parse(text)) == []


def test_a_field_the_schema_does_not_have_is_an_error(small):
    with pytest.raises(ValueError, match="nose"):
        reduce_schema.reduce(small, ["{ order(id: 1) { nose } }"])


def test_the_script_writes_what_the_package_reads(small, tmp_path, monkeypatch, capsys):
    source, target = tmp_path / "full.json.gz", tmp_path / "reduced.json.gz"
    source.write_bytes(gzip.compress(json.dumps({"data": small}).encode()))
    monkeypatch.setattr(reduce_schema, "TARGET", target)
    monkeypatch.setattr(documents, "every", lambda: {"a": QUERY + FRAGMENT})

    assert reduce_schema.main([str(source)]) == 0
    first = target.read_bytes()
    assert reduce_schema.main([str(source)]) == 0

    assert first == target.read_bytes(), "the same bytes every time"
    assert "Order" in {
        item["name"] for item in json.loads(gzip.decompress(first))["__schema"]["types"]
    }
    assert reduce_schema.main([]) == 2
    assert "usage" in capsys.readouterr().out
