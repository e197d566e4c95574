"""I3, nothing lost and nothing invented: timeline, outbox and ledger tell one story.

What was planned is in the outbox and nothing else is; what is done there is done in the timeline;
money that left is in the ledger, to the cent; what was refused says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from plugin.auditor.violation import Orders, Violation
from plugin.store.tables import events, ledger, outbox

ID = "I3"
WHATS = frozenset(
    {"intent_lost", "intent_invented", "done_untold", "done_invented", "not_booked"}
    | {"booked_invented", "booked_other", "refused_silently"}
)
Key = tuple[int, str]


def of_orders(orders: Orders) -> Iterator[Violation]:
    """Each side against the other, by key."""
    planned, told_done = _told(orders, "planned"), _told(orders, "action_done")
    query = sa.select(
        outbox.c.order_id,
        *(outbox.c.key, outbox.c.state, outbox.c.action, outbox.c.minor, outbox.c.why),
    ).where(orders.mine(outbox), outbox.c.order_id != 0)
    rows = {(row.order_id, row.key): row for row in orders.tx.execute(query)}
    done = {key for key, row in rows.items() if row.state == "done"}
    yield from _each("intent_lost", planned - rows.keys())
    yield from _each("intent_invented", rows.keys() - planned)
    yield from _each("done_untold", done - told_done)
    yield from _each("done_invented", told_done - done)
    silent = {key for key, row in rows.items() if row.state == "refused" and not row.why}
    yield from _each("refused_silently", silent)
    yield from _booked(orders, rows, done)


def _told(orders: Orders, kind: str) -> set[Key]:
    key = events.c.body["key"].as_string()
    query = sa.select(events.c.order_id, key).where(orders.mine(events), events.c.kind == kind)
    return {(order_id, str(name)) for order_id, name in orders.tx.execute(query)}


def _booked(orders: Orders, rows: dict[Key, Any], done: set[Key]) -> Iterator[Violation]:
    query = sa.select(ledger.c.order_id, ledger.c.key, ledger.c.minor).where(
        orders.mine(ledger), ledger.c.purse == "remedy", ledger.c.what == "refunded"
    )
    booked = {(row.order_id, row.key): int(row.minor) for row in orders.tx.execute(query)}
    money = {
        key: int(rows[key].minor)
        for key in done
        if rows[key].action == "refund_customer" and rows[key].minor
    }
    yield from _each("not_booked", money.keys() - booked.keys())
    yield from _each("booked_invented", booked.keys() - money.keys())
    for key in money.keys() & booked.keys():
        if money[key] != booked[key]:
            facts = {"is": booked[key], "most": money[key]}
            yield Violation(ID, "booked_other", f"{key[0]}/{key[1]}", key[0], facts)


def _each(what: str, keys: set[Key]) -> Iterator[Violation]:
    for order_id, key in sorted(keys):
        yield Violation(ID, what, f"{order_id}/{key}", order_id)
