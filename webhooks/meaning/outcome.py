"""What a translation comes to."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.customer import Customer
from plugin.timeline import Event


@dataclass(frozen=True)
class Translation:
    """What a delivery tells, in the words of the timeline."""

    order_id: int | None
    events: tuple[Event, ...]
    customer: Customer | None = None
    shop_event: str = ""
    """`uninstalled`: it is about the whole shop, and names no order."""
    purchase_key: str = ""
    """The purchase a supplier speaks of; without an `order_id` the caller looks its order up."""
    notes: tuple[str, ...] = ()
    """What had to be left out of the body."""


@dataclass(frozen=True)
class Ignored:
    """Nothing for us in it; `reason` says why."""

    reason: str
