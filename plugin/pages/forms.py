"""Reading forms: what is wrong is said at the field, with the fix, and all of it at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from flask import request

from plugin.money import Money
from plugin.pages.desk import say
from plugin.store.periods import EARLIEST, LATEST

T = TypeVar("T")

MOST_WHOLE_DIGITS = 12
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class BadForm(ValueError):
    """Some fields cannot be used: each with its fix."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class BadField(BadForm):
    """One field cannot be used."""

    def __init__(self, field: str, fix: str) -> None:
        super().__init__({field: fix})
        self.field, self.fix = field, fix


class Fields:
    """Reads one field after another and keeps what was wrong until `check`."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}

    def take(self, read: Callable[[], T], otherwise: T) -> T:
        """What `read` finds; `otherwise` where it raises BadField, until `check` says so."""
        try:
            return read()
        except BadField as error:
            self.wrong(error.field, error.fix)
            return otherwise

    def wrong(self, field: str, fix: str) -> None:
        """A field is wrong; its first problem is the one that is said."""
        self.problems.setdefault(field, fix)

    def check(self) -> None:
        """Raises BadForm when anything was wrong."""
        if self.problems:
            raise BadForm(self.problems)


def words(field: str, longest: int = 500) -> str:
    """A text that may be empty, without what no page or database can hold."""
    found = request.form.get(field, "").replace("\r\n", "\n")
    return _CONTROL.sub("", found).strip()[:longest]


def needed(field: str, longest: int = 200) -> str:
    """A text that must not be empty."""
    found = words(field, longest)
    if not found:
        raise BadField(field, say("empty"))
    return found


def choice(field: str, allowed: Iterable[str]) -> str:
    """One of a few words."""
    found = request.form.get(field, "")
    if found not in {str(word) for word in allowed}:
        raise BadField(field, say("choose"))
    return found


def whole(field: str, least: int, most: int) -> int:
    """A whole number within bounds."""
    text = request.form.get(field, "").strip()
    good = text.isascii() and text.isdigit() and len(text) < 10
    if not good or not least <= int(text) <= most:
        raise BadField(field, say("whole", least=least, most=most))
    return int(text)


def amount(field: str, currency: str) -> Money:
    """An amount with its currency, zero or more."""
    text = request.form.get(field, "").strip()
    try:
        found = Money.parse(text, request.form.get(currency, "").strip().upper())
    except ValueError:
        raise BadField(field, say("amount_fix")) from None
    if found.minor < 0 or len(text.split(".")[0]) > MOST_WHOLE_DIGITS:
        raise BadField(field, say("amount_fix"))
    return found


def a_day(field: str) -> date | None:
    """A day, or nothing."""
    text = request.form.get(field, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadField(field, say("date_fix")) from None
    if not EARLIEST <= found <= LATEST:
        raise BadField(field, say("date_fix"))
    return found
