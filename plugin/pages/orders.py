"""One order: its lines, what was bought for it, and what a merchant can tell us about it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import merchant, sentences
from plugin import timeline as t
from plugin.fold import fold
from plugin.money import Money
from plugin.order import Order
from plugin.pages.arrival_words import checked
from plugin.pages.customer_link import link_to
from plugin.pages.desk import ORDER, Desk, say
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
from plugin.store import caselists, timelines
from plugin.terms import STOPPED, VERIFIED, Route, Situation
from plugin.verbs import CONNECTIONS as KNOWN_CONNECTIONS

CONNECTIONS = tuple(KNOWN_CONNECTIONS)
REPORTED = tuple(str(s) for s in Situation if s in VERIFIED | STOPPED)
HALTED = ("oversized", "customs")
"""What can become of a parcel on its way, by somebody's word."""


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get(ORDER)
    def order(order_id: int) -> str:
        return show(desk, order_id)

    @pages.post(f"{ORDER}/purchase")
    def purchase(order_id: int) -> Answer:
        return _tell(desk, order_id, "record", _purchase)

    @pages.post(f"{ORDER}/no-stock")
    def no_stock(order_id: int) -> Answer:
        return _tell(desk, order_id, "no_stock", _no_stock)

    @pages.post(f"{ORDER}/parcel")
    def parcel(order_id: int) -> Answer:
        return _tell(desk, order_id, "parcel", lambda order: _parcel(order, desk.clock.now()))


def show(desk: Desk, order_id: int, *, at: str = "", **more: Any) -> str:
    """The page of an order of this shop; what was typed is shown in the form named `at`."""
    with desk.db.read() as tx:
        entries = timelines.read(tx, g.shop.shop, order_id)
        cases = caselists.of_order(tx, g.shop.shop, order_id)
    found = fold(entries)
    if found.seen is None:
        abort(404)
    return desk.page(
        "order.html",
        order=found,
        order_id=order_id,
        unbought=[i for i, line in found.lines.items() if set(line.units) - set(found.bought(i))],
        cases=cases,
        routes=[str(route) for route in Route],
        connections=CONNECTIONS,
        situations=REPORTED,
        customer_link=link_to(desk, order_id),
        checked=checked(found),
        once=secrets.token_urlsafe(18),
        words=sentences,
        form=request.form,
        at=at,
        **more,
    )


def _tell(desk: Desk, order_id: int, at: str, read: Callable[[Order], t.Event]) -> Answer:
    who = merchant.Click(g.shop.shop, order_id, g.person, desk.clock.now())
    with desk.db.read() as tx:
        found = fold(timelines.read(tx, g.shop.shop, order_id))
    if found.seen is None:
        abort(404)
    try:
        event = read(found)
    except BadForm as error:
        return Response(show(desk, order_id, bad=error.problems, at=at), 422)
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
    lines = fields.take(lambda: units(order), nothing)
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


def units(order: Order) -> t.Lines:
    bought = []
    for line_id, line in order.lines.items():
        if request.form.get(f"units_{line_id}", "").strip() not in {"", "0"}:
            count = whole(f"units_{line_id}", 0, line.facts.quantity)
            bought.append((line_id, count))
    if not bought:
        first = next(iter(order.lines), 0)
        raise BadField(f"units_{first}", say("no_units"))
    return tuple(bought)


def _parcel(order: Order, now: datetime) -> t.OversizedReported | t.CustomsSeen:
    """A parcel that does not go on: refused for its size, or held at customs."""
    purchase_id = choice("purchase_id", [i for i in order.purchases if i])
    if choice("halted", HALTED) == "customs":
        return t.CustomsSeen(purchase_id, "held", since=now, message=words("message"))
    parcels = whole("parcels", 0, 99) if words("parcels") else 0
    return t.OversizedReported(purchase_id, message=words("message"), parcels=parcels)


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
