"""A store that was there long before the app: orders of 60 days, of which no webhook ever tells."""

from __future__ import annotations

from datetime import datetime, timedelta

from plugin.sandbox import refunds, seed, shipments
from plugin.sandbox.accounts import demand
from plugin.sandbox.app import World
from plugin.sandbox.ground import Ground
from plugin.sandbox.refunds import Wanted

SPAN = timedelta(days=59)
PARCEL = {"tracking_number": "", "tracking_company": ""}
AN_ARRIVAL = timedelta(days=13)


def fill(world: World, count: int, now: datetime, *, odd_of: int = 20) -> list[int]:
    """Put that many orders into a world, the newest first; their ids.

    Of every `odd_of` one was never shipped, one was shipped in two parcels and one was paid back
    in part; the others were shipped whole. Some of the newest have a slip in their address.
    """
    ground = world.ground
    ids = []
    with ground.ledger.writing():
        for n in range(count):
            age = timedelta(hours=1) + SPAN * n / count
            kind = n % odd_of
            slip = "zip" if kind == 0 and age < AN_ARRIVAL else ""
            goods = seed.basket(ground, f"history {n}")
            order_id = seed.buy(ground, f"history {n}", now - age, goods, slip=slip)
            ids.append(order_id)
            if kind:
                _ship(ground, order_id, now, age, parcels=2 if kind == 1 else 1)
            if kind == 2:
                _pay_back(ground, order_id, now - age / 4)
        # The app was not there: nobody told it, and nothing of this goes on by itself.
        for table in ("deliveries", "happenings"):
            ground.ledger.run(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
    return ids


def _ship(ground: Ground, order_id: int, now: datetime, age: timedelta, *, parcels: int) -> None:
    lines = [(line["id"], line["quantity"]) for line in demand(ground.ledger, order_id).lines]
    groups = [lines[:1], lines[1:]] if parcels == 2 else [lines]
    for nth, group in enumerate(groups, 2):
        if group:
            shipments.fulfil(ground, order_id, group, PARCEL, now - age / nth)


def _pay_back(ground: Ground, order_id: int, at: datetime) -> None:
    account = demand(ground.ledger, order_id)
    line, payment = account.lines[0], account.payments[0]
    minor, _tax = account.share(line["id"], 1)
    wanted = Wanted(
        order_id,
        account.order["currency"],
        "by hand",
        ((line["id"], 1, "NO_RESTOCK"),),
        0,
        ((payment["id"], minor, payment["gateway"]),),
    )
    refunds.make(ground, wanted, at)
