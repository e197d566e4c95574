"""Kinds of values that only our supplier contract has: names on one line, and promised days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from marshmallow import ValidationError, fields

from webhooks.schemas.fields import Moment, moment

CHINA = timezone(timedelta(hours=8))
"""China has one zone and, since 1991, no summer time."""
END_OF_DAY = time(23, 59, 59)

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Name(fields.Field[str]):
    """A name or reference: 1 to 100 characters on one line."""

    def __init__(self, *, without: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.without = without

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= 100 or value != value.strip():
            raise ValidationError("must be a text of 1 to 100 characters")
        if not value.isprintable():
            raise ValidationError("must be on one line")
        if self.without and self.without in value:
            raise ValidationError(f"must not contain {self.without}")
        return value


class Promise(Moment):
    """A time with a zone, or a day: then its last second in China."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or _DAY.fullmatch(value) is None:
            return super()._deserialize(value, attr, data, **kwargs)
        moment(f"{value}T00:00:00+08:00")
        return datetime.combine(date.fromisoformat(value), END_OF_DAY, CHINA).astimezone(UTC)
