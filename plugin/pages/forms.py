"""Reading forms: what is wrong is said at the field, with the fix."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask import request

from plugin.business_days import end_of_day
from plugin.money import Money
from plugin.pages.desk import say


class BadField(ValueError):
    """A field cannot be used; the message names it and the fix."""

    def __init__(self, field: str, fix: str) -> None:
        super().__init__(f"{say('field.' + field)}: {fix}")
        self.field = field


def needed(field: str, longest: int = 200) -> str:
    """A text that must not be empty."""
    found = request.form.get(field, "").strip()[:longest]
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
    try:
        found = Money.parse(
            request.form.get(field, "").strip(), request.form.get(currency, "").strip().upper()
        )
    except ValueError as error:
        raise BadField(field, f"{error}. {say('amount_fix')}") from None
    if found.minor < 0:
        raise BadField(field, say("amount_fix"))
    return found


def day(field: str) -> datetime | None:
    """The end of a day in China, or nothing."""
    text = request.form.get(field, "").strip()
    if not text:
        return None
    try:
        return end_of_day(date.fromisoformat(text))
    except ValueError:
        raise BadField(field, say("date_fix")) from None
