"""What was planned for a case, and a person's word on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from sqlalchemy.engine import Connection

from plugin import merchant
from plugin import timeline as t
from plugin.api import rows
from plugin.api.door import Door, Problem
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import OK, STEP, record, text, things
from plugin.merchant import Click
from plugin.pages.case_steps import MOVES_MONEY
from plugin.pages.roles import Right
from plugin.store import outbox

KEY = {"key": text(400, 1)}
Do = Callable[[Connection, Click, dict[str, Any]], object]


def list_steps(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        row = rows.case_row(tx, asked)
        found = outbox.of_order(tx, g.shop.shop, row["order_id"])
    return {"steps": [_step(one) for one in found if one.case_id == row["case_id"]]}


def approve_step(door: Door, asked: Asked) -> Any:
    def approve(tx: Connection, who: Click, body: dict[str, Any]) -> object:
        choice, because = body.get("choice", ""), body.get("both_because", "")
        return merchant.approve(tx, who, body["key"], choice=choice, both_because=because)

    return _word(door, asked, approve, spends=True)


def decline_step(door: Door, asked: Asked) -> Any:
    def decline(tx: Connection, who: Click, body: dict[str, Any]) -> object:
        return merchant.decline(tx, who, body["key"], why=body.get("why", ""))

    return _word(door, asked, decline)


def mark_sent(door: Door, asked: Asked) -> Any:
    return _word(door, asked, lambda tx, who, body: merchant.sent_by_hand(tx, who, body["key"]))


def try_again(door: Door, asked: Asked) -> Any:
    def again(tx: Connection, who: Click, body: dict[str, Any]) -> object:
        return merchant.try_again(tx, who, body["key"])

    return _word(door, asked, again, spends=True)


def write_note(door: Door, asked: Asked) -> Any:
    said = asked["body"]["text"].strip()
    if not said:
        raise rows.unusable(text="is empty")
    with door.db.write() as tx, rows.told():
        row = rows.case_row(tx, asked)
        merchant.tell(tx, rows.click(door, int(row["order_id"])), t.NoteWritten(said))
    return {"ok": True}


def _word(door: Door, asked: Asked, do: Do, *, spends: bool = False) -> Any:
    """A person's word on a step of the case; going ahead with money needs its own right."""
    with door.db.read() as tx:
        row, step = _with_step(tx, asked)
    if spends and step.action in MOVES_MONEY:
        door.needs(Right.MONEY)
    with door.db.write() as tx, rows.told():
        do(tx, rows.click(door, int(row["order_id"])), asked["body"])
    with door.db.read() as tx:
        return _step(_with_step(tx, asked)[1])


def _with_step(tx: Connection, asked: Asked) -> tuple[dict[str, Any], outbox.Row]:
    row = rows.case_row(tx, asked)
    step = outbox.by_key(tx, g.shop.shop, row["order_id"], asked["body"]["key"])
    if step is None or step.case_id != row["case_id"]:
        raise Problem(404, "not_found", "The case has no step by that key")
    return row, step


def _step(row: outbox.Row) -> dict[str, Any]:
    return {name: rows.plain(getattr(row, name)) for name in STEP["properties"]}


def _of(name: str, route: str, says: str, answer: Any, body: Any) -> Operation:
    return Operation(
        name,
        "POST",
        f"/cases/{{case_id}}/{route}",
        says,
        Right.WORK,
        answer,
        STEP,
        body=body,
        conflicts=True,
        pages=("desk.click",),
    )


OPERATIONS = (
    Operation(
        "list_steps",
        "GET",
        "/cases/{case_id}/steps",
        "What was planned for the case, and how far each step is",
        Right.VIEW,
        list_steps,
        record({"steps": things(STEP, 10_000)}),
        pages=("desk.case",),
    ),
    _of(
        "approve_step",
        "approve",
        "Go ahead with a step that waits for a word; money needs a key with the scope `money`",
        approve_step,
        record(KEY, {"choice": text(20), "both_because": text(500)}),
    ),
    _of(
        "decline_step",
        "decline",
        "Say no to a step; what it held is free again",
        decline_step,
        record(KEY, {"why": text(500)}),
    ),
    _of(
        "mark_sent",
        "sent",
        "Say that a step that was handed over was done by hand; a refund never is: it is read",
        mark_sent,
        record(KEY),
    ),
    _of(
        "try_again",
        "again",
        "Try a step that was handed over once more: read first, then act; money needs the scope "
        "`money`",
        try_again,
        record(KEY),
    ),
    Operation(
        "write_note",
        "POST",
        "/cases/{case_id}/notes",
        "Add a note to the case's timeline",
        Right.WORK,
        write_note,
        OK,
        body=record({"text": text(2000, 1)}),
        status=201,
        conflicts=True,
        pages=("desk.click",),
    ),
)
