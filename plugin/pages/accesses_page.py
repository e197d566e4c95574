"""Who looked at customers' data, and when: a page for the owner, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, request
from werkzeug.wrappers import Response as Answer

from plugin.pages import csv_out
from plugin.pages.desk import Desk, say
from plugin.pages.personal import WHATS
from plugin.store import accesses, timelines
from plugin.store.accesses import Entry, Sought

A_PAGE = 50
SHOWN = 3
"""Orders of a list that are named; the rest are counted."""
COLUMNS = (*("first", "last", "times", "who", "what", "data", "by_way_of", "case", "orders"),)
NAMES = ("person", "what", "order")


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page and the file."""

    @pages.get("/accesses")
    def accesses_page() -> Answer:
        sought, bad = _sought(desk)
        with desk.db.read() as tx:
            rows = _rows(desk, tx, sought)
            people = accesses.people(tx, g.shop.shop)
            shown = rows[:A_PAGE]
            named = {number for row in shown for number in row.order_ids[:SHOWN]}
            names = timelines.names_of(tx, g.shop.shop, named)
        page = desk.page(
            "accesses.html",
            422 if bad else 200,
            entries=shown,
            shown=SHOWN,
            names=names,
            people=people,
            whats=WHATS,
            typed={name: request.args.get(name, "") for name in NAMES},
            older=_older(shown[-1]) if len(rows) > A_PAGE else "",
            query=urlencode(_said()),
            bad=bad,
        )
        return Response(page, 422 if bad else 200)

    @pages.get("/accesses.csv")
    def accesses_csv() -> Answer:
        sought, bad = _sought(desk)
        if bad:
            sought = Sought(order_id=-1)  # an order nobody has: a file without rows
        name = f"accesses-{desk.clock.now():%Y-%m-%d}.csv"
        return csv_out.file(name, COLUMNS, _cells(desk, sought))


def _rows(desk: Desk, tx: Any, sought: Sought) -> list[Entry]:
    before = request.args.get("before", "")
    good = before.isascii() and before.isdigit() and len(before) < 19
    place = int(before) if good else None
    return accesses.log(tx, g.shop.shop, sought, A_PAGE + 1, place)


def _cells(desk: Desk, sought: Sought) -> Iterator[tuple[object, ...]]:
    """A page at a time, so that a long file does not hold the database's place."""
    place: int | None = None
    while True:
        with desk.db.read() as tx:
            rows = accesses.log(tx, g.shop.shop, sought, accesses.AT_ONCE, place)
        yield from (_line(row) for row in rows)
        if len(rows) < accesses.AT_ONCE:
            return
        place = rows[-1].id


def _line(row: Entry) -> tuple[object, ...]:
    there = ZoneInfo(g.shop.zone)
    first, last = (
        moment.astimezone(there).isoformat(timespec="seconds") for moment in (row.since, row.at)
    )
    told = (first, last, row.count, row.person, row.what, row.data, row.way)
    return (*told, row.case_id, row.orders.strip())


def _sought(desk: Desk) -> tuple[Sought, dict[str, str]]:
    """What is narrowed by, and what of it cannot be used."""
    what, person = request.args.get("what", ""), request.args.get("person", "")[:320]
    name = request.args.get("order", "").strip()[:100]
    order_id: int | None = None
    bad: dict[str, str] = {}
    if name:
        with desk.db.read() as tx:
            order_id = None if "\0" in name else timelines.order_named(tx, g.shop.shop, name)
        if order_id is None and name.isascii() and name.isdigit() and len(name) < 19:
            order_id = int(name)  # an order the log knows by its number alone
        if order_id is None:
            bad["order"] = say("letters.no_order")
    return Sought(person.replace("\0", ""), what if what in WHATS else "", order_id), bad


def _said() -> dict[str, str]:
    return {name: request.args[name] for name in NAMES if request.args.get(name)}


def _older(last: Entry) -> str:
    return urlencode({**_said(), "before": last.id})
