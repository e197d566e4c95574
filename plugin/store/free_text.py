"""What of an event somebody may have written himself: it can be erased, and nothing else can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FREE_TEXT = ("message", "text", "question", "why_both")
"""Fields of events in which somebody may have written anything."""
DRAFT = "draft"


def silent(body: Mapping[str, Any]) -> dict[str, Any]:
    """An event's body without free text, drafts and addresses."""
    return without(body, erasable_in(body))


def erasable_in(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of a body that hold something to be erased, in their order."""
    texts = [name for name in FREE_TEXT if isinstance(body.get(name), str) and body[name]]
    drafted = isinstance(body.get(DRAFT), Mapping) and bool(body[DRAFT])
    return (*texts, *([DRAFT] if drafted else []))


def without(body: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """A body with these fields emptied."""
    return {k: (({} if k == DRAFT else "") if k in names else v) for k, v in body.items()}
