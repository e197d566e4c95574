"""Several workers at once, for real: each refund is paid by one of them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from plugin import merchant
from plugin import timeline as t
from plugin.casework import Casework
from plugin.settings import read
from plugin.store import outbox
from scheduler.runtime import Runtime
from scheduler.sweeps import empty_outbox
from tests.app.test_settings import GOOD
from tests.casework.conftest import Desk
from tests.fakes import SHOP, store_order
from tests.story import LAMP, order_seen

ORDERS = range(2001, 2016)
REFUND = f"refund:{LAMP}:1"


def test_four_workers_pay_fifteen_orders_once_each(desk: Desk) -> None:
    now = desk.clock.now()
    for order_id in ORDERS:
        desk.store.orders[order_id] = replace(store_order(), id=order_id, name=f"#{order_id}")
        with desk.db.write() as tx:
            work = Casework(tx, SHOP, order_id, now)
            work.record([order_seen(), t.OutOfStockReported("", (LAMP,))], by="store")
    runtime = Runtime(read(GOOD), desk.db, desk.clock, desk.connections)

    def approve(order_id: int) -> None:
        for by in ("Alice", "Bob"):
            click = merchant.Click(SHOP, order_id, by, now)
            try:
                with desk.db.write() as tx:
                    merchant.approve(tx, click, REFUND)
            except merchant.NotPossible:
                continue

    with ThreadPoolExecutor(8) as pool:
        clicks = [pool.submit(approve, order_id) for order_id in ORDERS]
        sweeps = [pool.submit(empty_outbox, runtime) for _ in range(4)]
        for future in [*clicks, *sweeps]:
            future.result()
    empty_outbox(runtime)

    keys = Counter(call for call in desk.store.calls if call.startswith("refund"))
    assert set(keys.values()) == {1}
    assert len(keys) == len(ORDERS)
    assert desk.store.paid_back() == desk.booked() == 2490 * len(ORDERS)
    with desk.db.read() as tx:
        states = {
            row.state for order_id in ORDERS for row in outbox.of_order(tx, SHOP, order_id)
            if row.key == REFUND
        }  # fmt: skip
    assert states == {"done"}
