"""One order: its lines, what was bought for it, and what a merchant can tell us about it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import merchant, order_deeds, sentences
from plugin import timeline as t
from plugin.fold import fold
from plugin.money import Money
from plugin.order import Order
from plugin.order_deeds import CONNECTIONS, HALTED, REPORTED, Bought, Unfit
from plugin.pages.arrival_words import checked
from plugin.pages.customer_link import link_to
from plugin.pages.desk import ORDER, Desk, say
from plugin.pages.forms import (
    BadField,
    BadForm,
    Fields,
    a_day,
    amount,
    choice,
    needed,
    whole,
    words,
)
from plugin.store import caselists, timelines
from plugin.terms import Route


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
    nothing: t.Lines = ()
    bought = Bought(
        supplier=fields.take(lambda: needed("supplier", 120), ""),
        reference=fields.take(lambda: needed("reference", 80), ""),
        cost=fields.take(lambda: amount("cost", "currency"), Money(0, "CNY")),
        lines=fields.take(lambda: units(order), nothing),
        connection=fields.take(lambda: choice("connection", CONNECTIONS), ""),
        route=Route(fields.take(lambda: choice("route", list(Route)), str(Route.UNKNOWN))),
        ordered_on=fields.take(lambda: a_day("ordered_at"), None),
        ship_by=fields.take(lambda: a_day("ship_by"), None),
        replacement=request.form.get("replacement") == "yes",
    )
    for field, why in order_deeds.slips_of(bought).items():
        fields.wrong(field, say(why))
    fields.check()
    return order_deeds.purchase(bought)


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
    purchase_id = choice("purchase_id", [i for i in order.purchases if i])
    how = choice("halted", HALTED)
    counted = how == "oversized" and words("parcels")
    parcels = whole("parcels", 0, order_deeds.MOST_PARCELS) if counted else 0
    message = words("message")
    return order_deeds.halted(order, purchase_id, how, now, message=message, parcels=parcels)


def _no_stock(order: Order) -> t.OutOfStockReported:
    named = request.form.getlist("line_id")
    # A line nobody knows is 0 here: it is named, and no order has it.
    wanted = {int(w) if w.isascii() and w.isdigit() and len(w) < 20 else 0 for w in named}
    try:
        return order_deeds.no_stock(
            order, request.form.get("purchase_id", ""), wanted, words("message")
        )
    except Unfit as unfit:
        raise BadField("line_id", say(unfit.why)) from None
