"""Our supplier contract. The same in JSON Schema, for those who write to us, stands in
`supplier_contract.schema.json`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import Schema, fields, validate

from plugin.terms import Route
from plugin.verbs import CONNECTIONS
from webhooks.schemas.contract_fields import Name, Promise
from webhooks.schemas.fields import MAYBE, Amount, Count, Flag, Id, Moment, Narrow, Text

TOO = ("oversized", "overweight")
STOPPED = ("succeeded", "failed")
CLAIMED = ("verified", "refused")
FEWEST_PARCELS = 2
"""What is split becomes at least two."""


class Price(Narrow):
    """An amount in a currency."""

    amount = Amount(required=True)
    currency = Text(required=True)


class BoughtLine(Narrow):
    """A line of the customer's order that a purchase serves."""

    line_id = Id(required=True)
    quantity = Count(least=1, required=True)


class About(Narrow):
    """Which purchase. The reference has no slash, so that both together name one purchase."""

    supplier = Name(required=True)
    reference = Name(without="/", required=True)


class Recorded(About):
    """`purchase.recorded`"""

    connection = fields.String(required=True, validate=validate.OneOf(CONNECTIONS))
    order_id = Id(required=True)
    lines = fields.List(
        fields.Nested(BoughtLine), required=True, validate=validate.Length(min=1, max=1000)
    )
    route = fields.Enum(Route, by_value=True, load_default=Route.UNKNOWN)
    ship_by = Promise(**MAYBE)
    ordered_at = Moment(**MAYBE)
    cost = fields.Nested(Price, required=True)
    replacement = Flag(load_default=False)


class Shipped(About):
    """`purchase.shipped`"""

    shipped_at = Moment(required=True)
    tracking_number = Text(longest=200, **MAYBE)
    tracking_company = Text(longest=200, **MAYBE)


class OutOfStock(About):
    """`purchase.out_of_stock`"""

    line_ids = fields.List(Id(), load_default=())
    message = Text(longest=5000, **MAYBE)


class Answered(About):
    """`purchase.answered`"""

    message = Text(longest=5000, **MAYBE)
    ship_by = Promise(**MAYBE)


class Cancelled(About):
    """`purchase.cancelled`"""

    cancelled_at = Moment(required=True)


class RouteChanged(About):
    """`purchase.route_changed`"""

    route = fields.Enum(Route, by_value=True, required=True)


class Recovery(About):
    """`recovery.agreed`, `recovery.received`"""

    amount = fields.Nested(Price, required=True)
    message = Text(longest=5000, **MAYBE)


class Refused(About):
    """`recovery.refused`: there may be no amount in a no."""

    amount = fields.Nested(Price, **MAYBE)
    message = Text(longest=5000, **MAYBE)


class ParcelRefused(About):
    """`parcel.refused`: a carrier or forwarder does not take it as it is."""

    reason = fields.String(required=True, validate=validate.OneOf(TOO))
    line_ids = fields.List(Id(), load_default=())
    parcels = Count(least=FEWEST_PARCELS, **MAYBE)
    message = Text(longest=5000, **MAYBE)


class ParcelStopped(About):
    """`parcel.stopped`"""

    result = fields.String(required=True, validate=validate.OneOf(STOPPED))
    message = Text(longest=5000, **MAYBE)


class Customs(About):
    """`customs.held`, `customs.cleared`, `customs.returned`, `customs.destroyed`"""

    since = Moment(required=True)
    message = Text(longest=5000, **MAYBE)


class ClaimResult(About):
    """`claim.result`"""

    result = fields.String(required=True, validate=validate.OneOf(CLAIMED))
    message = Text(longest=5000, **MAYBE)


class StockChanged(Narrow):
    """`stock.changed`: about a product, not about a purchase."""

    supplier = Name(required=True)
    sku = Name(required=True)
    available = Flag(required=True)


class Push(Narrow):
    """What every message has around its data."""

    type = Text(required=True)
    shop = Text(required=True)
    data = fields.Dict(keys=fields.String(), required=True)


PUSH = Push()
DATA: Mapping[str, Schema] = {
    "purchase.recorded": Recorded(),
    "purchase.shipped": Shipped(),
    "purchase.out_of_stock": OutOfStock(),
    "purchase.answered": Answered(),
    "purchase.cancelled": Cancelled(),
    "purchase.route_changed": RouteChanged(),
    "recovery.agreed": Recovery(),
    "recovery.received": Recovery(),
    "recovery.refused": Refused(),
    "parcel.refused": ParcelRefused(),
    "parcel.stopped": ParcelStopped(),
    "customs.held": Customs(),
    "customs.cleared": Customs(),
    "customs.returned": Customs(),
    "customs.destroyed": Customs(),
    "claim.result": ClaimResult(),
    "stock.changed": StockChanged(),
}
