"""What goes in and out, as JSON Schema: the checks and the document are the same lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from plugin.caselist import CLOSED, NEEDS_YOU, RECOVERING, WAITING, WORKING
from plugin.terms import Situation

Schema = Mapping[str, Any]
LARGEST_ID = 2**63 - 1
PLAIN = r"^[^\u0000-\u0008\u000b-\u001f\u007f\ud800-\udfff]*$"

STATUSES = [NEEDS_YOU, WORKING, WAITING, RECOVERING, CLOSED]
SITUATIONS = [str(s) for s in Situation]


def text(longest: int, least: int = 0, **more: Any) -> Schema:
    return {"type": "string", "minLength": least, "maxLength": longest, "pattern": PLAIN, **more}


def number(least: int, most: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most}


def one_of(words: list[str]) -> Schema:
    return {"type": "string", "enum": words}


def things(one: Schema, most: int = 1000) -> Schema:
    return {"type": "array", "items": one, "maxItems": most}


def record(needed: Mapping[str, Schema], maybe: Mapping[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**needed, **(maybe or {})},
        "required": list(needed),
        "additionalProperties": False,
    }


MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
MINOR: Schema = {"type": "integer", "description": "minor units"}
WORD: Schema = {"type": "string"}
ID = number(1, LARGEST_ID)

CASE = record(
    {
        "case_id": WORD,
        "number": WORD,
        "order_id": {"type": "integer"},
        "situation": one_of(SITUATIONS),
        "status": one_of(STATUSES),
        "supplier": WORD,
        "next_step": WORD,
        "deadline": MOMENT,
        "provisional": {"type": "boolean"},
        "at_risk_minor": MINOR,
        "currency": WORD,
        "owed_minor": MINOR,
        "owed_currency": WORD,
        "outcome": WORD,
        "opened_at": MOMENT,
        "updated_at": MOMENT,
        "closed_at": MOMENT,
    }
)
STEP = record(
    {
        "key": WORD,
        "case_id": WORD,
        "action": WORD,
        "state": WORD,
        "level": WORD,
        "why": WORD,
        "minor": MINOR,
        "currency": WORD,
        "planned_at": MOMENT,
        "settled_at": MOMENT,
    }
)
ENTRY = record(
    {
        "seq": {"type": "integer"},
        "at": MOMENT,
        "by": WORD,
        "kind": WORD,
        "body": {"type": "object"},
    }
)
PROBLEM = record(
    {"status": {"type": "integer"}, "code": WORD, "title": WORD}, {"fields": {"type": "object"}}
)


def faults(schema: Schema, value: Any, where: str = "") -> dict[str, str]:
    """What is wrong with a value, by field; empty when it fits."""
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, value, where)
    if kind == "array":
        return _array(schema, value, where)
    if kind == "string":
        return _text(schema, value, where)
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
    if len(value) > schema["maxItems"]:
        return {where: f"must have at most {schema['maxItems']}"}
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
