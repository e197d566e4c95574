"""Days as they are counted in mainland China.

A deadline ends with its day there: 23:59:59 in Asia/Shanghai. Business days leave out weekends and
public holidays and count the weekends that are worked to make up for them. The `holidays` library
knows both for the years that were announced; for later ones it only guesses the statutory days, so
a count that reaches beyond them is marked provisional. Our own table corrects the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

CHINA = ZoneInfo("Asia/Shanghai")
LAST_SECOND = time(23, 59, 59)
A_DAY = timedelta(days=1)
SHORTEST_FESTIVAL = 3
"""Days off in a row. Two are a weekend."""


class BadCalendar(ValueError):
    """The calendar's data cannot be used; the message names the line and the fix."""


@dataclass(frozen=True)
class Calendar:
    """What was announced, and our own corrections."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    """True: a working day. False: a day off."""
    confirmed_through: int = 2026
    version: str = ""


class Reckoned(NamedTuple):
    """When a count of days ends, and how sure that is."""

    due: datetime
    provisional: bool
    """The count runs into a year whose holidays are not announced."""
    version: str
    """Of the calendar it was counted in; empty where none was needed."""


@dataclass(frozen=True)
class Day:
    """One day of a strip for the eye."""

    day: date
    works: bool
    make_up: bool
    """A weekend day that is worked."""
    provisional: bool


def end_of_day(day: date) -> datetime:
    """23:59:59 of that day in China, aware."""
    return datetime.combine(day, LAST_SECOND, CHINA)


def end_of_day_after(moment: datetime, days: int) -> datetime:
    """The end, in China, of the calendar day `days` after the one `moment` falls on there."""
    return end_of_day(moment.astimezone(CHINA).date() + timedelta(days=days))


def calendar_from(text: str) -> Calendar:
    """The calendar that lines of `name value` describe. Raises BadCalendar naming the line."""
    overrides: dict[date, bool] = {}
    named = {"version": "", "confirmed_through": ""}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2:
            raise BadCalendar(f"line {number}: needs a name and one value")
        name, value = words
        if name in named:
            named[name] = value
        elif name in {"off", "work"}:
            day = _day(value, number)
            if day in overrides:
                raise BadCalendar(f"line {number}: {value} stands there twice; leave one")
            overrides[day] = name == "work"
        else:
            raise BadCalendar(
                f"line {number}: {name!r} is none of version, confirmed_through, off, work"
            )
    if not named["version"]:
        raise BadCalendar("version: is missing; name the calendar, such as 2026-11")
    through = named["confirmed_through"]
    if not (through.isascii() and through.isdigit() and len(through) == 4):
        raise BadCalendar("confirmed_through: must be a year, such as 2026")
    return Calendar(overrides, int(through), named["version"])


def china() -> Calendar:
    """The calendar in force."""
    return _shipped()


def is_working_day(day: date, calendar: Calendar | None = None) -> bool:
    """Somebody works in China on this day, as far as it is known."""
    known = (calendar or china()).overrides.get(day)
    return day in _worked(day.year) if known is None else known


def after(moment: datetime, n: int, calendar: Calendar | None = None) -> Reckoned:
    """The end of the n-th business day after the day `moment` falls on in China, not counting it.

    Raises ValueError for fewer than none, and for a moment without a time zone.
    """
    if n < 0:
        raise ValueError("business days are counted forwards")
    counted_in = calendar or china()
    day, left = _day_in_china(moment), n
    while left:
        day += A_DAY
        left -= is_working_day(day, counted_in)
    provisional = day.year > counted_in.confirmed_through
    return Reckoned(end_of_day(day), provisional, counted_in.version)


def count_between(start: datetime, now: datetime, calendar: Calendar | None = None) -> int:
    """How many business days after `start` the day of `now` is: 6 in "working day 6 of 30".

    Raises ValueError for a moment without a time zone.
    """
    day, last = _day_in_china(start), _day_in_china(now)
    count = 0
    while day < last:
        day += A_DAY
        count += is_working_day(day, calendar)
    return count


def next_working_day(day: date, calendar: Calendar | None = None) -> date:
    """The first working day after this one."""
    day += A_DAY
    while not is_working_day(day, calendar):
        day += A_DAY
    return day


def festival(day: date, calendar: Calendar | None = None) -> tuple[date, date] | None:
    """The first and last of the days off in a row that this day is one of, if they are a festival.

    A weekend is none; neither is a single holiday beside one working day.
    """
    if is_working_day(day, calendar):
        return None
    first = last = day
    while not is_working_day(first - A_DAY, calendar):
        first -= A_DAY
    while not is_working_day(last + A_DAY, calendar):
        last += A_DAY
    return (first, last) if (last - first).days + 1 >= SHORTEST_FESTIVAL else None


def strip(start: date, days: int, calendar: Calendar | None = None) -> list[Day]:
    """Some days in a row, for a strip on a page."""
    counted_in = calendar or china()
    shown = (start + timedelta(days=n) for n in range(days))
    return [
        Day(
            day,
            works := is_working_day(day, counted_in),
            works and day.weekday() >= 5,
            day.year > counted_in.confirmed_through,
        )
        for day in shown
    ]


@cache
def _worked(year: int) -> frozenset[date]:
    """The year's working days as the library has them.

    Asked once per year and whole: the library's own table grows while it is being read, and a
    second thread could meet a year that is only half filled in.
    """
    library = holidays.country_holidays("CN", years=year, expand=False)
    length = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(length))
    return frozenset(day for day in days if library.is_working_day(day))


def _day_in_china(moment: datetime) -> date:
    if moment.utcoffset() is None:
        raise ValueError("a moment needs its time zone; without one its day in China is a guess")
    return moment.astimezone(CHINA).date()


@cache
def _shipped() -> Calendar:
    text = files("plugin.calendar_data").joinpath("china.txt").read_text(encoding="utf-8")
    return calendar_from(text)


def _day(text: str, number: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadCalendar(f"line {number}: {text!r} is no date, such as 2027-02-06") from None
