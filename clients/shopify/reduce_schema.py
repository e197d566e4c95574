"""Cut Shopify's Admin schema down to what our documents reach.

    python -m clients.shopify.reduce_schema PATH_TO_FULL_SCHEMA_JSON_GZ

The full schema is `package/dist/data/admin_2026-10.json.gz` of the npm package @shopify/dev-mcp
1.16.0 (`npm pack @shopify/dev-mcp@1.16.0`), published by Shopify under the ISC licence. Run this
again after every change of a document and with every new API version; same input, same bytes.

Kept: every field a document selects, with all its arguments; input types and enums whole;
directives; `id` and the Node interface of every object kept. Descriptions are removed.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    GraphQLSchema,
    InlineFragmentNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    parse,
    visit,
)

from clients.shopify import documents

TARGET = Path(__file__).parent / "schema" / "admin_2026-10.json.gz"
SCOPES = "scopes.json"
ALWAYS = "Node"
INPUTS = ("SCALAR", "ENUM", "INPUT_OBJECT")
DESCRIPTIVE = ("description", "requiredAccess", "componentName", "accessRestrictedReason")

Json = dict[str, Any]


def reduce(full: Mapping[str, Any], texts: Iterable[str]) -> Json:
    """The introspection result cut to what the documents in `texts` use.

    `full` is an introspection result (`{"__schema": …}`). Raises ValueError when a document
    selects a field the schema does not have.
    """
    schema = build_client_schema({"__schema": full["__schema"]}, assume_valid=True)
    types = {item["name"]: item for item in full["__schema"]["types"]}
    fields = _with_ids(_selected(schema, texts), types)
    kept = [_output(types[name], fields) for name in fields]
    mutation = full["__schema"]["mutationType"]
    directives = [_bare(item) for item in full["__schema"]["directives"]]
    inputs = _inputs([*kept, *directives], types)
    return {
        "__schema": {
            "description": None,
            "queryType": full["__schema"]["queryType"],
            "mutationType": mutation if mutation and mutation["name"] in fields else None,
            "subscriptionType": None,
            "types": sorted([*kept, *inputs], key=lambda item: str(item["name"])),
            "directives": directives,
        }
    }


def main(arguments: list[str]) -> int:
    """Write the reduced schema next to the documents' package."""
    if len(arguments) != 1:
        print("usage: python -m clients.shopify.reduce_schema PATH_TO_FULL_SCHEMA_JSON_GZ")
        return 2
    full = json.loads(gzip.decompress(Path(arguments[0]).read_bytes()))
    reduced = reduce(full.get("data", full), documents.every().values())
    TARGET.write_bytes(packed(reduced))
    scopes = scopes_of(reduced, full.get("offline_scopes", {}).get("items", []))
    TARGET.with_name(SCOPES).write_text(json.dumps(scopes, indent=1, sort_keys=True) + "\n")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")
    return 0


def packed(schema: Json) -> bytes:
    """The schema as gzipped JSON, the same bytes every time."""
    text = json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def scopes_of(reduced: Json, table: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Type or `Type.field` to the scopes of which one is enough, for what the schema still has."""
    kept = {item["name"]: item for item in reduced["__schema"]["types"]}
    found = {}
    for row in table:
        item = kept.get(row["typeName"])
        if item is None or not row["offlineScopes"]:
            continue
        field = row.get("fieldName")
        if field is None:
            found[row["typeName"]] = sorted(row["offlineScopes"])
        elif any(field == one["name"] for one in item.get("fields") or ()):
            found[f"{row['typeName']}.{field}"] = sorted(row["offlineScopes"])
    return found


class _Uses(Visitor):
    """Notes which field of which type is selected, and which types fragments name."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.fields: dict[str, set[str]] = defaultdict(set)

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = self.info.get_parent_type()
        if parent is None or self.info.get_field_def() is None:
            raise ValueError(f"the schema has no field {node.name.value!r} there")
        if not node.name.value.startswith("__"):
            self.fields[parent.name].add(node.name.value)

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: object) -> None:
        if node.type_condition is not None:
            self.fields[node.type_condition.name.value]  # a key without fields yet


def _selected(schema: GraphQLSchema, texts: Iterable[str]) -> dict[str, set[str]]:
    info = TypeInfo(schema)
    uses = _Uses(info)
    for text in texts:
        visit(parse(text), TypeInfoVisitor(info, uses))
    return uses.fields


def _with_ids(used: dict[str, set[str]], types: Mapping[str, Json]) -> dict[str, set[str]]:
    """The fields used, with `id` wherever a type has one, and the Node interface."""
    if ALWAYS in types:
        used.setdefault(ALWAYS, set())
    return {name: fields | _required(types[name], used) for name, fields in used.items()}


def _required(item: Json, used: Mapping[str, set[str]]) -> set[str]:
    """Fields a type must keep whether or not a document selects them."""
    interfaces = [face["name"] for face in item.get("interfaces") or ()]
    promised = set().union(*(used.get(face, set()) for face in interfaces))
    return promised | ({"id"} & {field["name"] for field in item.get("fields") or ()})


def _output(item: Json, fields: Mapping[str, set[str]]) -> Json:
    kept: Json = _bare(item)
    wanted = fields[item["name"]]
    kept["fields"] = [field for field in kept["fields"] or () if field["name"] in wanted]
    kept["interfaces"] = [face for face in kept["interfaces"] or () if face["name"] in fields]
    if kept["possibleTypes"] is not None:
        kept["possibleTypes"] = [one for one in kept["possibleTypes"] if one["name"] in fields]
    return kept


def _inputs(roots: Iterable[Json], types: Mapping[str, Json]) -> list[Json]:
    """Scalars, enums and input types that the roots reach, whole."""
    found: dict[str, Json] = {}
    waiting = [name for root in roots for name in _mentioned(root)]
    while waiting:
        name = waiting.pop()
        if name not in found and types[name]["kind"] in INPUTS:
            found[name] = _bare(types[name])
            waiting.extend(_mentioned(found[name]))
    return list(found.values())


def _mentioned(item: Json) -> list[str]:
    """Names of the types a type or directive speaks of in fields and arguments."""
    members = [*(item.get("fields") or ()), *(item.get("inputFields") or ())]
    arguments = [argument for member in [item, *members] for argument in member.get("args") or ()]
    return [_innermost(member["type"]) for member in [*members, *arguments]]


def _innermost(reference: Json) -> str:
    while reference.get("ofType"):
        reference = reference["ofType"]
    return str(reference["name"])


def _bare(value: Any) -> Any:
    """A copy without descriptions and without Shopify's own additions."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _bare(item)
        for name, item in value.items()
        if name not in DESCRIPTIVE and not name.startswith(("access", "isPrivately"))
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
