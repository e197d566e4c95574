"""An order: its lines and purchases, what a person can tell of it, and its customer's link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g

from plugin import customer_links, customer_reports, merchant, order_deeds
from plugin import timeline as t
from plugin.api import rows
from plugin.api.door import Door, Problem
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import (
    AMOUNT,
    CASE,
    COUNT,
    CURRENCY,
    DAY,
    ID,
    MINOR,
    MOMENT,
    OK,
    WORD,
    YES_NO,
    number,
    one_of,
    or_null,
    record,
    text,
    things,
)
from plugin.fold import fold
from plugin.order import Order
from plugin.order_deeds import CONNECTIONS, HALTED, REPORTED, Bought, Unfit
from plugin.pages.arrival_words import checked
from plugin.pages.roles import Right
from plugin.store import caselists, links, timelines
from plugin.terms import Route, Situation


def get_order(door: Door, asked: Asked) -> Any:
    order_id = asked["order_id"]
    with door.db.read() as tx:
        order = fold(timelines.read(tx, g.shop.shop, order_id))
        cases = caselists.of_order(tx, g.shop.shop, order_id)
    if order.seen is None and not order.purchases:
        raise rows.not_found("No order by that number is known")
    looked = checked(order)
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
                "bought": len(order.bought(line_id)),
                "paid_minor": line.facts.paid_minor,
            }
            for line_id, line in order.lines.items()
        ],
        "purchases": [_purchase(p) for p in order.purchases.values() if p.id],
        "checked": {
            "doubts": list(looked.doubts),
            "parcel": looked.state,
            "line": looked.line,
            "parcels": looked.parcels,
        }
        if looked
        else None,
        "cases": [rows.case(row) for row in cases],
    }


def _purchase(p: Any) -> dict[str, Any]:
    return {
        "purchase_id": p.id,
        "supplier": p.supplier,
        "reference": p.reference,
        "connection": p.connection,
        "route": str(p.route),
        "lines": [{"line_id": i, "quantity": len(units)} for i, units in p.units.items()],
        "cost_minor": p.cost_minor,
        "cost_currency": p.cost_currency,
        "replacement": p.replacement,
        "ordered_at": rows.moment(p.ordered_at),
        "ship_by": rows.moment(p.ship_by),
        "shipped_at": rows.moment(p.shipped_at),
        "cancelled_at": rows.moment(p.cancelled_at),
        "recovery": p.recovery_state,
    }


def report_problem(door: Door, asked: Asked) -> Any:
    body = asked["body"]
    situation, named = Situation(body["situation"]), body.get("lines", [])
    counted: t.Lines = tuple((one["line_id"], one["quantity"]) for one in named)
    with door.db.read() as tx:
        order_id = rows.needs_order(tx, asked)
        order = fold(timelines.read(tx, g.shop.shop, order_id))
    try:
        counted = order_deeds.named_in_report(order, situation, counted)
    except Unfit as unfit:
        raise rows.unusable(**{unfit.field: unfit.why}) from None
    told = customer_reports.Told(
        situation,
        lines=counted,
        wish=body.get("wish", ""),
        words=body.get("words", ""),
        once=body["once"],
    )
    with door.db.write() as tx, rows.told():
        return {"cases": customer_reports.report(tx, rows.click(door, order_id), told)}


def record_purchase(door: Door, asked: Asked) -> Any:
    body = asked["body"]
    supplier, reference = body["supplier"].strip(), body["reference"].strip()
    empty = [name for name in ("supplier", "reference") if not body[name].strip()]
    if empty:
        raise rows.unusable(**dict.fromkeys(empty, "is empty"))
    cost = rows.money(body, "cost_minor", "cost_currency")
    ordered_on, ship_by = rows.day(body, "ordered_on"), rows.day(body, "ship_by")
    with door.db.read() as tx:
        order_id = rows.needs_order(tx, asked)
        if timelines.order_of(tx, g.shop.shop, f"{supplier}/{reference}") not in {None, order_id}:
            raise Problem(409, "other_order", "It was recorded for another order")

    def event(order: Order) -> t.Event:
        return order_deeds.purchase(
            Bought(
                supplier,
                reference,
                body["connection"],
                rows.lines(order, body["lines"]),
                Route(body["route"]),
                cost,
                ordered_on,
                ship_by,
                body.get("replacement", False),
            )
        )

    return _tell(door, asked, event)


def order_no_stock(door: Door, asked: Asked) -> Any:
    body = asked["body"]

    def event(order: Order) -> t.Event:
        purchase_id, message = body.get("purchase_id", ""), body.get("message", "")
        return order_deeds.no_stock(order, purchase_id, set(body.get("line_ids", [])), message)

    return _tell(door, asked, event)


def parcel_halted(door: Door, asked: Asked) -> Any:
    body, now = asked["body"], door.clock.now()

    def event(order: Order) -> t.Event:
        return order_deeds.halted(
            order,
            body["purchase_id"],
            body["halted"],
            now,
            message=body.get("message", ""),
            parcels=body.get("parcels", 0),
        )

    return _tell(door, asked, event)


def _tell(door: Door, asked: Asked, event: Callable[[Order], t.Event]) -> Any:
    with door.db.read() as tx:
        order_id = rows.needs_order(tx, asked)
        order = fold(timelines.read(tx, g.shop.shop, order_id))
    try:
        said = event(order)
    except Unfit as unfit:
        raise rows.unusable(**{unfit.field: unfit.why}) from None
    with door.db.write() as tx, rows.told():
        merchant.tell(tx, rows.click(door, order_id), said)
    return get_order(door, asked)


def make_link(door: Door, asked: Asked) -> Any:
    with door.db.write() as tx:
        order_id = rows.needs_order(tx, asked)
        now = door.clock.now()
        return {"url": customer_links.link_to(tx, door.settings, g.shop.shop, order_id, now)}


def revoke_link(door: Door, asked: Asked) -> Any:
    with door.desk.act("link_revoked", str(asked["order_id"])) as tx:
        links.revoke(tx, g.shop.shop, rows.needs_order(tx, asked), door.clock.now())
    return {"ok": True}


LINE = record({"line_id": ID, "quantity": number(1, 1_000_000)})
ORDER = record(
    {
        "order_id": COUNT,
        "name": WORD,
        "currency": WORD,
        "lines": things(
            record(
                {
                    "line_id": COUNT,
                    "title": WORD,
                    "sku": WORD,
                    "quantity": COUNT,
                    "bought": COUNT,
                    "paid_minor": MINOR,
                }
            )
        ),
        "purchases": things(
            record(
                {
                    "purchase_id": WORD,
                    "supplier": WORD,
                    "reference": WORD,
                    "connection": WORD,
                    "route": WORD,
                    "lines": things(record({"line_id": COUNT, "quantity": COUNT})),
                    "cost_minor": MINOR,
                    "cost_currency": WORD,
                    "replacement": YES_NO,
                    "ordered_at": MOMENT,
                    "ship_by": MOMENT,
                    "shipped_at": MOMENT,
                    "cancelled_at": MOMENT,
                    "recovery": WORD,
                }
            )
        ),
        "checked": or_null(
            record({"doubts": things(WORD), "parcel": WORD, "line": WORD, "parcels": COUNT})
        ),
        "cases": things(CASE),
    }
)

OPERATIONS = (
    Operation(
        "get_order",
        "GET",
        "/orders/{order_id}",
        "An order with its lines, purchases and cases, and what our look at it found",
        Right.VIEW,
        get_order,
        ORDER,
        pages=("desk.order",),
    ),
    Operation(
        "report_problem",
        "POST",
        "/orders/{order_id}/reports",
        "Report a problem in the customer's name; the same `once` again is the same report",
        Right.WORK,
        report_problem,
        record({"cases": things(WORD)}),
        body=record(
            {"situation": one_of(REPORTED), "once": text(100, 1)},
            {
                "lines": things(LINE, 100),
                "wish": one_of(["refund", "reissue"]),
                "words": text(5000),
            },
        ),
        status=201,
        conflicts=True,
        pages=("desk.report",),
    ),
    Operation(
        "record_purchase",
        "POST",
        "/orders/{order_id}/purchases",
        "Record what was bought for the order, or alter it: the same supplier and reference are "
        "the same purchase. Days are China's",
        Right.WORK,
        record_purchase,
        ORDER,
        body=record(
            {
                "supplier": text(120, 1),
                "reference": text(80, 1),
                "connection": one_of(CONNECTIONS),
                "route": one_of(Route),
                "lines": things(LINE, 100, 1),
                "cost_minor": AMOUNT,
                "cost_currency": CURRENCY,
            },
            {"ordered_on": DAY, "ship_by": DAY, "replacement": YES_NO},
        ),
        status=201,
        conflicts=True,
        pages=("desk.purchase",),
    ),
    Operation(
        "order_no_stock",
        "POST",
        "/orders/{order_id}/no-stock",
        "Goods cannot be had: of a purchase, all of it where no line is named; or lines that "
        "nobody bought yet",
        Right.WORK,
        order_no_stock,
        ORDER,
        body=record(
            {}, {"purchase_id": text(300), "line_ids": things(ID, 100), "message": text(500)}
        ),
        conflicts=True,
        pages=("desk.no_stock",),
    ),
    Operation(
        "parcel_halted",
        "POST",
        "/orders/{order_id}/parcel",
        "A parcel does not go on: refused for its size (into how many `parcels` it could be "
        "split), or held at customs",
        Right.WORK,
        parcel_halted,
        ORDER,
        body=record(
            {"purchase_id": text(300, 1), "halted": one_of(HALTED)},
            {"parcels": number(0, order_deeds.MOST_PARCELS), "message": text(500)},
        ),
        conflicts=True,
        pages=("desk.parcel",),
    ),
    Operation(
        "make_customer_link",
        "POST",
        "/orders/{order_id}/customer-link",
        "The address of the customer's page, to be passed on; whoever has it is let in",
        Right.WORK,
        make_link,
        record({"url": WORD}),
        status=201,
        pages=("desk.order",),
    ),
    Operation(
        "revoke_customer_link",
        "DELETE",
        "/orders/{order_id}/customer-link",
        "The order's links open nothing any more; the next one is another",
        Right.WORK,
        revoke_link,
        OK,
        pages=("desk.revoke",),
    ),
)
