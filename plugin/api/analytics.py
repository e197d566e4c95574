"""A few figures of a period, and of as long a time before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import g

from plugin.api import cursors, rows
from plugin.api.door import Door
from plugin.api.operation import Asked, Operation
from plugin.api.record import DEED, PAGED
from plugin.api.shapes import (
    COUNT,
    DAY,
    MINOR,
    SUMS,
    WORD,
    by_name,
    one_of,
    or_null,
    record,
    things,
)
from plugin.pages.noting import concerns
from plugin.pages.roles import Right
from plugin.store import behind, figures, periods
from plugin.store.audit import Place
from plugin.store.behind import Behind
from plugin.store.periods import LONGEST

USUAL = timedelta(days=29)


def get_analytics(door: Door, asked: Asked) -> Any:
    first, last = _days(door, asked)
    period = periods.days(first, last, g.shop.zone)
    with door.db.read() as tx:
        now = figures.all_of(tx, g.shop.shop, period)
        compared = asked.get("compare") == "yes"
        before = figures.all_of(tx, g.shop.shop, period.before) if compared else None
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "now": _told(now),
        "before": _told(before) if before else None,
        "products": _largest(now["products"], "product"),
    }


def _days(door: Door, asked: Asked) -> tuple[date, date]:
    """The first and the last day, in the shop's zone; the last 30 where none is named."""
    last = rows.day(asked, "to") or door.clock.now().astimezone(ZoneInfo(g.shop.zone)).date()
    first = rows.day(asked, "from") or last - USUAL
    if first > last:
        raise rows.unusable(**{"from": "must not be after `to`"})
    if last - first > LONGEST:
        raise rows.unusable(**{"from": f"at most {LONGEST.days} days in one go"})
    return first, last


def _told(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "orders": found["orders"],
        "opened": {str(situation): count for situation, count in found["opened"].items()},
        "hours_to_first_action": found["hours"],
        **{name: {"part": found[name][0], "of": found[name][1]} for name in ("alone", "kept")},
        "letters": {"sent": found["letters"][1], "answers": found["letters"][0]},
        "money": found["money"],
        "suppliers": _largest(found["suppliers"], "supplier"),
    }


def _largest(found: list[tuple[str, str, int]], name: str) -> list[dict[str, Any]]:
    return [{name: who, "currency": cur, "repaid_minor": minor} for who, cur, minor in found]


def list_figure_rows(door: Door, asked: Asked) -> Any:
    first, last = _days(door, asked)
    before = Place.read(cursors.read(door, "figure rows", asked))
    with door.db.read() as tx:
        found, place = behind.rows(
            tx,
            g.shop.shop,
            Behind(asked["of"]),
            periods.days(first, last, g.shop.zone),
            asked.get("limit", 50),
            before,
        )
    concerns(row.order_id for row in found)
    return {
        "rows": [{**asdict(row), "at": rows.moment(row.at)} for row in found],
        "next": cursors.spell(door, "figure rows", asked, place.spell()) if place else "",
    }


PART = record({"part": COUNT, "of": COUNT})
FIGURES = record(
    {
        "orders": COUNT,
        "opened": by_name(COUNT),
        "hours_to_first_action": {"type": ["number", "null"]},
        "alone": PART,
        "kept": PART,
        "letters": record({"sent": COUNT, "answers": COUNT}),
        "money": record({"out": SUMS, "back": SUMS, "lost": SUMS}),
        "suppliers": things(record({"supplier": WORD, "currency": WORD, "repaid_minor": MINOR})),
    }
)

OPERATIONS = (
    Operation(
        "get_analytics",
        "GET",
        "/analytics",
        "Orders, cases by problem, median hours to the first action, share done without a person "
        "(`alone`), deadlines kept, money out, back and lost; with `compare` also of as long a "
        "time before. Days are the shop's, both included, 400 at most; without any, the last 30",
        Right.VIEW,
        get_analytics,
        record(
            {
                "from": WORD,
                "to": WORD,
                "now": FIGURES,
                "before": or_null(FIGURES),
                "products": things(
                    record({"product": WORD, "currency": WORD, "repaid_minor": MINOR})
                ),
            }
        ),
        query={"from": DAY, "to": DAY, "compare": one_of(["yes"])},
        pages=("desk.analytics",),
    ),
    Operation(
        "list_figure_rows",
        "GET",
        "/analytics/rows",
        "The entries a figure counts, the newest first: steps done without a person (`alone`) and "
        "with one (`person`), planned in time (`kept`) and `late`, `letters` to customers and "
        "their `answers`. A page may be empty and still name a next one",
        Right.VIEW,
        list_figure_rows,
        record({"rows": things(DEED), "next": WORD}),
        query={"of": one_of(Behind), "from": DAY, "to": DAY, **PAGED},
        needs=("of",),
        pages=("desk.analytics_rows",),
    ),
)
