"""Our supplier contract: what a supplier, or a script of the merchant's, tells of a purchase."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plugin.timeline import (
    CustomsSeen,
    Event,
    InterceptionSeen,
    OutOfStockReported,
    OversizedReported,
    PurchaseCancelled,
    PurchaseRecorded,
    PurchaseShipped,
    RecoverySeen,
    RouteLearned,
    SupplierAnswered,
)
from webhooks.meaning.outcome import Ignored, Translation
from webhooks.meaning.values import Node, minor, quantities
from webhooks.reading import Unreadable
from webhooks.schemas.fields import loaded
from webhooks.schemas.supplier import DATA, PUSH


def push(topic: str, body: Node) -> Translation | Ignored:
    """Any message of the contract. Raises Unreadable when `topic` is not the body's own type."""
    message = loaded(PUSH, body)
    kind = message["type"]
    if topic not in {"", kind}:
        raise Unreadable("type", "is not the type it was kept under")
    schema = DATA.get(kind)
    if schema is None:
        return Ignored("unknown type of message")
    data = loaded(schema, message["data"], where="data")
    if kind == "stock.changed":
        return _stock_changed(data)
    purchase_id = f"{data['supplier']}/{data['reference']}"
    if kind == "claim.result":
        result = (purchase_id, data["result"], data["message"] or "")
        return Translation(None, (), purchase_key=purchase_id, claim_result=result)
    event = _EVENTS[kind](purchase_id, data)
    return Translation(data.get("order_id"), (event,), purchase_key=purchase_id)


def _stock_changed(data: Node) -> Translation | Ignored:
    """A product that is out concerns every order it was bought for; one that is back, none."""
    if data["available"]:
        return Ignored("the product is in stock: nothing follows from it")
    return Translation(None, (), sku_out=data["sku"], supplier=data["supplier"])


def _recorded(purchase_id: str, data: Node) -> Event:
    cost, currency = _price(data, "cost")
    return PurchaseRecorded(
        purchase_id=purchase_id,
        supplier=data["supplier"],
        reference=data["reference"],
        connection=data["connection"],
        lines=quantities((line["line_id"], line["quantity"]) for line in data["lines"]),
        route=data["route"],
        ship_by=data["ship_by"],
        ordered_at=data["ordered_at"],
        cost_minor=cost,
        cost_currency=currency,
        replacement=data["replacement"],
    )


def _shipped(purchase_id: str, data: Node) -> Event:
    return PurchaseShipped(purchase_id, data["shipped_at"], data["tracking_number"] or "")


def _out_of_stock(purchase_id: str, data: Node) -> Event:
    return OutOfStockReported(purchase_id, tuple(data["line_ids"]), data["message"] or "")


def _answered(purchase_id: str, data: Node) -> Event:
    return SupplierAnswered(purchase_id, data["message"] or "", data["ship_by"])


def _cancelled(purchase_id: str, data: Node) -> Event:
    return PurchaseCancelled(purchase_id, data["cancelled_at"])


def _route_changed(purchase_id: str, data: Node) -> Event:
    return RouteLearned(purchase_id, data["route"])


def _recovery(state: str) -> Callable[[str, Node], Event]:
    def seen(purchase_id: str, data: Node) -> Event:
        amount, currency = _price(data, "amount")
        return RecoverySeen(purchase_id, state, amount, currency, data["message"] or "")

    return seen


def _parcel_refused(purchase_id: str, data: Node) -> Event:
    return OversizedReported(
        purchase_id=purchase_id,
        line_ids=tuple(data["line_ids"]),
        message=": ".join(filter(None, (data["reason"], data["message"]))),
        parcels=data["parcels"] or 0,
    )


def _parcel_stopped(purchase_id: str, data: Node) -> Event:
    return InterceptionSeen(purchase_id, data["result"], data["message"] or "")


def _customs(state: str) -> Callable[[str, Node], Event]:
    def seen(purchase_id: str, data: Node) -> Event:
        return CustomsSeen(purchase_id, state, data["since"], message=data["message"] or "")

    return seen


_EVENTS: Mapping[str, Callable[[str, Node], Event]] = {
    "purchase.recorded": _recorded,
    "purchase.shipped": _shipped,
    "purchase.out_of_stock": _out_of_stock,
    "purchase.answered": _answered,
    "purchase.cancelled": _cancelled,
    "purchase.route_changed": _route_changed,
    "recovery.agreed": _recovery("agreed"),
    "recovery.received": _recovery("received"),
    "recovery.refused": _recovery("refused"),
    "parcel.refused": _parcel_refused,
    "parcel.stopped": _parcel_stopped,
    "customs.held": _customs("held"),
    "customs.cleared": _customs("cleared"),
    "customs.returned": _customs("returned"),
    "customs.destroyed": _customs("destroyed"),
}


def _price(data: Node, name: str) -> tuple[int, str]:
    price: Mapping[str, Any] | None = data[name]
    if price is None:
        return 0, ""
    amount = minor(price["amount"], price["currency"], f"data.{name}")
    return amount, price["currency"]
