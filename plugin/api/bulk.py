"""One action for many cases: first what it will do to each, then each by itself."""

from __future__ import annotations

from typing import Any

from flask import g

from plugin.api import inbox, rows
from plugin.api.door import Door
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import COUNT, DAY, MINOR, WORD, by_name, one_of, record, text, things
from plugin.pages import readings
from plugin.pages.bulk_carry import ACTIONS, MOST, Who, carry_out
from plugin.pages.bulk_plan import Asked as BulkAsked
from plugin.pages.bulk_plan import forecasts, totals
from plugin.pages.roles import Right
from plugin.store import listing
from plugin.store.narrowing import NOBODY

WHAT = {"person": text(320, 1), "until": DAY, "why": text(500)}
"""`person` where it is assigned, `until` where it is put off, `why` where it is declined."""
CASE_ID = text(36, 1)


def plan(door: Door, asked: Asked) -> Any:
    what, case_ids = _what(door, asked), list(dict.fromkeys(asked["body"]["cases"]))
    with door.db.read() as tx:
        found = listing.chosen(tx, g.shop.shop, case_ids)
        told = forecasts(tx, g.shop.shop, what, found, spends=door.may(Right.MONEY))
    return {
        "will": [
            {**_row(one.row), "key": one.key, "text": one.text, "minor": one.minor,
             "currency": one.currency}
            for one in told
            if not one.refused
        ],
        "refused": [{**_row(one.row), "why": one.refused} for one in told if one.refused],
        "unknown": _unknown(case_ids, found),
        "refunds": {
            currency: {"count": count, "minor": minor}
            for currency, (count, minor) in totals(told).items()
        },
    }  # fmt: skip


def carry(door: Door, asked: Asked) -> Any:
    what = _what(door, asked)
    keys = {one["case_id"]: one.get("key", "") for one in asked["body"]["rows"]}
    who = Who(g.shop.shop, g.person, door.may(Right.MONEY))
    found = carry_out(door.db, who, what, keys, door.clock.now())
    return {
        "done": [_row(one.row) for one in found if not one.refused],
        "refused": [{**_row(one.row), "why": one.refused} for one in found if one.refused],
        "unknown": _unknown(list(keys), [one.row for one in found]),
    }


def _what(door: Door, asked: Asked) -> BulkAsked:
    body = asked["body"]
    do = body["do"]
    if do == "snooze":
        return BulkAsked(do, until=inbox.until_of(door, body))
    if do != "assign":
        return BulkAsked(do, why=body.get("why", ""))
    with door.db.read() as tx:
        if body.get("person") not in readings.people(tx, g.shop.shop, NOBODY):
            raise rows.unusable(person="is not at this desk; - is nobody")
    return BulkAsked(do, person=body["person"].removeprefix(NOBODY))


def _row(row: Any) -> dict[str, Any]:
    return {"case_id": row["case_id"], "number": row["number"]}


def _unknown(case_ids: list[str], found: Any) -> list[str]:
    known = {row["case_id"] for row in found}
    return [case_id for case_id in case_ids if case_id not in known]


ROW = {"case_id": WORD, "number": WORD}
REFUSED = things(record({**ROW, "why": WORD}))
UNKNOWN = things(WORD)

OPERATIONS = (
    Operation(
        "plan_bulk",
        "POST",
        "/cases/bulk/plan",
        "What an action would do to each of up to 200 cases, and to which not and why; nothing "
        "is done. Each row it will do has the `key` to carry it out with",
        Right.WORK,
        plan,
        record(
            {
                "will": things(
                    record({**ROW, "key": WORD, "text": WORD, "minor": MINOR, "currency": WORD})
                ),
                "refused": REFUSED,
                "unknown": UNKNOWN,
                "refunds": by_name(record({"count": COUNT, "minor": MINOR})),
            }
        ),
        body=record({"do": one_of(ACTIONS), "cases": things(CASE_ID, MOST, 1)}, WHAT),
        pages=("desk.bulk",),
    ),
    Operation(
        "carry_out_bulk",
        "POST",
        "/cases/bulk",
        "Do it, row by row: each row in a transaction of its own, never all or nothing. One that "
        "is refused, too late or needs the scope `money` is named with the reason and leaves the "
        "others as they are; the same call again finds what is done and says so",
        Right.WORK,
        carry,
        record({"done": things(record(ROW)), "refused": REFUSED, "unknown": UNKNOWN}),
        body=record(
            {
                "do": one_of(ACTIONS),
                "rows": things(record({"case_id": CASE_ID}, {"key": text(400)}), MOST, 1),
            },
            WHAT,
        ),
        pages=("desk.carry_out",),
    ),
)
