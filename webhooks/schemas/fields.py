"""The few kinds of values that bodies have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from webhooks.reading import Unreadable

LARGEST_ID = 2**63 - 1
MOST_UNITS = 1_000_000
EARLIEST, LATEST = 2000, 2099
"""Years in which anything we hear of can have happened; a clock added to one stays a date."""

MAYBE: Mapping[str, Any] = {"allow_none": True, "load_default": None}
"""May be missing or null."""

_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)", re.ASCII
)


class Narrow(Schema):
    """A schema that does not mind keys it has never heard of."""

    class Meta:
        """Marshmallow's place for settings."""

        unknown = EXCLUDE


class Id(fields.Field[int]):
    """A platform's number for a thing: 1 to 2^63 - 1, and no other spelling of it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if type(value) is not int or not 0 < value <= LARGEST_ID:
            raise ValidationError("must be a whole number above 0")
        return value


class Count(fields.Field[int]):
    """How many, from `least` on."""

    def __init__(self, *, least: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least = least

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if type(value) is not int or not self.least <= value <= MOST_UNITS:
            raise ValidationError(f"must be a whole number from {self.least} on")
        return value


class Flag(fields.Field[bool]):
    """True or false, not something like it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise ValidationError("must be true or false")
        return value


class Text(fields.Field[str]):
    """Words, cut at `longest` characters."""

    def __init__(self, *, longest: int = 500, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("must be a text")
        return value[: self.longest]


class Amount(fields.Field[str]):
    """Money as platforms write it: a decimal string, never below zero where we look."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or _AMOUNT.fullmatch(value) is None:
            raise ValidationError("must be a decimal string such as 24.90")
        if value.startswith("-"):
            raise ValidationError("must not be below zero")
        return value


class Moment(fields.Field[datetime]):
    """An ISO 8601 time with a zone, as aware UTC."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or _MOMENT.fullmatch(value) is None:
            raise ValidationError("must be a time such as 2026-11-02T09:00:00+01:00")
        return moment(value)


def moment(text: str) -> datetime:
    """An ISO 8601 time as aware UTC. Raises ValidationError when the calendar has no such time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValidationError("is a time that does not exist") from None
    if not EARLIEST <= found.year <= LATEST:
        raise ValidationError(f"must be between {EARLIEST} and {LATEST}")
    return found.astimezone(UTC)


def loaded(schema: Schema, body: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """`body` as the schema has it. Raises Unreadable naming the first field that is wrong."""
    try:
        found: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        field, why = _first(error.messages)
        raise Unreadable(".".join(filter(None, (where, field))), why) from None
    return found


def _first(messages: Any) -> tuple[str, str]:
    """The path to the first complaint, and the complaint."""
    path: list[str] = []
    while isinstance(messages, Mapping):
        key, messages = next(iter(messages.items()))
        if key != "_schema":
            path.append(str(key))
    return ".".join(path), str(messages[0] if isinstance(messages, list) else messages)
