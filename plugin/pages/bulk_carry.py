"""Carrying a bulk action out: each row by itself, never all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from plugin import merchant, sentences
from plugin.pages.bulk_plan import REMINDERS, STEPS, Asked, asks_for_proof
from plugin.pages.case_steps import MOVES_MONEY
from plugin.pages.desk import language, say
from plugin.pages.refusals import too_late
from plugin.store import listing, outbox
from plugin.store.database import Database

ACTIONS = ("approve", "decline", "remind", "proof", "assign", "snooze")
MOST = 200
LONGEST_SNOOZE = timedelta(days=365)
MORNING = time(8)
"""When a snoozed case comes back, in the shop's zone."""


@dataclass(frozen=True)
class Result:
    """What came of one row."""

    row: Mapping[str, Any]
    refused: str = ""


@dataclass(frozen=True)
class Who:
    """Who asks, and whether he may go ahead with what moves money."""

    shop: str
    by: str
    spends: bool


def morning_of(day: date, zone: str, now: datetime) -> datetime | None:
    """When a case that is put off until a day comes back; None for a day that is not within a
    year."""
    if not 1 < day.year < 9999:
        return None
    until = datetime.combine(day, MORNING, ZoneInfo(zone))
    return until if now < until <= now + LONGEST_SNOOZE else None


def carry_out(
    db: Database, who: Who, asked: Asked, keys: Mapping[str, str], now: datetime
) -> list[Result]:
    """Each row in a transaction of its own; one that fails leaves the others as they are.

    `keys` is case id to the step it concerns; what is no case of the shop is left out.
    """
    with db.read() as tx:
        rows = listing.chosen(tx, who.shop, keys)
    return [_one(db, who, asked, row, keys[row["case_id"]], now) for row in rows]


def _one(
    db: Database, who: Who, asked: Asked, row: Mapping[str, Any], key: str, now: datetime
) -> Result:
    click = merchant.Click(who.shop, int(row["order_id"]), who.by, now)
    try:
        with db.write() as tx:
            refused = _not_allowed(tx, asked, click, row, key, spends=who.spends)
            if not refused:
                _DO[asked.do](tx, click, asked, row, key)
                refused = _still_waits(tx, asked, click, key)
    except merchant.NotPossible as error:
        refused = too_late(error)
    except DBAPIError:
        refused = say("bulk.busy")
    return Result(row, refused)


def _still_waits(tx: Connection, asked: Asked, click: merchant.Click, key: str) -> str:
    """A yes that was the first of two is not one that went out."""
    step = outbox.by_key(tx, click.shop, click.order_id, key) if asked.do == "approve" else None
    waits = step is not None and step.why == merchant.SECOND_PERSON
    return sentences.held(merchant.SECOND_PERSON, language=language()) if waits else ""


def _not_allowed(
    tx: Connection,
    asked: Asked,
    who: merchant.Click,
    row: Mapping[str, Any],
    key: str,
    *,
    spends: bool,
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
    if step.action in MOVES_MONEY and not spends:
        return say("bulk.no_right")
    if asked.do == "remind" and step.action not in REMINDERS:
        return say("bulk.no_reminder")
    if asked.do == "proof" and not asks_for_proof(step.body):
        return say("bulk.no_proof")
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
    merchant.assign(tx, who, str(row["case_id"]), asked.person)


def _snooze(
    tx: Connection, who: merchant.Click, asked: Asked, row: Mapping[str, Any], _key: str
) -> None:
    merchant.snooze(tx, who, str(row["case_id"]), asked.until)


Do = Callable[[Connection, merchant.Click, Asked, Mapping[str, Any], str], None]
_DO: Mapping[str, Do] = {
    "approve": _approve,
    "remind": _approve,
    "proof": _approve,
    "decline": _decline,
    "assign": _assign,
    "snooze": _snooze,
}
