"""What we ask a store for is what our documents and webhooks need, and nothing besides."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from graphql import TypeInfo, TypeInfoVisitor, Visitor, get_named_type, parse, visit

from clients.shopify import documents
from clients.shopify.channel import API_VERSION
from clients.shopify.schema import load
from plugin.scopes import ASKED, lacking
from webhooks.meaning.privacy import TOPICS as PRIVACY
from webhooks.translate import TOPICS

ROOT = Path(__file__).parents[2]
APP = tomllib.loads((ROOT / "shopify.app.toml").read_text("utf-8"))
TABLE: dict[str, list[str]] = json.loads(
    (ROOT / "clients" / "shopify" / "schema" / "scopes.json").read_text("utf-8")
)
DECLARED = frozenset(APP["access_scopes"]["scopes"].split(","))
UNLISTED = {
    "Mutation.refundCreate": ["write_orders"],
    "Mutation.tagsAdd": ["write_orders"],
    "Mutation.tagsRemove": ["write_orders"],
    "Mutation.metafieldsSet": ["write_orders"],
    "Mutation.metafieldsDelete": ["write_orders"],
    "Mutation.metafieldDefinitionCreate": ["write_orders"],
}
"""Shopify's table is silent about these; its pages name the write scope of the resource."""
BY_TOPIC = {
    "orders": ["read_orders"],
    "refunds": ["read_orders"],
    "returns": ["read_returns"],
    "order_transactions": ["read_orders"],
    "fulfillments": ["read_fulfillments"],
    "fulfillment_events": ["read_fulfillments"],
    "disputes": ["read_shopify_payments_disputes"],
}
BEYOND = {
    "orders older than 60 days, of which cases still speak": ["read_all_orders"],
    "names and addresses of those who bought": ["read_customers"],
}
"""What no table says but the app cannot do without."""
TOPICS_DECLARED = [
    topic
    for subscription in APP["webhooks"]["subscriptions"]
    for topic in subscription.get("topics", ())
]


def granted(declared: frozenset[str]) -> set[str]:
    """With the reading that every writing brings along."""
    return {*declared, *(s.replace("write_", "read_", 1) for s in declared)}


def unmet(declared: frozenset[str]) -> list[str]:
    """What could not be done with these scopes."""
    topics = {topic: BY_TOPIC.get(topic.partition("/")[0], []) for topic in TOPICS_DECLARED}
    needs = {**TABLE, **UNLISTED, **{t: s for t, s in topics.items() if s}, **BEYOND}
    have = granted(declared)
    return [what for what, scopes in needs.items() if not have & set(scopes)]


def used_by_documents() -> tuple[set[str], set[str]]:
    """(mutations by name, everything that is reached: types, and fields of the roots)."""
    reached: set[str] = set()
    schema = load()
    roots = {schema.query_type, schema.mutation_type}

    class Reader(Visitor):
        def enter_field(self, *_: Any) -> None:
            field, parent = info.get_field_def(), info.get_parent_type()
            if field is None or parent is None:
                return
            # The parent too: a fragment may be on a type that no field names.
            reached.update({parent.name, get_named_type(field.type).name})
            if parent in roots:
                name = next(n for n, f in parent.fields.items() if f is field)
                reached.add(f"{parent.name}.{name}")

    for text in documents.every().values():
        info = TypeInfo(schema)
        visit(parse(text), TypeInfoVisitor(info, Reader()))
    return {name for name in reached if name.startswith("Mutation.")}, reached


def test_every_change_we_make_has_a_scope_that_allows_it() -> None:
    mutations, _ = used_by_documents()
    assert len(mutations) > 5
    assert mutations == {what for what in {**TABLE, **UNLISTED} if what.startswith("Mutation.")}


def test_every_need_is_one_of_our_documents() -> None:
    _, reached = used_by_documents()
    assert set(TABLE) - reached == set()


def test_everything_we_ask_is_allowed_by_the_scopes_we_declare() -> None:
    assert unmet(DECLARED) == []


@pytest.mark.parametrize("scope", sorted(DECLARED))
def test_without_any_one_of_them_something_could_not_be_done(scope: str) -> None:
    assert unmet(DECLARED - {scope}) != []


def test_a_build_that_stands_alone_asks_for_the_same() -> None:
    assert frozenset(ASKED) == DECLARED


def test_writing_brings_its_reading_along() -> None:
    assert lacking(",".join(ASKED)) == []
    assert lacking("write_products," + ",".join(s for s in ASKED if s != "read_products")) == []
    assert lacking("") == list(ASKED)


def test_every_topic_we_understand_is_subscribed_to_and_no_other() -> None:
    assert set(TOPICS_DECLARED) == {*TOPICS, "app/uninstalled"}


def test_the_three_topics_about_personal_data_are_subscribed_to() -> None:
    (compliance,) = [
        s["compliance_topics"] for s in APP["webhooks"]["subscriptions"] if "compliance_topics" in s
    ]
    assert tuple(compliance) == PRIVACY


def test_the_version_is_the_one_our_documents_were_written_for() -> None:
    assert APP["webhooks"]["api_version"] == API_VERSION
