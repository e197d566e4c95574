"""A problem reported in the customer's name, by the merchant whom the customer told."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import customer_reports, merchant, sentences
from plugin import timeline as t
from plugin.customer_reports import LONGEST_WORDS, WISHES, Told
from plugin.fold import fold
from plugin.order import Order
from plugin.order_deeds import REPORTED, Unfit, named_in_report
from plugin.pages.desk import ORDER, Desk, language, say
from plugin.pages.forms import BadField, BadForm, choice, words
from plugin.pages.orders import show, units
from plugin.store import timelines
from plugin.terms import Situation

FORM = "report"
"""Names the form among those of the order's page: what was typed is shown in it again."""


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the button."""

    @pages.post(f"{ORDER}/report")
    def report(order_id: int) -> Answer:
        return _report(desk, order_id)


def _report(desk: Desk, order_id: int) -> Answer:
    who = merchant.Click(g.shop.shop, order_id, g.person, desk.clock.now())
    with desk.db.read() as tx:
        found = fold(timelines.read(tx, g.shop.shop, order_id))
    if found.seen is None:
        abort(404)
    try:
        told = _told(found)
        with desk.db.write() as tx:
            cases = customer_reports.report(tx, who, told)
    except BadForm as error:
        return Response(show(desk, order_id, bad=error.problems, at=FORM), 422)
    except merchant.NotPossible as error:
        problem = sentences.held(error.why, language=language())
        return Response(show(desk, order_id, problem=problem, at=FORM), 409)
    if len(cases) == 1:
        return redirect(url_for("desk.case", case_id=cases[0]), 303)
    return redirect(url_for("desk.order", order_id=order_id), 303)


def _told(order: Order) -> Told:
    situation = Situation(choice("situation", REPORTED))
    counted: t.Lines = ()
    if any(words(f"units_{line_id}") not in {"", "0"} for line_id in order.lines):
        counted = units(order)
    try:
        counted = named_in_report(order, situation, counted)
    except Unfit:
        field = f"units_{next(iter(order.lines), 0)}"
        raise BadField(field, say("report.no_units")) from None
    wish = request.form.get("wish", "")
    return Told(
        situation,
        counted,
        wish=wish if wish in WISHES else "",
        words=words("words", LONGEST_WORDS),
        once=words("once", 100),
    )
