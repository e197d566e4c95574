"""I1, the money cap: what is paid back for a line or an order never exceeds what was paid for it.

Ours counts once it was sent; what others paid back in the store counts beside it. For the units of
a line the same: none is paid back twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from plugin.auditor.violation import Orders, Violation
from plugin.store.tables import outbox, refund_units

ID = "I1"
WHATS = frozenset({"line_over", "order_over", "unit_over", "another_currency"})
ON_ITS_WAY = ("planned", "claimed", "unknown", "needs_person")


def of_orders(orders: Orders) -> Iterator[Violation]:
    """Per line, per order, per unit."""
    paid = _paid(orders)
    elsewhere = _elsewhere(orders)
    lines, sums = _ours(orders)
    for (order_id, line_id, currency), minor in lines.items():
        known = paid.get(order_id)
        if known is None:
            continue
        most = known["lines"].get(line_id, 0) + known["shipping"]
        if currency != known["currency"]:
            yield _found("another_currency", order_id, line_id, minor, most)
        elif minor > most:
            yield _found("line_over", order_id, line_id, minor, most)
    for order_id, known in paid.items():
        most = sum(known["lines"].values()) + known["shipping"]
        minor = sums[order_id] + elsewhere[order_id]["minor"]
        if minor > most and sums[order_id]:
            yield _found("order_over", order_id, 0, minor, most)
    yield from _units(orders, paid, elsewhere)


def _found(what: str, order_id: int, line_id: int, minor: int, most: int) -> Violation:
    subject = f"{order_id}/{line_id}" if line_id else str(order_id)
    return Violation(ID, what, subject, order_id, {"is": minor, "most": most})


def _paid(orders: Orders) -> dict[int, dict[str, Any]]:
    """What was paid, as the store ever told it: an edited order never shrinks what was paid."""
    found: dict[int, dict[str, Any]] = {}
    for row in orders.told(["order_seen"]):
        known = found.setdefault(
            row.order_id,
            {"lines": {}, "bought": {}, "shipping": 0, "currency": row.body["currency"]},
        )
        known["shipping"] = max(known["shipping"], int(row.body.get("shipping_paid_minor", 0)))
        for line in row.body["lines"]:
            for name, field in (("lines", "paid_minor"), ("bought", "quantity")):
                before = known[name].get(line["id"], 0)
                known[name][line["id"]] = max(before, int(line[field]))
    return found


def _elsewhere(orders: Orders) -> dict[int, dict[str, Any]]:
    """What others paid back in the store: the last word on each refund that is not ours."""
    last = {(row.order_id, row.body["refund_id"]): row for row in orders.told(["refund_seen"])}
    found: dict[int, dict[str, Any]] = defaultdict(lambda: {"minor": 0, "units": Counter()})
    for (order_id, _), row in last.items():
        if not row.body.get("mark"):
            found[order_id]["minor"] += int(row.body["minor"])
            for line_id, quantity in row.body["lines"]:
                found[order_id]["units"][line_id] += quantity
    return found


def _ours(orders: Orders) -> tuple[dict[tuple[int, int, str], int], Counter[int]]:
    """Minor units by (order, line, currency) of all that was decided; by order of all that left."""
    # A store's ids have fourteen digits: PostgreSQL's integer is too small for them.
    line = sa.cast(outbox.c.body["line_id"].as_string(), sa.BigInteger)
    sent = sa.case((outbox.c.first_sent_at.is_not(None), outbox.c.minor), else_=0)
    query = (
        sa.select(
            outbox.c.order_id,
            line,
            outbox.c.currency,
            sa.func.sum(outbox.c.minor),
            sa.func.sum(sent),
        )
        .where(orders.mine(outbox), outbox.c.action == "refund_customer")
        .where(outbox.c.state.in_((*ON_ITS_WAY, "done")))
        .group_by(outbox.c.order_id, line, outbox.c.currency)
    )
    lines: dict[tuple[int, int, str], int] = {}
    sums: Counter[int] = Counter()
    for order_id, line_id, currency, minor, left in orders.tx.execute(query):
        lines[order_id, line_id, currency] = int(minor)
        sums[order_id] += int(left)
    return lines, sums


def _units(
    orders: Orders, paid: dict[int, dict[str, Any]], elsewhere: dict[int, dict[str, Any]]
) -> Iterator[Violation]:
    query = (
        sa.select(refund_units.c.order_id, refund_units.c.line_id, sa.func.count())
        .join(outbox, outbox.c.id == refund_units.c.outbox_id)
        .where(orders.mine(refund_units), outbox.c.first_sent_at.is_not(None))
        .group_by(refund_units.c.order_id, refund_units.c.line_id)
    )
    for order_id, line_id, count in orders.tx.execute(query):
        bought = paid.get(order_id, {"bought": {}})["bought"].get(line_id)
        both = count + elsewhere[order_id]["units"][line_id]
        if bought is not None and both > bought:
            yield _found("unit_over", order_id, line_id, both, bought)
