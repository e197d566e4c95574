"""What each operation does: the same functions as behind the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import g
from sqlalchemy.engine import Connection

from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.api.door import Door, Problem
from plugin.api.shapes import CASE
from plugin.case_words import asked as words_asked
from plugin.fold import fold
from plugin.pages.case_steps import MOVES_MONEY
from plugin.pages.roles import Right
from plugin.store import caselists, listing, members, outbox, shops, suppliers, timelines
from plugin.store.listing import Place
from plugin.store.narrowing import Wanted
from plugin.store.tables import ledger
from plugin.terms import Situation

Asked = Mapping[str, Any]
STEP = (
    *("key", "case_id", "action", "state", "level", "why", "minor", "currency"),
    *("planned_at", "settled_at"),
)


def list_cases(door: Door, asked: Asked) -> Any:
    limit = asked.get("limit", 50)
    place = Place.read(asked["cursor"]) if "cursor" in asked else None
    if "cursor" in asked and place is None:
        raise Problem(422, "fields", "Some fields cannot be used", fields={"cursor": "is none"})
    wanted = Wanted(
        status=asked.get("status", ""),
        problem=asked.get("problem", ""),
        supplier=asked.get("supplier", ""),
        words=tuple(words_asked(asked.get("q", ""))),
    )
    with door.db.read() as tx:
        rows = listing.listed(
            tx, g.shop.shop, wanted, door.clock.now(), limit=limit + 1, after=place
        )
    shown = rows[:limit]
    more = shown[-1] if len(rows) > limit else None
    return {
        "cases": [_case(row) for row in shown],
        "next": Place(more["urgency"], more["case_id"]).spell() if more else "",
    }


def get_case(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        return _case(_row(tx, asked))


def get_timeline(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        entries = timelines.read(tx, g.shop.shop, _row(tx, asked)["order_id"])
    told = [
        {
            "seq": e.seq,
            "at": _moment(e.at),
            "by": e.by,
            "kind": e.what.kind,
            "body": t.plain(e.what),
        }
        for e in entries
    ]
    return {"entries": told}


def list_steps(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        row = _row(tx, asked)
        rows = outbox.of_order(tx, g.shop.shop, row["order_id"])
    return {"steps": [_step(one) for one in rows if one.case_id == row["case_id"]]}


def approve_step(door: Door, asked: Asked) -> Any:
    body = asked["body"]
    with door.db.read() as tx:
        row, step = _with_step(tx, asked)
    if step.action in MOVES_MONEY:
        door.needs(Right.MONEY)
    with door.db.write() as tx, _told():
        merchant.approve(
            tx,
            _click(door, row),
            body["key"],
            choice=body.get("choice", ""),
            both_because=body.get("both_because", ""),
        )
    return _after(door, asked)


def decline_step(door: Door, asked: Asked) -> Any:
    body = asked["body"]
    with door.db.read() as tx:
        row = _with_step(tx, asked)[0]
    with door.db.write() as tx, _told():
        merchant.decline(tx, _click(door, row), body["key"], why=body.get("why", ""))
    return _after(door, asked)


def write_note(door: Door, asked: Asked) -> Any:
    with door.db.write() as tx, _told():
        row = _row(tx, asked)
        merchant.tell(tx, _click(door, row), t.NoteWritten(asked["body"]["text"]))
    return {"ok": True}


def get_order(door: Door, asked: Asked) -> Any:
    order_id = asked["order_id"]
    with door.db.read() as tx:
        order = fold(timelines.read(tx, g.shop.shop, order_id))
        rows = caselists.of_order(tx, g.shop.shop, order_id)
    if order.seen is None and not order.purchases:
        raise Problem(404, "not_found", "No order by that number is known")
    return {
        "order_id": order_id,
        "name": order.seen.name if order.seen else "",
        "currency": order.currency,
        "lines": [
            {
                "line_id": line_id,
                "title": line.facts.title,
                "sku": line.facts.sku,
                "quantity": line.facts.quantity,
                "paid_minor": line.facts.paid_minor,
            }
            for line_id, line in order.lines.items()
        ],
        "purchases": [
            {
                "purchase_id": p.id,
                "supplier": p.supplier,
                "route": str(p.route),
                "ship_by": _moment(p.ship_by),
                "shipped_at": _moment(p.shipped_at),
                "recovery": p.recovery_state,
            }
            for p in order.purchases.values()
            if p.id
        ],
        "cases": [_case(row) for row in rows],
    }


def report_problem(door: Door, asked: Asked) -> Any:
    body, order_id = asked["body"], asked["order_id"]
    told = customer_reports.Told(
        Situation(body["situation"]),
        lines=[(one["line_id"], one["quantity"]) for one in body.get("lines", [])],
        wish=body.get("wish", ""),
        words=body.get("words", ""),
        once=body["once"],
    )
    with door.db.read() as tx:
        if not timelines.name_of(tx, g.shop.shop, order_id):
            raise Problem(404, "not_found", "No order by that number is known")
    with door.db.write() as tx, _told():
        found = customer_reports.report(tx, _click(door, {"order_id": order_id}), told)
    return {"cases": found}


def list_ledger(door: Door, asked: Asked) -> Any:
    limit = asked.get("limit", 100)
    query = sa.select(ledger).where(
        ledger.c.shop == g.shop.shop, ledger.c.id > asked.get("after", 0)
    )
    with door.db.read() as tx:
        rows = tx.execute(query.order_by(ledger.c.id).limit(limit + 1)).mappings().all()
    names = ("id", "order_id", "case_id", "purse", "what", "minor", "currency")
    entries = [
        {**{name: row[name] for name in names}, "at": _moment(row["at"])} for row in rows[:limit]
    ]
    return {"entries": entries, "next": entries[-1]["id"] if len(rows) > limit else 0}


def get_policy(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        terms = shops.terms_of(tx, g.shop.shop, g.shop.terms_version)
    return {"version": terms.version, "terms": t.plain(terms)}


def list_suppliers(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        found = suppliers.scores(tx, g.shop.shop)
    return {
        "suppliers": [
            {
                "supplier": one.supplier,
                "purchases": one.purchases,
                "cases": one.problems,
                "repaid": one.repaid,
                "asked": one.asked,
                "received": one.received,
            }
            for one in found
        ]
    }


def list_members(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        found = members.of_shop(tx, g.shop.shop)
    return {
        "members": [
            {"email": m.email, "name": m.name, "role": m.role, "added_at": _moment(m.added_at)}
            for m in found
        ]
    }


# --- What they share ------------------------------------------------------------------------------


def _row(tx: Connection, asked: Asked) -> dict[str, Any]:
    row = caselists.one(tx, g.shop.shop, asked["case_id"])
    if row is None:
        raise Problem(404, "not_found", "No case by that id is known")
    return row


def _with_step(tx: Connection, asked: Asked) -> tuple[dict[str, Any], outbox.Row]:
    row = _row(tx, asked)
    step = outbox.by_key(tx, g.shop.shop, row["order_id"], asked["body"]["key"])
    if step is None or step.case_id != row["case_id"]:
        raise Problem(404, "not_found", "The case has no step by that key")
    return row, step


def _after(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        return _step(_with_step(tx, asked)[1])


def _click(door: Door, row: Mapping[str, Any]) -> merchant.Click:
    return merchant.Click(g.shop.shop, int(row["order_id"]), g.person, door.clock.now())


@contextmanager
def _told() -> Iterator[None]:
    """What a person would be told on the page."""
    try:
        yield
    except merchant.NotPossible as error:
        raise Problem(409, error.why, f"Not possible: {error.why} {error.detail}".strip()) from None


def _case(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(row[name]) for name in CASE["properties"]}


def _step(row: outbox.Row) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in STEP}


def _plain(value: Any) -> Any:
    return _moment(value) if isinstance(value, datetime) else value


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
