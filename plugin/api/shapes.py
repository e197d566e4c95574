"""What goes in and out, as JSON Schema: the checks and the document are the same lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from plugin.standing import CLOSED, NEEDS_YOU, RECOVERING, WAITING, WORKING
from plugin.terms import Situation

Schema = Mapping[str, Any]
LARGEST_ID = 2**63 - 1
MOST_MINOR = 10**15
PLAIN = r"^[^\u0000-\u0008\u000b-\u001f\u007f\ud800-\udfff]*$"

STATUSES = [NEEDS_YOU, WORKING, WAITING, RECOVERING, CLOSED]
SITUATIONS = [str(s) for s in Situation]


def text(longest: int, least: int = 0, **more: Any) -> Schema:
    """A text; without a pattern of its own, one without control characters."""
    return {"type": "string", "minLength": least, "maxLength": longest, "pattern": PLAIN, **more}


def number(least: int, most: int) -> Schema:
    """A whole number within bounds."""
    return {"type": "integer", "minimum": least, "maximum": most}


def one_of(words: Iterable[str]) -> Schema:
    """One of a few words."""
    return {"type": "string", "enum": [str(word) for word in words]}


def things(one: Schema, most: int = 1000, least: int = 0) -> Schema:
    """A list."""
    return {"type": "array", "items": one, "minItems": least, "maxItems": most}


def record(needed: Mapping[str, Schema], maybe: Mapping[str, Schema] | None = None) -> Schema:
    """An object with these fields and no others."""
    return {
        "type": "object",
        "properties": {**needed, **(maybe or {})},
        "required": list(needed),
        "additionalProperties": False,
    }


def or_null(one: Schema) -> Schema:
    """The same, or null for what nobody knows."""
    return {**one, "type": [one["type"], "null"]}


def by_name(one: Schema) -> Schema:
    """An object whose names are data: currencies, situations, levels."""
    return {"type": "object", "additionalProperties": one}


MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
MINOR: Schema = {"type": "integer", "description": "minor units"}
SUMS = by_name(MINOR)
"""Minor units by currency; currencies are never added together."""
WORD: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer"}
YES_NO: Schema = {"type": "boolean"}
ANYTHING: Schema = {"type": "object"}
ID = number(1, LARGEST_ID)
AMOUNT: Schema = {**number(0, MOST_MINOR), "description": "minor units"}
CURRENCY = text(3, 3, pattern="^[A-Z]{3}$")
DAY = text(10, 10, pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
CURSOR = text(1000, 1)
OK = record({"ok": YES_NO})

CASE = record(
    {
        "case_id": WORD,
        "number": WORD,
        "order_id": COUNT,
        "situation": one_of(SITUATIONS),
        "status": one_of(STATUSES),
        "supplier": WORD,
        "country": WORD,
        "assignee": WORD,
        "snoozed_until": MOMENT,
        "waits_for": WORD,
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
CHANGES = things(record({"what": WORD, "before": WORD, "after": WORD}))
PROBLEM = record(
    {"status": COUNT, "code": WORD, "title": WORD},
    {"fields": by_name(WORD), "version": WORD, "changes": CHANGES},
)
