"""Giving a case to somebody and putting it off: what the form says, for one case or for many."""

from __future__ import annotations

from datetime import date, datetime

from flask import g, request
from sqlalchemy.engine import Connection

from plugin.pages import readings
from plugin.pages.bulk_carry import morning_of
from plugin.pages.desk import say
from plugin.pages.forms import BadField, choice
from plugin.store.narrowing import NOBODY


def person(tx: Connection) -> str:
    """Somebody of the shop, empty for nobody. Raises BadField."""
    people = readings.people(tx, g.shop.shop, g.person)
    return choice("person", (NOBODY, *people)).removeprefix(NOBODY)


def until(now: datetime) -> datetime:
    """The morning of a day to come. Raises BadField."""
    try:
        day = date.fromisoformat(request.form.get("until", "").strip())
    except ValueError:
        raise BadField("until", say("date_fix")) from None
    found = morning_of(day, g.shop.zone, now)
    if found is None:
        raise BadField("until", say("inbox.until_fix"))
    return found
