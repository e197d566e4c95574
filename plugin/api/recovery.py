"""What went out to customers and what suppliers owe: sums, weeks, rows, and the ledger itself."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import g

from plugin.api import cursors, rows
from plugin.api.door import Door
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import (
    COUNT,
    CURSOR,
    MINOR,
    MOMENT,
    SUMS,
    WORD,
    YES_NO,
    by_name,
    number,
    one_of,
    or_null,
    record,
    things,
)
from plugin.pages.recovery_rows import Asked as AskedBack
from plugin.pages.recovery_rows import by_week, figures_of, page
from plugin.pages.roles import Right
from plugin.store import ledger as purses
from plugin.store import recoveries
from plugin.store.recoveries import Place
from plugin.store.tables import ledger


def get_recovery(door: Door, _asked: Asked) -> Any:
    today = door.clock.now().astimezone(ZoneInfo(g.shop.zone)).date()
    with door.db.read() as tx:
        owed = recoveries.owed(tx, g.shop.shop)
        figures = figures_of(tx, g.shop.shop, owed)
    weeks = {
        currency: [
            {
                "name": one.name,
                "begins": one.begins.isoformat() if one.begins else None,
                "agreed_minor": one.agreed,
                "hoped_minor": one.hoped,
            }
            for one in by_week(owed, currency, today)
        ]
        for currency, minor in sorted(figures["owed"].items())
        if minor
    }
    return {**figures, "weeks": weeks}


def list_recoveries(door: Door, asked: Asked) -> Any:
    now, still = door.clock.now(), asked.get("show", "open") == "open"
    place = Place.read(cursors.read(door, "recoveries", asked))
    with door.db.read() as tx:
        found, after = page(tx, g.shop.shop, place, still=still, limit=asked.get("limit", 50))
    return {
        "rows": [
            {
                **_row(one),
                "age": one.band(now),
                "shuts_soon": one.shuts_soon(now),
            }
            for one in found
        ],
        "next": cursors.spell(door, "recoveries", asked, after.spell()) if after else "",
    }


def _row(one: AskedBack) -> dict[str, Any]:
    return {
        "order_id": one.order_id,
        "purchase_id": one.purchase_id,
        "case_id": one.case_id,
        "number": one.number,
        "supplier": one.supplier,
        "state": one.state,
        "open": one.open,
        "since": rows.moment(one.since),
        "shuts": rows.moment(one.shuts),
        "expected_on": one.expected_on,
        "stages": {
            name: {
                "minor": stage.minor,
                "currency": stage.currency,
                "at": rows.moment(stage.at),
            }
            for name, stage in one.stages.items()
        },
        "owed_minor": one.owed_minor,
        "owed_currency": one.owed_currency,
    }


def list_refunds(door: Door, asked: Asked) -> Any:
    limit = asked.get("limit", 50)
    before = int(cursors.read(door, "refunds", asked) or 0)
    with door.db.read() as tx:
        found = purses.refunds(tx, g.shop.shop, before=before, limit=limit + 1)
    shown = found[:limit]
    return {
        "refunds": [
            {
                "id": one.id,
                "case_id": one.case_id,
                "number": one.number,
                "key": one.key,
                "minor": one.minor,
                "currency": one.currency,
                "at": rows.moment(one.at),
            }
            for one in shown
        ],
        "next": cursors.spell(door, "refunds", asked, str(shown[-1].id))
        if len(found) > limit
        else "",
    }


def list_ledger(door: Door, asked: Asked) -> Any:
    limit = asked.get("limit", 100)
    query = sa.select(ledger).where(
        ledger.c.shop == g.shop.shop, ledger.c.id > asked.get("after", 0)
    )
    with door.db.read() as tx:
        found = tx.execute(query.order_by(ledger.c.id).limit(limit + 1)).mappings().all()
    names = ("id", "order_id", "case_id", "purse", "what", "minor", "currency")
    entries = [
        {**{name: row[name] for name in names}, "at": rows.moment(row["at"])}
        for row in found[:limit]
    ]
    return {"entries": entries, "next": entries[-1]["id"] if len(found) > limit else 0}


WEEK = record(
    {
        "name": one_of(["overdue", "week", "later", "unknown"]),
        "begins": or_null(WORD),
        "agreed_minor": MINOR,
        "hoped_minor": MINOR,
    }
)
ROW = record(
    {
        "order_id": COUNT,
        "purchase_id": WORD,
        "case_id": WORD,
        "number": WORD,
        "supplier": WORD,
        "state": WORD,
        "open": YES_NO,
        "since": MOMENT,
        "shuts": MOMENT,
        "expected_on": WORD,
        "stages": by_name(record({"minor": MINOR, "currency": WORD, "at": MOMENT})),
        "owed_minor": MINOR,
        "owed_currency": WORD,
        "age": WORD,
        "shuts_soon": YES_NO,
    }
)

OPERATIONS = (
    Operation(
        "get_recovery",
        "GET",
        "/recovery",
        "Out to customers, back from suppliers, still owed; and what is expected in which week, "
        "agreed to or hoped for. Every figure is a sum of the ledger's entries",
        Right.VIEW,
        get_recovery,
        record({"out": SUMS, "back": SUMS, "owed": SUMS, "weeks": by_name(things(WEEK))}),
        pages=("desk.recovery",),
    ),
    Operation(
        "list_recoveries",
        "GET",
        "/recovery/rows",
        "Each purchase's money from asking to its end: what is open, the oldest first, or what "
        "has ended, the newest first",
        Right.VIEW,
        list_recoveries,
        record({"rows": things(ROW), "next": WORD}),
        query={"show": one_of(["open", "ended"]), "limit": number(1, 200), "cursor": CURSOR},
        pages=("desk.recovery",),
    ),
    Operation(
        "list_refunds",
        "GET",
        "/recovery/refunds",
        "Refunds to customers, the newest first",
        Right.VIEW,
        list_refunds,
        record(
            {
                "refunds": things(
                    record(
                        {
                            "id": COUNT,
                            "case_id": WORD,
                            "number": WORD,
                            "key": WORD,
                            "minor": MINOR,
                            "currency": WORD,
                            "at": MOMENT,
                        }
                    )
                ),
                "next": WORD,
            }
        ),
        query={"limit": number(1, 200), "cursor": CURSOR},
        pages=("desk.recovery",),
    ),
    Operation(
        "list_ledger",
        "GET",
        "/ledger",
        "Entries of both purses, oldest first; entries are only added. `next` is the `after` of "
        "the next page, 0 at the end",
        Right.VIEW,
        list_ledger,
        record(
            {
                "entries": things(
                    record(
                        {
                            "id": COUNT,
                            "order_id": COUNT,
                            "case_id": WORD,
                            "purse": one_of(["remedy", "recovery"]),
                            "what": WORD,
                            "minor": MINOR,
                            "currency": WORD,
                            "at": MOMENT,
                        }
                    )
                ),
                "next": COUNT,
            }
        ),
        query={"after": number(0, 2**53), "limit": number(1, 1000)},
        pages=("desk.recovery",),
    ),
)
