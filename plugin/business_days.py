"""Days as they are counted in mainland China.

A deadline ends with its day there: 23:59:59 in Asia/Shanghai.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
LAST_SECOND = time(23, 59, 59)


def end_of_day(day: date) -> datetime:
    """23:59:59 of that day in China, aware."""
    return datetime.combine(day, LAST_SECOND, CHINA)


def end_of_day_after(moment: datetime, days: int) -> datetime:
    """The end, in China, of the calendar day `days` after the one `moment` falls on there."""
    return end_of_day(moment.astimezone(CHINA).date() + timedelta(days=days))
