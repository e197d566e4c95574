"""A new order is looked at once its facts are in, in the same transaction."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.engine import Connection

from plugin import arrival
from plugin.casework import Casework
from plugin.store import measures, timelines

NEW_FOR = timedelta(days=14)
"""An order older than this when we look at it is no arrival: nobody is asked about its address."""


def check_arrival(tx: Connection, work: Casework) -> None:
    """Look at the order's address and parcel, if it is new and nobody has bought for it yet."""
    seen = work.order.seen
    if seen is None or seen.test or work.now - seen.placed_at > NEW_FOR:
        return
    customer = timelines.customer_of(tx, work.shop, work.order_id)
    skus = [line.facts.sku for line in work.order.lines.values()]
    known = measures.of_skus(tx, work.shop, skus)
    found = arrival.look(work.order, customer, work.terms, known)
    if found is not None:
        work.record([found], by="app", cause="arrival")
