"""One action for many cases: first what it will do to each, then each by itself, then what came
of each. A second confirmation finds everything done and says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, request
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response as Answer

from plugin import merchant
from plugin.pages import inbox, readings
from plugin.pages.bulk_plan import REMINDERS, STEPS, Asked, forecasts, totals
from plugin.pages.case_steps import MOVES_MONEY
from plugin.pages.cases import too_late
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadField, BadForm, choice, words
from plugin.pages.noting import concerns
from plugin.pages.roles import Right, may
from plugin.store import caselists, listing, outbox
from plugin.store.narrowing import NOBODY

ACTIONS = ("approve", "decline", "remind", "assign", "snooze")
MOST = 200
LONGEST_SNOOZE = timedelta(days=365)
MORNING = time(8)
"""When a snoozed case comes back, in the shop's zone."""
_CASE_ID = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True)
class Result:
    """What came of one row."""

    row: Mapping[str, Any]
    refused: str = ""


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.post("/cases/bulk")
    def bulk() -> Answer:
        try:
            asked, case_ids = _asked(desk), _picked(request.form.getlist("case"))
        except BadForm as error:
            return inbox.show(desk, 422, bad=error.problems)
        return Response(_preview(desk, asked, case_ids))

    @pages.post("/cases/bulk/confirm")
    def carry_out() -> Answer:
        picks = [pick.partition("|")[::2] for pick in request.form.getlist("pick")]
        try:
            asked = _asked(desk)
            _picked([case_id for case_id, _ in picks])
        except BadForm as error:
            return inbox.show(desk, 422, bad=error.problems)
        return Response(_carry_out(desk, asked, dict(picks)))


def _asked(desk: Desk) -> Asked:
    """Raises BadForm."""
    do = choice("do", ACTIONS)
    if do == "assign":
        with desk.db.read() as tx:
            people = readings.people(tx, g.shop.shop, g.person)
        return Asked(do, person=choice("person", (NOBODY, *people)))
    if do == "snooze":
        return Asked(do, until=_until(desk.clock.now()))
    return Asked(do, why=words("why"))


def _until(now: datetime) -> datetime:
    try:
        day = date.fromisoformat(request.form.get("until", "").strip())
    except ValueError:
        raise BadField("until", say("date_fix")) from None
    if not 1 < day.year < 9999:
        raise BadField("until", say("date_fix"))
    until = datetime.combine(day, MORNING, ZoneInfo(g.shop.zone))
    if not now < until <= now + LONGEST_SNOOZE:
        raise BadField("until", say("inbox.until_fix"))
    return until


def _picked(case_ids: list[str]) -> list[str]:
    """Raises BadField for none and for too many; what is no case id at all is left out."""
    found = list(dict.fromkeys(one for one in case_ids if _CASE_ID.fullmatch(one)))
    if not found:
        raise BadField("case", say("inbox.none_picked"))
    if len(found) > MOST:
        raise BadField("case", say("inbox.too_many", most=MOST))
    return found


def _preview(desk: Desk, asked: Asked, case_ids: list[str]) -> str:
    with desk.db.read() as tx:
        rows = listing.chosen(tx, g.shop.shop, case_ids)
        concerns(row["order_id"] for row in rows)
        found = forecasts(tx, g.shop.shop, asked, rows, g.role)
    return desk.page(
        "bulk.html",
        asked=asked,
        will=[one for one in found if not one.refused],
        refused=[one for one in found if one.refused],
        gone=len(case_ids) - len(rows),
        totals=totals(found),
        form=request.form,
    )


# --- Carrying out ---------------------------------------------------------------------------------


def _carry_out(desk: Desk, asked: Asked, keys: Mapping[str, str]) -> str:
    """Each row in a transaction of its own; one that fails leaves the others as they are."""
    now = desk.clock.now()
    with desk.db.read() as tx:
        rows = listing.chosen(tx, g.shop.shop, _picked(list(keys)))
    results = [_one(desk, asked, row, keys[row["case_id"]], now) for row in rows]
    return desk.page(
        "bulk_done.html",
        asked=asked,
        done=[one for one in results if not one.refused],
        refused=[one for one in results if one.refused],
    )


def _one(desk: Desk, asked: Asked, row: Mapping[str, Any], key: str, now: datetime) -> Result:
    who = merchant.Click(g.shop.shop, int(row["order_id"]), g.person, now)
    try:
        with desk.db.write() as tx:
            refused = _not_allowed(tx, asked, who, row, key)
            if not refused:
                _DO[asked.do](tx, who, asked, row, key)
    except merchant.NotPossible as error:
        refused = too_late(error)
    except DBAPIError:
        refused = say("bulk.busy")
    return Result(row, refused)


def _not_allowed(
    tx: Connection, asked: Asked, who: merchant.Click, row: Mapping[str, Any], key: str
) -> str:
    """What `merchant` does not look at: whose right it is, and which step the form may name."""
    if asked.do not in STEPS:
        closed = row["closed_at"] is not None and asked.do == "snooze"
        return say("bulk.closed") if closed else ""
    step = outbox.by_key(tx, who.shop, who.order_id, key) if "\0" not in key else None
    if step is None or step.case_id != row["case_id"]:
        return say("bulk.nothing_waits")
    if asked.do == "decline":
        return ""
    if step.action in MOVES_MONEY and not may(g.role, Right.MONEY):
        return say("bulk.no_right")
    if asked.do == "remind" and step.action not in REMINDERS:
        return say("bulk.no_reminder")
    return say("bulk.letters") if step.why.startswith("contradicts") else ""


def _approve(
    tx: Connection, who: merchant.Click, _asked: Asked, _row: Mapping[str, Any], key: str
) -> None:
    merchant.approve(tx, who, key)


def _decline(
    tx: Connection, who: merchant.Click, asked: Asked, _row: Mapping[str, Any], key: str
) -> None:
    merchant.decline(tx, who, key, why=asked.why)


def _assign(
    tx: Connection, who: merchant.Click, asked: Asked, row: Mapping[str, Any], _key: str
) -> None:
    caselists.assign(tx, who.shop, str(row["case_id"]), asked.assignee)


def _snooze(
    tx: Connection, who: merchant.Click, asked: Asked, row: Mapping[str, Any], _key: str
) -> None:
    caselists.snooze(tx, who.shop, str(row["case_id"]), asked.until)


Do = Callable[[Connection, merchant.Click, Asked, Mapping[str, Any], str], None]
_DO: Mapping[str, Do] = {
    "approve": _approve,
    "remind": _approve,
    "decline": _decline,
    "assign": _assign,
    "snooze": _snooze,
}
