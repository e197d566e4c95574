"""What the inbox's address asks for: filters read and written, tabs, and chips to take them off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for

from plugin import sentences
from plugin.case_words import asked
from plugin.caselist import CUSTOMER, SUPPLIER
from plugin.money import Money
from plugin.pages.desk import language, on, say
from plugin.standing import CLOSED, NEEDS_YOU, RECOVERING, WAITING, WORKING
from plugin.store.narrowing import AGES, NOBODY, Wanted
from plugin.store.periods import EARLIEST, LATEST
from plugin.store.shops import Shop
from plugin.terms import Route, Situation
from plugin.words.speech import LOCALES, upper_first

STATUSES = (NEEDS_YOU, WORKING, WAITING, RECOVERING, CLOSED)
TABS: Mapping[str, Wanted] = {
    "needs_you": Wanted(status=NEEDS_YOU),
    "week": Wanted(due="week"),
    "supplier": Wanted(waits=SUPPLIER),
    "customer": Wanted(waits=CUSTOMER),
    "recovering": Wanted(status=RECOVERING),
    "closed": Wanted(status=CLOSED),
    "all": Wanted(),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "status": STATUSES,
    "due": ("week",),
    "waits": (SUPPLIER, CUSTOMER),
    "risk": ("yes",),
    "problem": tuple(Situation),
    "age": tuple(AGES),
    "leg": tuple(map(str, Route)),
}
"""Filters that are one of a few words; anything else in their place narrows nothing."""
DAYS = ("opened_from", "opened_to")
NAMES = ("q", *WORDS, *DAYS, "supplier", "country", "least", "most", "assignee")


@dataclass(frozen=True)
class Chip:
    """One filter that is set, and the address without it."""

    label: str
    without: str


def read(args: Mapping[str, str], shop: Shop) -> tuple[Wanted, dict[str, str]]:
    """(what is asked for, what could not be read by field)."""
    few = {name: args.get(name, "") for name in WORDS}
    picked = {name: value for name, value in few.items() if value in WORDS[name]}
    amounts, bad = _amounts(args, shop.currency)
    days, bad_days = _days(args, shop.zone)
    wanted = Wanted(
        **{**picked, **amounts, **days},
        supplier=_text(args, "supplier", 200),
        country=_text(args, "country", 2).upper(),
        assignee=_text(args, "assignee", 320),
        words=tuple(asked(args.get("q", "")[:500])),
    )
    return wanted, bad | bad_days


def _text(args: Mapping[str, str], name: str, longest: int) -> str:
    return args.get(name, "").replace("\0", "").strip()[:longest]


def _amounts(args: Mapping[str, str], currency: str) -> tuple[dict[str, Any], dict[str, str]]:
    found: dict[str, Any] = {}
    bad: dict[str, str] = {}
    for name in ("least", "most"):
        text = args.get(name, "").strip()
        if not text:
            continue
        try:
            found[name] = Money.parse(text, currency).minor
        except ValueError:
            bad[name] = say("amount_fix")
    if any(abs(minor) > 10**15 for minor in found.values()):
        return {}, {"least": say("amount_fix")}
    return ({**found, "currency": currency} if found else {}), bad


def _days(args: Mapping[str, str], zone: str) -> tuple[dict[str, Any], dict[str, str]]:
    found: dict[str, Any] = {}
    bad: dict[str, str] = {}
    for name in DAYS:
        text = args.get(name, "").strip()
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            day = date.min
        if day is not None and not EARLIEST <= day <= LATEST:
            bad[name] = say("date_fix")
        elif day is not None:
            found[name] = day
    return ({**found, "zone": zone} if found else {}), bad


def query(wanted: Wanted) -> dict[str, str]:
    """The same as an address says it; what is not set is left out."""
    said = {
        "q": " ".join(wanted.words),
        **{name: getattr(wanted, name) for name in WORDS},
        **{name: day.isoformat() for name in DAYS if (day := getattr(wanted, name))},
        "supplier": wanted.supplier,
        "country": wanted.country,
        "least": _major(wanted.least, wanted.currency),
        "most": _major(wanted.most, wanted.currency),
        "assignee": wanted.assignee,
    }
    return {name: value for name, value in said.items() if value}


def _major(minor: int | None, currency: str) -> str:
    return "" if minor is None else Money(minor, currency).decimal()


def address(wanted: Wanted, **more: str) -> str:
    """Where these cases are listed."""
    places: dict[str, Any] = {**query(wanted), **more}
    return url_for("desk.cases", **places)


def tab_of(wanted: Wanted) -> str:
    """The tab that lists exactly this; empty for a list of one's own."""
    return next((name for name, tab in TABS.items() if tab == wanted), "")


def chips(wanted: Wanted) -> list[Chip]:
    """Every filter that is set, each with the address without it."""
    if tab_of(wanted):
        return []
    found = [
        Chip(_said(name, value), address(_without(wanted, name)))
        for name, value in query(wanted).items()
        if name != "q"
    ]
    words = [
        Chip(
            f"“{word}”", address(replace(wanted, words=tuple(w for w in wanted.words if w != word)))
        )
        for word in wanted.words
    ]
    return [*words, *found]


def _without(wanted: Wanted, name: str) -> Wanted:
    empty = replace(wanted, **{name: getattr(Wanted(), name)})
    if empty.least is None and empty.most is None:
        empty = replace(empty, currency="")
    return replace(empty, zone="") if empty.opened_from is empty.opened_to is None else empty


def _said(name: str, value: str) -> str:
    tongue = language()
    match name:
        case "status":
            return sentences.status(value, language=tongue)
        case "problem":
            return sentences.situation(value, language=tongue)
        case "leg":
            return upper_first(sentences.route(value, language=tongue))
        case "due" | "waits" | "risk" | "age":
            return say(f"inbox.{name}.{value}")
        case "country":
            return country(value)
        case "opened_from" | "opened_to":
            return say(f"inbox.{name}.is", day=on(date.fromisoformat(value)))
        case "assignee":
            return say("inbox.nobody") if value == NOBODY else say("inbox.for", person=value)
        case _:
            return say(f"inbox.{name}.is", value=value)


def country(code: str) -> str:
    """A country by its name in the session's language."""
    return str(LOCALES[language()].territories.get(code, code))
