"""The OpenAPI 3.1 document, drawn from the operations."""

from __future__ import annotations

from typing import Any

from plugin.api.door import PROBLEM as PROBLEM_TYPE
from plugin.api.operations import OPERATIONS, PLACES, Operation
from plugin.api.shapes import PROBLEM

SAYS = {
    401: "No key, or one that opens nothing",
    403: "The key's scope does not reach",
    404: "Nothing is there by that name",
    409: "It comes too late, or asks for what must not be",
    413: "The body is too large",
    422: "Some fields cannot be used; `fields` names each",
    429: "Too many calls; see Retry-After",
}


def document() -> dict[str, Any]:
    """The whole document, as plain values."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(f"/api/v1{operation.route}", {})[operation.method.lower()] = _one(
            operation
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Postvendita",
            "version": "1",
            "description": "The after-sales desk, for programs. Amounts are in minor units.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM},
        },
        "paths": paths,
    }


def _one(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.says,
        "description": f"Needs the right `{operation.right}`.",
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": dict(PLACES[name])}
            for name in operation.places
        ]
        + [
            {"name": name, "in": "query", "required": False, "schema": dict(schema)}
            for name, schema in operation.query.items()
        ],
        "responses": {
            str(operation.status): {
                "description": "As asked",
                "content": {"application/json": {"schema": dict(operation.gives)}},
            },
            **{str(status): _problem(status) for status in _problems(operation)},
        },
    }
    if operation.body is not None:
        content = {"application/json": {"schema": dict(operation.body)}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _problems(operation: Operation) -> list[int]:
    found = [401, 403, 422, 429]
    if operation.places:
        found.append(404)
    if operation.body is not None:
        found.append(413)
    return sorted([*found, *([409] if operation.conflicts else [])])


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": SAYS[status], "content": {PROBLEM_TYPE: {"schema": schema}}}
