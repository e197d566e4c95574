"""Our supplier contract. The same in JSON Schema, for those who write to us, stands in
`supplier_contract.schema.json`; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from plugin.terms import Route
from webhooks.schemas.fields import MAYBE, Amount, Count, Flag, Id, Moment, Narrow, Text, moment

CHINA = timezone(timedelta(hours=8))
"""China has one zone and, since 1991, no summer time."""
END_OF_DAY = time(23, 59, 59)
CONNECTIONS = ("by_hand", "1688")

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Name(fields.Field[str]):
    """A name or reference: 1 to 100 characters on one line."""

    def __init__(self, *, without: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.without = without

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= 100 or value != value.strip():
            raise ValidationError("must be a text of 1 to 100 characters")
        if not value.isprintable():
            raise ValidationError("must be on one line")
        if self.without and self.without in value:
            raise ValidationError(f"must not contain {self.without}")
        return value


class Promise(Moment):
    """A time with a zone, or a day: then its last second in China."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or _DAY.fullmatch(value) is None:
            return super()._deserialize(value, attr, data, **kwargs)
        moment(f"{value}T00:00:00+08:00")
        return datetime.combine(date.fromisoformat(value), END_OF_DAY, CHINA).astimezone(UTC)


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
}
