"""Small mode, healthy: from the moment a webhook is thanked for to the moment its refund is paid.

The app as it is installed, one process with the usual ten seconds between ticks, and the sandbox's
world outside. A new order every half second; half cannot be had, and the refund goes by itself.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import tables
from tests.torture.load import Load
from tests.torture.town import Town

ORDERS, TICK_SECONDS = 120, "10"
APART = 0.5
"""Seconds."""
pause = threading.Event().wait


def run() -> Iterator[str]:
    """Median and 95th percentile of the seconds in between."""
    with tempfile.TemporaryDirectory() as name:
        town = Town(Path(name))
        town.environment["POSTVENDITA_TICK_SECONDS"] = TICK_SECONDS
        try:
            town.begin("serve")
            load = Load(town)
            for _ in range(ORDERS):
                load.order()
                pause(APART)
            town.come_to_rest()
            with town.db.read() as tx:
                waits = seconds(tx)
        finally:
            town.close()
    yield told(waits)


def seconds(tx: Connection) -> list[float]:
    """From a delivery to the refund it led to, the shortest first; what waited for a person not."""
    box, out = tables.inbox, tables.outbox
    query = sa.select(box.c.received_at, out.c.settled_at).where(
        box.c.order_id == out.c.order_id,
        box.c.handled_at == out.c.planned_at,
        out.c.action == "refund_customer",
        out.c.level == "auto",
        out.c.state == "done",
    )
    return sorted((done - got) / timedelta(seconds=1) for got, done in tx.execute(query))


def told(waits: list[float]) -> str:
    """In one line."""
    if not waits:
        return "no refund was paid: nothing to say"
    middle, p95 = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
    return f"webhook to refund, {len(waits)} of them: median {middle:.2f} s, p95 {p95:.2f} s"
