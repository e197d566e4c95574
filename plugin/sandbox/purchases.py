"""What the merchant bought at suppliers, and what suppliers say and do about it.

Every change is written down and pushed to the app in our own supplier contract. Amounts are in
minor units; purchases are paid in CNY (fen).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plugin.sandbox import moments, shipments
from plugin.sandbox.accounts import demand
from plugin.sandbox.deliveries import tell_purchase
from plugin.sandbox.ground import Ground
from plugin.sandbox.rest_money import amount
from plugin.sandbox.store import Row

WAITING, SHIPPED, CANCELLED = "waitsellersend", "waitbuyerreceive", "cancel"
OPEN = (WAITING, SHIPPED)
CARRIERS = ("YunExpress", "4PX", "Cainiao", "SF International", "YTO", "Yanwen")


UNSAID: Row = {
    "supplier": "白塔厨具旗舰店",
    "connection": "by_hand",
    "route": "domestic",
    "ship_by": None,
    "cost_minor": 5000,
}
"""What a purchase has when nothing else is said of it."""


def find(ground: Ground, reference: str) -> Row:
    """A purchase. Raises LookupError when there is none."""
    row = ground.ledger.row("SELECT * FROM purchases WHERE reference = ?", reference)
    if row is None:
        raise LookupError(f"no purchase {reference}")
    return row


def of_order(ground: Ground, order_id: int) -> list[Row]:
    """The purchases that serve an order."""
    return ground.ledger.rows("SELECT * FROM purchases WHERE order_id = ?", order_id)


def at_fault(purchase: Row) -> bool:
    """Shipped, and yet to be paid back: stopped on its way, or the claim about it was right."""
    return purchase.get("stopped") == "succeeded" or purchase.get("claim") == "verified"


def record(ground: Ground, purchase: Row, at: datetime) -> None:
    """The merchant has bought. `purchase` has reference and order_id; it may have supplier,
    connection (`by_hand` or `1688`), route, ship_by (ISO text), cost_minor, lines as
    [[line id, quantity], ...] and, for what the supplier will make of being asked, fate.
    """
    purchase = UNSAID | {"lines": _all_lines(ground, purchase)} | purchase
    with ground.ledger.writing():
        ground.ledger.add(
            "purchases",
            **{"tracking_number": None, "shipped_at": None, "no_stock": False, "fate": {}}
            | purchase
            | {"status": WAITING, "currency": "CNY", "ordered_at": moments.text(at)},
        )
        data = {
            "connection": purchase["connection"],
            "order_id": purchase["order_id"],
            "lines": [{"line_id": line, "quantity": units} for line, units in purchase["lines"]],
            "route": purchase["route"],
            "ship_by": purchase["ship_by"],
            "ordered_at": moments.text(at),
            "cost": {"amount": amount(purchase["cost_minor"], "CNY"), "currency": "CNY"},
        }
        tell(ground, "purchase.recorded", purchase["reference"], data, at)


def ship(
    ground: Ground,
    reference: str,
    at: datetime,
    *,
    lag_hours: int = 0,
    delivered_after: float = 14,
) -> None:
    """The seller hands the parcel over; the store has it at once, the push may lag behind.

    `delivered_after` days it arrives. Does nothing for a purchase that is shipped already,
    cancelled or stopped.
    """
    purchase = find(ground, reference)
    if purchase["status"] != WAITING or purchase.get("stopped") == "succeeded":
        return
    parcel = {
        "tracking_number": f"LP{ground.dice.below(10**12, 'tracking', reference):012}CN",
        "tracking_company": ground.dice.one_of(CARRIERS, "carrier", reference),
    }
    with ground.ledger.writing():
        ground.ledger.amend(
            "purchases", reference, status=SHIPPED, shipped_at=moments.text(at), **parcel
        )
        lines = [(line, units) for line, units in purchase["lines"]]
        travelling = parcel | {"delivered_after": delivered_after}
        shipments.fulfil(ground, purchase["order_id"], lines, travelling, at)
        data = {"shipped_at": moments.text(at), **parcel}
        lag = timedelta(hours=lag_hours)
        tell(ground, "purchase.shipped", reference, data, at, lag=lag)


def answer(
    ground: Ground, reference: str, message: str, at: datetime, ship_by: str | None = None
) -> None:
    """The supplier answers, perhaps with a new promise."""
    data: dict[str, Any] = {"message": message}
    if ship_by is not None:
        data["ship_by"] = ship_by
    with ground.ledger.writing():
        ground.ledger.amend("purchases", reference, answered_at=moments.text(at))
        if ship_by is not None:
            ground.ledger.amend("purchases", reference, ship_by=ship_by)
        tell(ground, "purchase.answered", reference, data, at)


def say_no_stock(ground: Ground, reference: str, message: str, at: datetime) -> None:
    """The supplier has none of it."""
    with ground.ledger.writing():
        ground.ledger.amend("purchases", reference, no_stock=True)
        tell(ground, "purchase.out_of_stock", reference, {"message": message}, at)


def cancel(ground: Ground, reference: str, at: datetime) -> None:
    """The purchase is off. Does nothing for one that is no longer waiting."""
    if find(ground, reference)["status"] != WAITING:
        return
    with ground.ledger.writing():
        ground.ledger.amend("purchases", reference, status=CANCELLED)
        tell(ground, "purchase.cancelled", reference, {"cancelled_at": moments.text(at)}, at)


def reroute(ground: Ground, reference: str, route: str, at: datetime) -> None:
    """The parcel has left the country, say."""
    with ground.ledger.writing():
        ground.ledger.amend("purchases", reference, route=route)
        tell(ground, "purchase.route_changed", reference, {"route": route}, at)


def urge(ground: Ground, reference: str, via: str, at: datetime) -> None:
    """Somebody presses the supplier; what he makes of it is in the purchase's fate."""
    with ground.ledger.writing():
        ground.ledger.add("urges", reference=reference, at=moments.text(at), via=via)
        fate = find(ground, reference)["fate"]
        hours = fate.get("answer_hours")
        if hours is None or fate.get("urged"):
            return
        ground.ledger.amend("purchases", reference, fate=fate | {"urged": True})
        ground.schedule(
            at + timedelta(hours=hours),
            "answer",
            reference=reference,
            message=fate.get("answer", "亲，已加急，今天安排发货。"),
        )


def tell_recovery(
    ground: Ground, word: str, reference: str, at: datetime, *, minor: int, message: str = ""
) -> None:
    """`word` is agreed, received or refused. Money received closes a purchase still waiting."""
    with ground.ledger.writing():
        purchase = find(ground, reference)
        ground.ledger.amend("purchases", reference, recovery=word)
        if word == "received" and purchase["status"] == WAITING:
            ground.ledger.amend("purchases", reference, status=CANCELLED)
        data = {
            "amount": {"amount": amount(minor, "CNY"), "currency": "CNY"},
            "message": message,
        }
        tell(ground, f"recovery.{word}", reference, data, at)


def _all_lines(ground: Ground, purchase: Row) -> list[list[int]]:
    lines = demand(ground.ledger, int(purchase["order_id"])).lines
    return [[line["id"], line["quantity"]] for line in lines]


def tell(
    ground: Ground,
    kind: str,
    reference: str,
    data: dict[str, Any],
    at: datetime,
    *,
    lag: timedelta = timedelta(0),
) -> None:
    """A push about a purchase, `kind` as in `purchase.shipped`; `lag` is how far behind it is."""
    supplier = find(ground, reference)["supplier"]
    whole = {"supplier": supplier, "reference": reference, **data}
    tell_purchase(ground, kind, whole, at=at, lag=lag)
