"""The inbox: cases by what is lost if nothing is done and how soon, and lists one can keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import g

from plugin.api import cursors, rows
from plugin.api.door import Door, Problem
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import (
    AMOUNT,
    CASE,
    COUNT,
    CURSOR,
    DAY,
    OK,
    SITUATIONS,
    STATUSES,
    WORD,
    by_name,
    number,
    one_of,
    record,
    text,
    things,
)
from plugin.case_words import asked as words_asked
from plugin.caselist import CUSTOMER, SUPPLIER
from plugin.pages import inbox_filters, readings
from plugin.pages.bulk_carry import Who, carry_out, morning_of
from plugin.pages.bulk_plan import Asked as BulkAsked
from plugin.pages.inbox_filters import TABS
from plugin.pages.roles import Right
from plugin.store import listing, views
from plugin.store.listing import Place
from plugin.store.narrowing import AGES, NOBODY, Wanted
from plugin.terms import Route

FILTERS = {
    "q": text(200, 1),
    "status": one_of(STATUSES),
    "due": one_of(["week"]),
    "waits": one_of([SUPPLIER, CUSTOMER]),
    "risk": one_of(["yes"]),
    "problem": one_of(SITUATIONS),
    "supplier": text(200, 1),
    "country": text(2, 2, pattern="^[A-Z]{2}$"),
    "least_minor": AMOUNT,
    "most_minor": AMOUNT,
    "leg": one_of(map(str, Route)),
    "age": one_of(AGES),
    "opened_from": DAY,
    "opened_to": DAY,
    "assignee": text(320, 1),
}
"""Every filter of the page. Amounts are at risk, in the shop's currency; an assignee of `-` is
nobody."""
LONGEST_NAME = 100


def wanted_of(asked: Mapping[str, Any]) -> Wanted:
    """The filters as the store has them."""
    same = ("status", "due", "waits", "risk", "problem", "supplier", "country", "leg", "age")
    least, most = asked.get("least_minor"), asked.get("most_minor")
    opened_from, opened_to = rows.day(asked, "opened_from"), rows.day(asked, "opened_to")
    return Wanted(
        **{name: asked[name] for name in (*same, "assignee") if name in asked},
        opened_from=opened_from,
        opened_to=opened_to,
        zone=g.shop.zone if opened_from or opened_to else "",
        least=least,
        most=most,
        currency=g.shop.currency if least is not None or most is not None else "",
        words=tuple(words_asked(asked.get("q", ""))),
    )


def _filters_of(wanted: Wanted) -> dict[str, Any]:
    said: dict[str, Any] = {
        name: getattr(wanted, name) for name in FILTERS if hasattr(wanted, name)
    }
    said |= {"least_minor": wanted.least, "most_minor": wanted.most, "q": " ".join(wanted.words)}
    told = {name: value for name, value in said.items() if value not in {"", None}}
    return {name: v.isoformat() if isinstance(v, date) else v for name, v in told.items()}


def list_cases(door: Door, asked: Asked) -> Any:
    limit = asked.get("limit", 50)
    place = Place.read(cursors.read(door, "cases", asked))
    with door.db.read() as tx:
        found = listing.listed(
            tx, g.shop.shop, wanted_of(asked), door.clock.now(), limit=limit + 1, after=place
        )
    shown = found[:limit]
    last = Place(shown[-1]["urgency"], shown[-1]["case_id"]) if len(found) > limit else None
    return {
        "cases": [rows.case(row) for row in shown],
        "next": cursors.spell(door, "cases", asked, last.spell()) if last else "",
    }


def count_lists(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        return {"counts": listing.counts(tx, g.shop.shop, TABS, door.clock.now())}


def list_views(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        found = views.of_shop(tx, g.shop.shop)
    return {"views": [_view(one) for one in found]}


def keep_view(door: Door, asked: Asked) -> Any:
    name, now = asked["body"]["name"].strip(), door.clock.now()
    if not name:
        raise rows.unusable(name="is empty")
    query = urlencode(inbox_filters.query(wanted_of(asked["body"]["filters"])))
    with door.db.write() as tx:
        if not views.keep(tx, g.shop.shop, name, query, g.person, now):
            raise Problem(409, "too_many", f"At most {views.MOST} views are kept")
        found = {view.name: view for view in views.of_shop(tx, g.shop.shop)}
    return _view(found[name])


def drop_view(door: Door, asked: Asked) -> Any:
    with door.db.write() as tx:
        if asked["view_id"] not in {view.view_id for view in views.of_shop(tx, g.shop.shop)}:
            raise rows.not_found("No view by that id is kept")
        views.drop(tx, g.shop.shop, asked["view_id"])
    return {"ok": True}


def _view(view: views.View) -> dict[str, Any]:
    wanted, _bad = inbox_filters.read(dict(parse_qsl(view.query)), g.shop)
    return {"view_id": view.view_id, "name": view.name, "filters": _filters_of(wanted)}


def assign(door: Door, asked: Asked) -> Any:
    person = asked["body"]["person"]
    with door.db.read() as tx:
        rows.case_row(tx, asked)
        if person not in readings.people(tx, g.shop.shop, NOBODY):
            raise rows.unusable(person="is not at this desk; - is nobody")
    return _to_one(door, asked, BulkAsked("assign", person=person.removeprefix(NOBODY)))


def snooze(door: Door, asked: Asked) -> Any:
    until = until_of(door, asked["body"])
    return _to_one(door, asked, BulkAsked("snooze", until=until))


def wake(door: Door, asked: Asked) -> Any:
    return _to_one(door, asked, BulkAsked("snooze", until=None))


def until_of(door: Door, body: Mapping[str, Any]) -> Any:
    """The morning a snoozed case comes back. Raises Problem for a day beyond a year."""
    day = rows.day(body, "until")
    until = morning_of(day, g.shop.zone, door.clock.now()) if day else None
    if until is None:
        raise rows.unusable(until="must be a day to come, within a year")
    return until


def _to_one(door: Door, asked: Asked, what: BulkAsked) -> Any:
    """The same as the pages do to many, to one."""
    case_id = asked["case_id"]
    who = Who(g.shop.shop, g.person, door.may(Right.MONEY))
    found = carry_out(door.db, who, what, {case_id: ""}, door.clock.now())
    if not found:
        raise rows.not_found("No case by that id is known")
    if found[0].refused:
        raise Problem(409, "refused", found[0].refused)
    with door.db.read() as tx:
        return rows.case(rows.case_row(tx, asked))


VIEW = record({"view_id": WORD, "name": WORD, "filters": {"type": "object"}})

OPERATIONS = (
    Operation(
        "list_cases",
        "GET",
        "/cases",
        "Cases, the most urgent first, with every filter of the inbox",
        Right.VIEW,
        list_cases,
        record({"cases": things(CASE), "next": WORD}),
        query={**FILTERS, "limit": number(1, 100), "cursor": CURSOR},
        pages=("desk.cases",),
    ),
    Operation(
        "count_lists",
        "GET",
        "/cases/counts",
        "How many cases each of the inbox's lists has, counted to 100 and no further",
        Right.VIEW,
        count_lists,
        record({"counts": by_name(COUNT)}),
        pages=("desk.cases",),
    ),
    Operation(
        "assign_case",
        "POST",
        "/cases/{case_id}/assign",
        "Give a case to a person of the desk by mail address, or to nobody with `-`",
        Right.WORK,
        assign,
        CASE,
        body=record({"person": text(320, 1)}),
        conflicts=True,
        pages=("desk.carry_out",),
    ),
    Operation(
        "snooze_case",
        "POST",
        "/cases/{case_id}/snooze",
        "Leave a case out of what needs somebody until the morning of a day, or its deadline",
        Right.WORK,
        snooze,
        CASE,
        body=record({"until": DAY}),
        conflicts=True,
        pages=("desk.carry_out",),
    ),
    Operation(
        "wake_case",
        "POST",
        "/cases/{case_id}/wake",
        "Take up again what was put off",
        Right.WORK,
        wake,
        CASE,
        conflicts=True,
        pages=("desk.click",),
    ),
    Operation(
        "list_views",
        "GET",
        "/views",
        "Lists the shop has given a name",
        Right.VIEW,
        list_views,
        record({"views": things(VIEW)}),
        pages=("desk.cases",),
    ),
    Operation(
        "keep_view",
        "POST",
        "/views",
        "Keep some filters under a name; the same name again is the same view",
        Right.WORK,
        keep_view,
        VIEW,
        body=record({"name": text(LONGEST_NAME, 1), "filters": record({}, FILTERS)}),
        status=201,
        conflicts=True,
        pages=("desk.keep_view",),
    ),
    Operation(
        "drop_view",
        "DELETE",
        "/views/{view_id}",
        "Forget a view; the cases in it stay",
        Right.WORK,
        drop_view,
        OK,
        pages=("desk.drop_view",),
    ),
)
