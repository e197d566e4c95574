"""Shipments as the store has them: written down, held up, moved by the carrier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from plugin.sandbox import moments
from plugin.sandbox.accounts import demand
from plugin.sandbox.deliveries import tell_shop
from plugin.sandbox.ground import Ground
from plugin.sandbox.orders import touch
from plugin.sandbox.rest_movements import fulfilment_body
from plugin.sandbox.store import Row

SEEN_AFTER, DELIVERED_AFTER = 3.0, 14.0
"""Days after the shipment was written down until the carrier has it, and until it arrives."""


def fulfil(
    ground: Ground, order_id: int, lines: Sequence[tuple[int, int]], parcel: Row, at: datetime
) -> int | None:
    """A shipment is written into the store. `parcel` has tracking_number and tracking_company, and
    `delivered_after` (days) where it does not travel as long as others.

    While a hold is on the order the store takes none: it waits, and None is given.
    """
    with ground.ledger.writing():
        account = demand(ground.ledger, order_id)
        if account.holds:
            waiting = [*account.order.get("waiting", ()), {"lines": list(lines), "parcel": parcel}]
            ground.ledger.amend("orders", order_id, waiting=waiting)
            return None
        fulfilment_id = ground.number("fulfilment")
        nth = len(account.fulfilments) + 1
        ground.ledger.add(
            "fulfilments",
            id=fulfilment_id,
            order_id=order_id,
            created_at=moments.text(at),
            updated_at=moments.text(at),
            name=f"{account.order['name']}.{nth}",
            status="success",
            shipment_status=None,
            lines=[list(line) for line in lines],
            **parcel,
        )
        touch(ground, order_id, at)
        _tell_fulfilment(ground, order_id, fulfilment_id, "fulfillments/create", at)
        arrives = parcel.get("delivered_after", DELIVERED_AFTER)
        for days, status in ((min(SEEN_AFTER, arrives / 2), "in_transit"), (arrives, "delivered")):
            ground.schedule(
                at + timedelta(days=days), "move_parcel", fulfilment_id=fulfilment_id, status=status
            )
    return fulfilment_id


def fulfil_waiting(ground: Ground, order_id: int, at: datetime) -> None:
    """Write down the shipments that waited for the last hold to be lifted."""
    with ground.ledger.writing():
        account = demand(ground.ledger, order_id)
        waiting = account.order.get("waiting", ())
        if not waiting or account.holds or account.order["cancelled_at"]:
            return
        ground.ledger.amend("orders", order_id, waiting=[])
        for one in waiting:
            lines = [(line, units) for line, units in one["lines"]]
            fulfil(ground, order_id, lines, one["parcel"], at)


def move_parcel(ground: Ground, fulfilment_id: int, status: str, at: datetime) -> None:
    """The carrier reports: `status` as in a fulfilment's `shipment_status`."""
    with ground.ledger.writing():
        stamp = moments.text(at)
        ground.ledger.amend("fulfilments", fulfilment_id, shipment_status=status, updated_at=stamp)
        row = ground.ledger.row("SELECT * FROM fulfilments WHERE id = ?", fulfilment_id) or {}
        touch(ground, row["order_id"], at, quiet=True)
        _tell_fulfilment(ground, row["order_id"], fulfilment_id, "fulfillments/update", at)


def _tell_fulfilment(
    ground: Ground, order_id: int, fulfilment_id: int, topic: str, at: datetime
) -> None:
    account = demand(ground.ledger, order_id)
    found = next(f for f in account.fulfilments if f["id"] == fulfilment_id)
    event = f"{topic}:{fulfilment_id}:{found['updated_at']}"
    tell_shop(ground, topic, fulfilment_body(account, found), at=at, event=event)
