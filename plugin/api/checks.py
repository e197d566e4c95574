"""What is wrong with what was sent, field by field."""

from __future__ import annotations

import json
import re
from typing import Any

from plugin.api.shapes import Schema


class NotJson(ValueError):
    """The body is no JSON, or says one name twice; `field` is that name."""

    def __init__(self, field: str, fix: str) -> None:
        super().__init__(fix)
        self.field, self.fix = field, fix


def parsed(raw: bytes) -> Any:
    """A body's JSON. Raises NotJson; a name that is there twice is not guessed about."""
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except NotJson:
        raise
    except (ValueError, RecursionError):
        raise NotJson("", "must be JSON in UTF-8") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise NotJson(name, "is there twice")
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise NotJson("", f"{name} is no number")


def faults(schema: Schema, value: Any, where: str = "") -> dict[str, str]:
    """What is wrong with a value, by field; empty when it fits."""
    kind = schema["type"]
    if isinstance(kind, list):
        if value is None and "null" in kind:
            return {}
        kind = next(one for one in kind if one != "null")
    match kind:
        case "object":
            return _object(schema, value, where)
        case "array":
            return _array(schema, value, where)
        case "string":
            return _text(schema, value, where)
        case "boolean":
            return {} if isinstance(value, bool) else {where: "must be true or false"}
        case _:
            return _number(schema, value, where)


def _number(schema: Schema, value: Any, where: str) -> dict[str, str]:
    if type(value) is not int:
        return {where: "must be a whole number"}
    low, high = schema["minimum"], schema["maximum"]
    return {} if low <= value <= high else {where: f"must be from {low} to {high}"}


def _object(schema: Schema, value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        return {where: "must be an object"}
    known, dot = schema["properties"], f"{where}." if where else ""
    found = {dot + name: "is not known" for name in value if name not in known}
    found |= {dot + name: "is missing" for name in schema["required"] if name not in value}
    for name, inner in known.items():
        if name in value:
            found |= faults(inner, value[name], dot + name)
    return found


def _array(schema: Schema, value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, list):
        return {where: "must be a list"}
    low, high = schema.get("minItems", 0), schema["maxItems"]
    if not low <= len(value) <= high:
        return {where: f"must have from {low} to {high}"}
    found: dict[str, str] = {}
    for place, one in enumerate(value):
        found |= faults(schema["items"], one, f"{where}[{place}]")
    return found


def _text(schema: Schema, value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, str):
        return {where: "must be a text"}
    if "enum" in schema and value not in schema["enum"]:
        return {where: f"must be one of {', '.join(schema['enum'])}"}
    low, high = schema.get("minLength", 0), schema.get("maxLength", 10_000)
    if not low <= len(value) <= high:
        return {where: f"must have from {low} to {high} characters"}
    if "pattern" in schema and not re.fullmatch(schema["pattern"][1:-1], value):
        return {where: "has characters it must not have"}
    return {}
