"""I2, once: no key has its effect twice.

One remote refund, order or claim belongs to one of our keys, and a key is done once.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from plugin.auditor.violation import Orders, Violation
from plugin.store.tables import events, outbox

ID = "I2"
WHATS = frozenset({"remote_shared", "done_twice"})
MOVES = ("refund_customer", "reissue_goods", "ask_recovery", "ask_verification")
"""What moves money or goods; a reminder may carry the number of what it reminds of."""


def of_orders(orders: Orders) -> Iterator[Violation]:
    """The number the other side gave, and our own word that it is done."""
    query = (
        sa.select(outbox.c.order_id, outbox.c.action, outbox.c.remote_id, sa.func.count())
        .where(orders.mine(outbox), outbox.c.state == "done", outbox.c.remote_id != "")
        .where(outbox.c.action.in_(MOVES))
        .group_by(outbox.c.order_id, outbox.c.action, outbox.c.remote_id)
        .having(sa.func.count() > 1)
    )
    for order_id, action, remote_id, count in orders.tx.execute(query):
        subject = f"{order_id}/{action}/{remote_id}"
        yield Violation(ID, "remote_shared", subject, order_id, {"count": count})
    key = events.c.body["key"].as_string()
    twice = (
        sa.select(events.c.order_id, key, sa.func.count())
        .where(orders.mine(events), events.c.kind == "action_done")
        .group_by(events.c.order_id, key)
        .having(sa.func.count() > 1)
    )
    for order_id, name, count in orders.tx.execute(twice):
        yield Violation(ID, "done_twice", f"{order_id}/{name}", order_id, {"count": count})
