"""What a supplier's API tells of one of our purchases, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clients.money import Money


@dataclass(frozen=True)
class SupplierOrder:
    """A purchase as the supplier's system has it.

    `status` is the supplier's own word. `shipped_at` is set once the seller has handed the parcel
    over, `closed` once the purchase was cancelled or refunded in full.
    """

    reference: str
    status: str
    shipped_at: datetime | None
    closed: bool
    paid: Money | None
    """None where the platform does not tell what it cost."""
    entries: tuple[str, ...] = ()
    """Ids of the purchase's lines at the supplier."""
    tracking_numbers: tuple[str, ...] = ()
    ship_by: datetime | None = None
    """The date it was promised to ship by, where the platform tells one."""


@dataclass(frozen=True)
class SupplierRefund:
    """Money asked back from a supplier.

    `state` is one of asked, agreed, received, refused; `status` is the supplier's own word.
    """

    id: str
    reference: str
    state: str
    status: str
    amount: Money
    reason: str = ""
    closed_by_shipping: bool = False
    """It ended because the seller shipped after all."""
    intercept: str = ""
    """What the platform says of stopping the parcel, where it says anything."""


@dataclass(frozen=True)
class TraceStep:
    """One line of a parcel's way. `exception` is set where something went wrong there."""

    at: datetime
    code: str
    text: str
    exception: str = ""
