"""An order file for DSers: goods that are to be bought once more, from another supplier.

It is made from what the order knows and what the merchant adds, sent to the browser, and kept
nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, g, request
from werkzeug.wrappers import Response as Answer

from plugin.pages import order_file_rows
from plugin.pages.desk import Desk, say
from plugin.pages.forms import Fields, needed, words
from plugin.pages.order_file_rows import FIELD_OF, NEEDED, NUMBERS, OPTIONAL, Wanted
from plugin.reordering import REQUIRED_IN, Unfit


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/cases/<case_id>/order-file")
    def order_file(case_id: str) -> str:
        wanted = _wanted(desk, case_id)
        return _show(desk, wanted, wanted.known)

    @pages.post("/cases/<case_id>/order-file")
    def make_order_file(case_id: str) -> Answer:
        return _make(desk, _wanted(desk, case_id))


def _show(desk: Desk, wanted: Wanted, form: Mapping[str, str], **more: Any) -> str:
    country = form.get("country_code", "").upper()
    numbers = [NUMBERS[column] for column in REQUIRED_IN.get(country, ())]
    return desk.page(
        "order_file.html",
        row=wanted.row,
        key=wanted.action.key,
        count=len(wanted.action.units),
        title=wanted.order.lines[wanted.action.line_id].facts.title,
        needed=[*NEEDED, "country_code"],
        optional=OPTIONAL,
        numbers=numbers,
        form=form,
        **more,
    )


def _make(desk: Desk, wanted: Wanted) -> Answer:
    fields = Fields()
    found = {name: fields.take(partial(needed, name, 300), "") for name in NEEDED}
    country = fields.take(partial(needed, "country_code", 2), "")
    if fields.problems:
        return Response(_show(desk, wanted, request.form, bad=fields.problems), 422)
    rest = {field: words(field, 300) for field in (*OPTIONAL, *NUMBERS.values())}
    told = {**found, **rest, "country_code": country}
    listed = request.form.get("city_not_listed") != "yes"
    try:
        text = order_file_rows.file_of(wanted, told, desk.clock.now(), city_is_listed=listed)
    except Unfit as unfit:
        field = FIELD_OF.get(unfit.field, "address1")
        bad = {field: say("order_file.unfit", field=unfit.field)}
        return Response(_show(desk, wanted, request.form, bad=bad), 422)
    answer = Response(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{wanted.file_name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _wanted(desk: Desk, case_id: str) -> Wanted:
    with desk.db.read() as tx:
        key = request.values.get("key", "")
        found = order_file_rows.wanted(tx, g.shop.shop, case_id, key)
    if found is None:
        abort(404)
    return found
