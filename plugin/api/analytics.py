"""A few figures of a period, and of as long a time before it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from sqlalchemy.engine import Connection

from plugin.api import rows
from plugin.api.door import Door
from plugin.api.operation import Asked, Operation
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
from plugin.pages.roles import Right
from plugin.store import figures
from plugin.store.figures import LONGEST, Period

USUAL = timedelta(days=29)


def get_analytics(door: Door, asked: Asked) -> Any:
    first, last = _days(door, asked)
    period = figures.days(first, last, g.shop.zone)
    with door.db.read() as tx:
        now = _told(tx, period)
        before = _told(tx, period.before) if asked.get("compare") == "yes" else None
        products = figures.by_product(tx, g.shop.shop, period)
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "now": now,
        "before": before,
        "products": _largest(products, "product"),
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


def _told(tx: Connection, period: Period) -> dict[str, Any]:
    found = figures.all_of(tx, g.shop.shop, period)
    return {
        "orders": found["orders"],
        "opened": {str(situation): count for situation, count in found["opened"].items()},
        "hours_to_first_action": found["hours"],
        **{name: {"part": found[name][0], "of": found[name][1]} for name in ("alone", "kept")},
        "money": found["money"],
        "suppliers": _largest(found["suppliers"], "supplier"),
    }


def _largest(found: list[tuple[str, str, int]], name: str) -> list[dict[str, Any]]:
    return [{name: who, "currency": cur, "repaid_minor": minor} for who, cur, minor in found]


PART = record({"part": COUNT, "of": COUNT})
FIGURES = record(
    {
        "orders": COUNT,
        "opened": by_name(COUNT),
        "hours_to_first_action": {"type": ["number", "null"]},
        "alone": PART,
        "kept": PART,
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
)
