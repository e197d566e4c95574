"""One order: its lines, what was bought for it, and two things a merchant can tell us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import customer_reports, merchant, sentences
from plugin import timeline as t
from plugin.fold import fold
from plugin.money import Money
from plugin.order import Order
from plugin.pages.desk import Desk, language, say
from plugin.pages.forms import (
    BadField,
    BadForm,
    Fields,
    amount,
    choice,
    day,
    morning,
    needed,
    whole,
    words,
)
from plugin.store import caselists, links, timelines
from plugin.terms import STOPPED, VERIFIED, Route, Situation
from plugin.verbs import CONNECTIONS as KNOWN_CONNECTIONS

CONNECTIONS = tuple(KNOWN_CONNECTIONS)
REPORTED = tuple(str(s) for s in Situation if s in VERIFIED | STOPPED)
LONGEST_NUMBER = 2**63 - 1
ADDRESS = f"/orders/<int(max={LONGEST_NUMBER}):order_id>"


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get(ADDRESS)
    def order(order_id: int) -> str:
        return _show(desk, order_id)

    @pages.post(f"{ADDRESS}/purchase")
    def purchase(order_id: int) -> Answer:
        return _tell(desk, order_id, _purchase)

    @pages.post(f"{ADDRESS}/no-stock")
    def no_stock(order_id: int) -> Answer:
        return _tell(desk, order_id, _no_stock)

    @pages.post(f"{ADDRESS}/report")
    def report(order_id: int) -> Answer:
        return _report(desk, order_id)

    @pages.post(f"{ADDRESS}/revoke")
    def revoke(order_id: int) -> Answer:
        with desk.db.write() as tx:
            links.revoke(tx, g.shop.shop, order_id, desk.clock.now())
        return redirect(url_for("desk.order", order_id=order_id), 303)


def _show(desk: Desk, order_id: int, **more: Any) -> str:
    with desk.db.read() as tx:
        entries = timelines.read(tx, g.shop.shop, order_id)
        cases = caselists.of_order(tx, g.shop.shop, order_id)
    found = fold(entries)
    if found.seen is None:
        abort(404)
    with desk.db.write() as tx:
        token = links.link_for(
            tx, desk.settings.secret_key, g.shop.shop, order_id, desk.clock.now()
        )
    link = f"{desk.settings.base_url}/report/{token}"
    return desk.page(
        "order.html",
        order=found,
        order_id=order_id,
        unbought=[i for i, line in found.lines.items() if set(line.units) - set(found.bought(i))],
        cases=cases,
        routes=[str(route) for route in Route],
        connections=CONNECTIONS,
        situations=REPORTED,
        customer_link=link,
        words=sentences,
        form=request.form,
        **more,
    )


def _report(desk: Desk, order_id: int) -> Answer:
    """A problem, told in the customer's name."""
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
        return Response(_show(desk, order_id, bad=error.problems), 422)
    except merchant.NotPossible as error:
        problem = sentences.held(error.why, language=language())
        return Response(_show(desk, order_id, problem=problem), 409)
    if len(cases) == 1:
        return redirect(url_for("desk.case", case_id=cases[0]), 303)
    return redirect(url_for("desk.order", order_id=order_id), 303)


def _told(order: Order) -> customer_reports.Told:
    situation = choice("situation", REPORTED)
    counted: t.Lines = ()
    if any(words(f"units_{line_id}") not in {"", "0"} for line_id in order.lines):
        counted = _units(order)
    if situation in VERIFIED and not counted:
        raise BadField(f"units_{next(iter(order.lines), 0)}", say("no_units"))
    wish = request.form.get("wish", "")
    return customer_reports.Told(
        Situation(situation),
        counted,
        wish=wish if wish in customer_reports.WISHES else "",
        words=words("words", 5000),
        once=words("once", 100),
    )


def _tell(desk: Desk, order_id: int, read: Callable[[Order], t.Event]) -> Answer:
    who = merchant.Click(g.shop.shop, order_id, g.person, desk.clock.now())
    with desk.db.read() as tx:
        found = fold(timelines.read(tx, g.shop.shop, order_id))
    if found.seen is None:
        abort(404)
    try:
        event = read(found)
    except BadForm as error:
        return Response(_show(desk, order_id, bad=error.problems), 422)
    with desk.db.write() as tx:
        merchant.tell(tx, who, event)
    return redirect(url_for("desk.order", order_id=order_id), 303)


def _purchase(order: Order) -> t.PurchaseRecorded:
    fields = Fields()
    supplier = fields.take(lambda: needed("supplier", 120), "")
    reference = fields.take(lambda: needed("reference", 80), "")
    if "/" in reference:
        fields.wrong("reference", say("no_slash"))
    cost = fields.take(lambda: amount("cost", "currency"), Money(0, "CNY"))
    nothing: t.Lines = ()
    lines = fields.take(lambda: _units(order), nothing)
    connection = fields.take(lambda: choice("connection", CONNECTIONS), "")
    route = fields.take(lambda: choice("route", list(Route)), str(Route.UNKNOWN))
    ordered_at = fields.take(lambda: morning("ordered_at"), None)
    ship_by = fields.take(lambda: day("ship_by"), None)
    if ordered_at and ship_by and ship_by < ordered_at:
        fields.wrong("ship_by", say("after_ordered"))
    fields.check()
    return t.PurchaseRecorded(
        purchase_id=f"{supplier}/{reference}",
        supplier=supplier,
        reference=reference,
        connection=connection,
        lines=lines,
        route=Route(route),
        ship_by=ship_by,
        ordered_at=ordered_at,
        cost_minor=cost.minor,
        cost_currency=cost.currency,
        replacement=request.form.get("replacement") == "yes",
    )


def _units(order: Order) -> t.Lines:
    bought = []
    for line_id, line in order.lines.items():
        if request.form.get(f"units_{line_id}", "").strip() not in {"", "0"}:
            count = whole(f"units_{line_id}", 0, line.facts.quantity)
            bought.append((line_id, count))
    if not bought:
        first = next(iter(order.lines), 0)
        raise BadField(f"units_{first}", say("no_units"))
    return tuple(bought)


def _no_stock(order: Order) -> t.OutOfStockReported:
    purchase_id = request.form.get("purchase_id", "")
    if purchase_id and purchase_id not in order.purchases:
        raise BadField("line_id", say("choose"))
    within = order.purchases[purchase_id].units if purchase_id else order.lines
    wanted = {w for w in request.form.getlist("line_id") if w.isascii() and w.isdigit()}
    line_ids = tuple(sorted(i for i in order.lines if str(i) in wanted and i in within))
    if not line_ids and (not purchase_id or wanted):
        raise BadField("line_id", say("choose"))
    if purchase_id and set(line_ids) == set(within):
        line_ids = ()  # all of it is said one way only, so that it is one problem
    return t.OutOfStockReported(purchase_id, line_ids, words("message"))
