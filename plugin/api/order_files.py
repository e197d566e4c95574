"""The order file for DSers: goods that are to be bought once more, from another supplier."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from plugin.api import rows
from plugin.api.door import Door
from plugin.api.operation import CSV, Asked, Operation
from plugin.api.shapes import COUNT, WORD, YES_NO, record, text, things
from plugin.pages import order_file_rows
from plugin.pages.order_file_rows import FIELD_OF, NEEDED, NUMBERS, OPTIONAL, Wanted
from plugin.pages.roles import Right
from plugin.reordering import REQUIRED_IN, Unfit

KNOWN = (
    *("product_id", "sku", "name", "phone", "email", "address1", "address2"),
    *("city", "province", "zip", "country_code"),
)
MORE = (*OPTIONAL, *NUMBERS.values())


def get_order_form(door: Door, asked: Asked) -> Any:
    wanted = _wanted(door, asked)
    country = wanted.known["country_code"]
    return {
        "count": len(wanted.action.units),
        "title": wanted.order.lines[wanted.action.line_id].facts.title,
        "known": {name: wanted.known[name] for name in KNOWN},
        "one_needed": [NUMBERS[column] for column in REQUIRED_IN.get(country.upper(), ())],
    }


def make_order_file(door: Door, asked: Asked) -> Any:
    body = asked["body"]
    wanted = _wanted(door, {**asked, "key": body["key"]})
    told = {name: body.get(name, "").strip() for name in (*NEEDED, "country_code", *MORE)}
    empty = [name for name in (*NEEDED, "country_code") if not told[name]]
    if empty:
        raise rows.unusable(**dict.fromkeys(empty, "is empty"))
    listed = not body.get("city_not_listed", False)
    try:
        file = order_file_rows.file_of(wanted, told, door.clock.now(), city_is_listed=listed)
    except Unfit as unfit:
        field = FIELD_OF.get(unfit.field, "address1")
        raise rows.unusable(**{field: "is not as DSers takes it"}) from None
    answer = Response(file, content_type=f"{CSV}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{wanted.file_name}"'
    return answer


def _wanted(door: Door, asked: Asked) -> Wanted:
    with door.db.read() as tx:
        found = order_file_rows.wanted(tx, g.shop.shop, asked["case_id"], asked["key"])
    if found is None:
        raise rows.not_found("The case has nothing by that key that is to be bought by hand")
    return found


OPERATIONS = (
    Operation(
        "get_order_form",
        "GET",
        "/cases/{case_id}/order-file",
        "What is to be bought once more by hand, and what is known for DSers' order file",
        Right.VIEW,
        get_order_form,
        record(
            {
                "count": COUNT,
                "title": WORD,
                "known": record(dict.fromkeys(KNOWN, WORD)),
                "one_needed": things(WORD),
            }
        ),
        query={"key": text(400, 1)},
        needs=("key",),
        pages=("desk.order_file",),
    ),
    Operation(
        "make_order_file",
        "POST",
        "/cases/{case_id}/order-file",
        "The order file itself; nothing of it is kept",
        Right.WORK,
        make_order_file,
        body=record(
            {
                "key": text(400, 1),
                **{name: text(300, 1) for name in NEEDED},
                "country_code": text(2, 2),
            },
            {**{name: text(300) for name in MORE}, "city_not_listed": YES_NO},
        ),
        files=(CSV,),
        pages=("desk.make_order_file",),
    ),
)
