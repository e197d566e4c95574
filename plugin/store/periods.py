"""Whole days of a shop, as moments the database can compare with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

LONGEST = timedelta(days=400)
"""The longest period that is looked at in one go."""
A_DAY = timedelta(days=1)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
"""Days beyond these are slips of the pen, and clocks counted from them would leave the calendar."""


@dataclass(frozen=True)
class Period:
    """From a moment up to, not including, another: whole days of the shop."""

    since: datetime
    until: datetime

    @property
    def before(self) -> Period:
        """As long a time just before this one."""
        return Period(self.since - (self.until - self.since), self.since)

    def of(self, column: sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
        """The moment lies in it."""
        return (column >= self.since) & (column < self.until)


def days(first: date, last: date, zone: str) -> Period:
    """Whole days of a zone, the last one included."""
    return Period(begins(first, zone), begins(last + A_DAY, zone))


def begins(day: date, zone: str) -> datetime:
    """When a day begins in a zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone))
