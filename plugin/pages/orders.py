"""One order: its lines, what was bought for it, and two things a merchant can tell us."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import merchant, sentences
from plugin import timeline as t
from plugin.fold import fold
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadField, amount, choice, day, needed, whole
from plugin.store import caselists, timelines
from plugin.terms import Route

CONNECTIONS = ("by_hand", "1688")


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/orders/<int:order_id>")
    def order(order_id: int) -> str:
        return _show(desk, order_id)

    @pages.post("/orders/<int:order_id>/purchase")
    def purchase(order_id: int) -> Answer:
        return _tell(desk, order_id, _purchase)

    @pages.post("/orders/<int:order_id>/no-stock")
    def no_stock(order_id: int) -> Answer:
        return _tell(desk, order_id, _no_stock)


def _show(desk: Desk, order_id: int, **words: Any) -> str:
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
        cases=cases,
        routes=[str(route) for route in Route],
        connections=CONNECTIONS,
        words=sentences,
        form=request.form,
        **words,
    )


def _tell(desk: Desk, order_id: int, read: Any) -> Answer:
    who = merchant.Click(g.shop.shop, order_id, g.person, desk.clock.now())
    with desk.db.read() as tx:
        found = fold(timelines.read(tx, g.shop.shop, order_id))
    if found.seen is None:
        abort(404)
    try:
        event = read(found)
    except BadField as error:
        return Response(_show(desk, order_id, problem=str(error)), 422)
    with desk.db.write() as tx:
        merchant.tell(tx, who, event)
    return redirect(url_for("desk.order", order_id=order_id), 303)


def _purchase(order: Any) -> t.PurchaseRecorded:
    supplier, reference = needed("supplier"), needed("reference")
    if "/" in reference:
        raise BadField("reference", say("no_slash"))
    cost = amount("cost", "currency")
    lines = tuple(
        (line_id, whole(f"units_{line_id}", 0, line.facts.quantity))
        for line_id, line in order.lines.items()
        if request.form.get(f"units_{line_id}", "0").strip() not in {"", "0"}
    )
    if not lines:
        raise BadField("units", say("whole", least=1, most=99))
    return t.PurchaseRecorded(
        purchase_id=f"{supplier}/{reference}",
        supplier=supplier,
        reference=reference,
        connection=choice("connection", CONNECTIONS),
        lines=lines,
        route=Route(choice("route", [str(route) for route in Route])),
        ship_by=day("ship_by"),
        ordered_at=None,
        cost_minor=cost.minor,
        cost_currency=cost.currency,
        replacement=request.form.get("replacement") == "yes",
    )


def _no_stock(order: Any) -> t.OutOfStockReported:
    purchase_id = request.form.get("purchase_id", "")
    if purchase_id and purchase_id not in order.purchases:
        raise BadField("purchase_id", say("choose"))
    wanted = [w for w in request.form.getlist("line_id") if w.isascii() and w.isdigit()]
    line_ids = tuple(sorted(int(w) for w in wanted if int(w) in order.lines))
    if not purchase_id and not line_ids:
        raise BadField("line_id", say("choose"))
    return t.OutOfStockReported(purchase_id, line_ids, request.form.get("message", "")[:500])
