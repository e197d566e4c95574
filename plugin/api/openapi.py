"""The OpenAPI 3.1 document, drawn from the operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.api.door import PER_MINUTE
from plugin.api.door import PROBLEM as PROBLEM_TYPE
from plugin.api.operation import JSON, PLACES, RAW, Operation
from plugin.api.operations import SECTIONS
from plugin.api.shapes import PROBLEM, Schema

DESCRIPTION = f"""The after-sales desk, for programs. Amounts are whole minor units with their
currency. Send a key of your shop with every call as `Authorization: Bearer pv_…`; its scope says
how far it reaches, and step by step money needs the scope `money`. At most {PER_MINUTE} calls a
minute and key; 429 says when to come back. Lists are read page by page: `next` is the cursor of
the following page, empty at the end, and good for the same list and filters only. A name that is
not known, or is there twice, is refused. Problems are `application/problem+json`."""
SAYS: Mapping[int, str] = {
    400: "The cursor was not made for this list and these filters",
    401: "No key, or one that opens nothing",
    403: "The key's scope does not reach",
    404: "Nothing is there by that name",
    409: "It comes too late, or asks for what must not be",
    412: "Somebody changed it meanwhile: `version` is in force, `changes` what is different",
    413: "The body is too large",
    415: "The body is of another kind",
    422: "Some fields cannot be used; `fields` names each",
    428: "If-Match with the version you have seen is needed",
    429: "Too many calls; see Retry-After",
    503: "Just now it cannot be kept or handed out; again later",
}


def document() -> dict[str, Any]:
    """The whole document, as plain values."""
    paths: dict[str, dict[str, Any]] = {}
    for section, operations in SECTIONS.items():
        for operation in operations:
            path = paths.setdefault(f"/api/v1{operation.route}", {})
            path[operation.method.lower()] = {"tags": [section], **_one(operation)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Postvendita",
            "version": "1",
            "description": " ".join(DESCRIPTION.split()),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "tags": [{"name": section} for section in SECTIONS],
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM},
        },
        "paths": paths,
    }


def kind_of(schema: Schema) -> str:
    """A schema in a few words, for people."""
    kinds = schema.get("type", "any")
    several = isinstance(kinds, list)
    kind = " or ".join(kinds) if several else str(kinds)
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if schema.get("format"):
        return f"{kind}, {schema['format']}"
    if "minimum" in schema:
        return f"{kind}, {schema['minimum']} to {schema['maximum']}"
    if "items" in schema:
        return f"list of {kind_of(schema['items'])}"
    if "properties" in schema:
        return f"{kind}: {', '.join(schema['properties'])}"
    if isinstance(schema.get("additionalProperties"), Mapping):
        return f"{kind}, each name {kind_of(schema['additionalProperties'])}"
    return kind


def _one(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.says,
        "description": f"Needs the right `{operation.right}`.",
        "parameters": _parameters(operation),
        "responses": {
            str(operation.status): _good(operation),
            **{str(status): _problem(status) for status in _problems(operation)},
        },
    }
    if operation.body is not None:
        content: dict[str, Any] = {JSON: {"schema": dict(operation.body)}}
        told["requestBody"] = {"required": True, "content": content}
    elif operation.takes_file:
        told["requestBody"] = {"required": True, "content": {RAW: {}}}
    return told


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": dict(PLACES[name][1])}
        for name in operation.places
    ]
    found += [
        {"name": name, "in": "query", "required": name in operation.needs, "schema": dict(schema)}
        for name, schema in operation.query.items()
    ]
    if operation.versioned:
        tag = {"type": "string", "pattern": '^"[0-9a-z]{1,64}"$'}
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": tag})
    return found


def _good(operation: Operation) -> dict[str, Any]:
    if operation.files:
        content: dict[str, Any] = {kind: {} for kind in operation.files}
    else:
        content = {JSON: {"schema": dict(operation.gives)}}
    return {"description": "As asked", "content": content}


def _problems(operation: Operation) -> list[int]:
    found = {401, 403, 422, 429, *operation.also}
    found |= {404} if operation.places else set()
    found |= {400} if "cursor" in operation.query else set()
    found |= {413} if operation.method != "GET" else set()
    found |= {415} if operation.has_body else set()
    found |= {409} if operation.conflicts else set()
    found |= {503} if operation.files else set()
    found |= {412, 428} if operation.versioned else set()
    return sorted(found)


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": SAYS[status], "content": {PROBLEM_TYPE: {"schema": schema}}}
