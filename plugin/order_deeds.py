"""What a merchant can tell about an order, checked against what is known of it: pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from plugin import timeline as t
from plugin.business_days import CHINA, end_of_day
from plugin.money import Money
from plugin.order import Order
from plugin.terms import STOPPED, VERIFIED, Route, Situation
from plugin.verbs import CONNECTIONS as KNOWN_CONNECTIONS

CONNECTIONS = tuple(KNOWN_CONNECTIONS)
REPORTED = tuple(str(s) for s in Situation if s in VERIFIED | STOPPED)
HALTED = ("oversized", "customs")
"""What can become of a parcel on its way, by somebody's word."""
MOST_PARCELS = 99


class Unfit(ValueError):
    """Something told does not fit the order: the field, and a word for why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


@dataclass(frozen=True)
class Bought:
    """A purchase as somebody tells it; days are China's."""

    supplier: str
    reference: str
    connection: str
    lines: t.Lines
    """(line id, how many)"""
    route: Route
    cost: Money
    ordered_on: date | None = None
    ship_by: date | None = None
    replacement: bool = False


def slips_of(bought: Bought) -> dict[str, str]:
    """What cannot be recorded, by field, each with a word for why."""
    found: dict[str, str] = {}
    if "/" in bought.reference:
        found["reference"] = "no_slash"
    if bought.ordered_on and bought.ship_by and bought.ship_by < bought.ordered_on:
        found["ship_by"] = "after_ordered"
    return found


def purchase(bought: Bought) -> t.PurchaseRecorded:
    """Something was bought for an order. Raises Unfit where `slips_of` finds anything."""
    for field, why in slips_of(bought).items():
        raise Unfit(field, why)
    return t.PurchaseRecorded(
        purchase_id=f"{bought.supplier}/{bought.reference}",
        supplier=bought.supplier,
        reference=bought.reference,
        connection=bought.connection,
        lines=bought.lines,
        route=bought.route,
        ship_by=end_of_day(bought.ship_by) if bought.ship_by else None,
        ordered_at=_morning(bought.ordered_on) if bought.ordered_on else None,
        cost_minor=bought.cost.minor,
        cost_currency=bought.cost.currency,
        replacement=bought.replacement,
    )


def no_stock(
    order: Order, purchase_id: str, wanted: Collection[int], message: str
) -> t.OutOfStockReported:
    """Goods of a purchase, or of nobody's yet, cannot be had; none named is all of the purchase.

    Raises Unfit for a purchase or goods the order has not.
    """
    if purchase_id and purchase_id not in order.purchases:
        raise Unfit("purchase_id", "choose")
    within = order.purchases[purchase_id].units if purchase_id else order.lines
    line_ids = tuple(sorted(i for i in order.lines if i in wanted and i in within))
    if not line_ids and (not purchase_id or wanted):
        raise Unfit("line_id", "choose")
    if purchase_id and set(line_ids) == set(within):
        line_ids = ()  # all of it is said one way only, so that it is one problem
    return t.OutOfStockReported(purchase_id, line_ids, message)


def halted(
    order: Order, purchase_id: str, how: str, now: datetime, *, message: str = "", parcels: int = 0
) -> t.OversizedReported | t.CustomsSeen:
    """A parcel does not go on: refused for its size, or held at customs. Raises Unfit."""
    if not purchase_id or purchase_id not in order.purchases:
        raise Unfit("purchase_id", "choose")
    if how == "customs":
        return t.CustomsSeen(purchase_id, "held", since=now, message=message)
    return t.OversizedReported(purchase_id, message=message, parcels=parcels)


def named_in_report(order: Order, situation: Situation, counted: t.Lines) -> t.Lines:
    """The goods of a report as they are told: everything is named by naming nothing.

    All of an order is cancelled so, that it is one case for what nobody bought yet; an address is
    the whole order's. Raises Unfit where goods have to be named.
    """
    whole = {(line_id, line.facts.quantity) for line_id, line in order.lines.items()}
    everything = situation is Situation.CANCELLATION and set(counted) == whole
    if situation is Situation.WRONG_ADDRESS or everything:
        return ()
    if situation in VERIFIED and not counted:
        raise Unfit("lines", "no_units")
    return counted


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA)
