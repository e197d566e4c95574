"""What others told us of an order, one line for each kind of event; more in `reported.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch

from plugin import timeline as t
from plugin.order import CHARGED_BACK, DISPUTE_OVER, Order
from plugin.terms import Route
from plugin.words.speech import Speech, lower_first, readable, tidy, upper_first

OVER = DISPUTE_OVER | CHARGED_BACK


@dataclass(frozen=True)
class Scene:
    """Where a line is told: in which words, of which order, learned when."""

    say: Speech
    order: Order
    at: datetime


@singledispatch
def line(event: t.Event, scene: Scene) -> str:
    """The line of one kind of event."""
    return f"{readable(event.kind or type(event).__name__)}."


# --- The store tells us -------------------------------------------------------------------------


@line.register
def _order_seen(event: t.OrderSeen, scene: Scene) -> str:
    paid = "paid" if event.paid_at else "unpaid"
    return scene.say(
        "event.order_seen",
        the_order=scene.say.the_order(event.name),
        placed=scene.say.moment(event.placed_at),
        state=scene.say(f"order_state.{'cancelled' if event.cancelled_at else paid}"),
    )


@line.register
def _fulfilment_seen(event: t.FulfilmentSeen, scene: Scene) -> str:
    tracking = tidy(f"{event.tracking_company} {event.tracking_number}")
    form = ("tracked" if tracking else "") if event.good else "bad"
    return scene.say(
        with_form("event.fulfilment_seen", form),
        units=_units(scene.say, event.lines),
        when=scene.say.moment(event.shipped_at),
        tracking=tracking,
    )


@line.register
def _tracking_seen(event: t.TrackingSeen, scene: Scene) -> str:
    said = scene.say(
        "event.tracking_seen",
        when=scene.say.moment(event.happened_at),
        status=_foreign(scene.say, "tracking", event.status),
    )
    return scene.say.sentences(said, scene.say.quoted(event.message))


@line.register
def _refund_seen(event: t.RefundSeen, scene: Scene) -> str:
    form = "ours" if event.mark else ""
    return scene.say(with_form("event.refund_seen", form), amount=amount_of(scene.say, event))


@line.register
def _transaction_seen(event: t.TransactionSeen, scene: Scene) -> str:
    return scene.say(
        "event.transaction_seen",
        what=_foreign(scene.say, "transaction", event.what),
        amount=amount_of(scene.say, event),
        status=_foreign(scene.say, "payment_status", event.status),
    )


@line.register
def _dispute_seen(event: t.DisputeSeen, scene: Scene) -> str:
    return scene.say(
        with_form("event.dispute_seen", "" if event.status.lower() in OVER else "open"),
        what=_foreign(scene.say, "dispute", event.what),
        status=_foreign(scene.say, "dispute_status", event.status),
    )


@line.register
def _order_edited(event: t.OrderEdited, scene: Scene) -> str:
    return scene.say("event.order_edited")


@line.register
def _return_requested(event: t.ReturnRequested, scene: Scene) -> str:
    return scene.say("event.return_requested")


# --- The supplier, an import or the merchant tells us --------------------------------------------


@line.register
def _purchase_recorded(event: t.PurchaseRecorded, scene: Scene) -> str:
    cost = scene.say.money(event.cost_minor, event.cost_currency) if event.cost_minor else ""
    details = (
        _units(scene.say, event.lines),
        cost or scene.say("details.cost_unknown"),
        scene.say("details.ship_by", date=scene.say.day(event.ship_by))
        if event.ship_by
        else scene.say("details.none_promised"),
        _route(scene.say, event.route),
    )
    return scene.say(
        with_form("event.purchase_recorded", "instead" if event.replacement else ""),
        purchase=scene.say.purchase(
            reference=event.reference, supplier=event.supplier, order=_name(scene.order)
        ),
        details=scene.say("comma").join(details),
    )


@line.register
def _purchase_shipped(event: t.PurchaseShipped, scene: Scene) -> str:
    tracking = tidy(event.tracking_number)
    return scene.say(
        with_form("event.purchase_shipped", "tracked" if tracking else ""),
        purchase=scene.say.purchase_of(scene.order, event.purchase_id),
        when=scene.say.moment(event.shipped_at),
        tracking=tracking,
    )


@line.register
def _purchase_cancelled(event: t.PurchaseCancelled, scene: Scene) -> str:
    return scene.say(
        "event.purchase_cancelled",
        purchase=scene.say.purchase_of(scene.order, event.purchase_id),
        when=scene.say.moment(event.cancelled_at),
    )


@line.register
def _route_learned(event: t.RouteLearned, scene: Scene) -> str:
    return scene.say(
        "event.route_learned",
        purchase=scene.say.purchase_of(scene.order, event.purchase_id),
        route=_route(scene.say, event.route),
    )


@line.register
def _out_of_stock(event: t.OutOfStockReported, scene: Scene) -> str:
    items = titles(scene, event.line_ids)
    said = scene.say(
        with_form("event.out_of_stock_reported", "" if items else "all"),
        items=items,
        purchase=scene.say.purchase_of(scene.order, event.purchase_id),
    )
    return scene.say.sentences(said, scene.say.quoted(event.message))


@line.register
def _supplier_answered(event: t.SupplierAnswered, scene: Scene) -> str:
    date = scene.say.day(event.ship_by) if event.ship_by else ""
    return scene.say.sentences(
        scene.say("event.supplier_answered", **_parties(scene.say, scene.order, event.purchase_id)),
        scene.say.quoted(event.message),
        scene.say("event.new_date", date=date) if date else "",
    )


@line.register
def _supplier_asked(event: t.SupplierAsked, scene: Scene) -> str:
    said = scene.say("event.supplier_asked", **_parties(scene.say, scene.order, event.purchase_id))
    return scene.say.sentences(said, scene.say.quoted(event.question))


@line.register
def _recovery_seen(event: t.RecoverySeen, scene: Scene) -> str:
    key = f"event.recovery_seen.{event.state}"
    if not scene.say.knows(key):
        return f"{readable(event.state)}."
    said = scene.say(
        key,
        purchase=scene.say.purchase_of(scene.order, event.purchase_id),
        amount=amount_of(scene.say, event),
    )
    return scene.say.sentences(upper_first(said), scene.say.quoted(event.message))


# --- Small helpers --------------------------------------------------------------------------------


def with_form(key: str, form: str) -> str:
    """The key of one form of a sentence; its plain form without one."""
    return f"{key}.{form}" if form else key


def titles(scene: Scene, line_ids: Iterable[int]) -> str:
    """The titles of some lines, in a row; empty for none."""
    lines = scene.order.lines
    return scene.say("comma").join(
        tidy(lines[line_id].facts.title) if line_id in lines else scene.say("item.unknown")
        for line_id in line_ids
    )


def _name(order: Order) -> str:
    return order.seen.name if order.seen else ""


def amount_of(
    say: Speech, event: t.RefundSeen | t.TransactionSeen | t.RecoverySeen | t.ActionDone
) -> str:
    """How much an event moved, or words for not knowing."""
    known = event.minor and say.money(event.minor, event.currency)
    return known or say("amount.unknown")


def _units(say: Speech, lines: t.Lines) -> str:
    return say.count("units", sum(quantity for _, quantity in lines))


def _route(say: Speech, route: Route) -> str:
    return lower_first(say.name("route", route))


def _foreign(say: Speech, group: str, name: str) -> str:
    """A word of another system's, in ours."""
    return lower_first(say.name(group, name.lower()))


def _parties(say: Speech, order: Order, purchase_id: str) -> dict[str, str]:
    purchase = order.purchases.get(purchase_id)
    supplier = purchase.supplier if purchase else ""
    return {
        "short": say.purchase_of(order, purchase_id, short=True),
        "from_supplier": say.supplier(supplier, "from_supplier"),
        "to_supplier": say.supplier(supplier, "to_supplier"),
    }
