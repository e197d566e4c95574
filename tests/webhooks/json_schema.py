"""As much of JSON Schema as our supplier contract uses. An unknown keyword is an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Node = Mapping[str, Any]

SILENT = {"$schema", "$id", "$defs", "title", "description", "default"}
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def accepts(schema: Node, value: object) -> bool:
    """Is `value` what `schema` describes?"""
    return _fits(schema, value, schema)


def _fits(schema: Node, value: object, root: Node) -> bool:
    return all(_holds(word, schema, value, root) for word in schema if word not in SILENT)


def _holds(word: str, schema: Node, value: Any, root: Node) -> bool:
    said = schema[word]
    match word:
        case "$ref":
            return _fits(root["$defs"][said.removeprefix("#/$defs/")], value, root)
        case "type":
            return any(_is(name, value) for name in ([said] if isinstance(said, str) else said))
        case "const":
            return bool(value == said)
        case "enum":
            return value in said
        case "oneOf":
            return sum(_fits(each, value, root) for each in said) == 1
        case "anyOf":
            return any(_fits(each, value, root) for each in said)
        case _:
            return _in_detail(word, said, value, root)


def _in_detail(word: str, said: Any, value: Any, root: Node) -> bool:
    tests: Mapping[str, tuple[type, Callable[[], bool]]] = {
        "required": (dict, lambda: set(said) <= set(value)),
        "properties": (
            dict,
            lambda: all(_fits(said[key], value[key], root) for key in said if key in value),
        ),
        "items": (list, lambda: all(_fits(said, each, root) for each in value)),
        "minItems": (list, lambda: len(value) >= said),
        "maxItems": (list, lambda: len(value) <= said),
        "minLength": (str, lambda: len(value) >= said),
        "maxLength": (str, lambda: len(value) <= said),
        "pattern": (str, lambda: re.search(said, value) is not None),
        "minimum": (int, lambda: value >= said),
        "maximum": (int, lambda: value <= said),
    }
    kind, test = tests[word]
    return not isinstance(value, kind) or test()


def _is(name: str, value: object) -> bool:
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))
