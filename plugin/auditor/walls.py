"""I11, tenant walls: what belongs to a case, an action or an order belongs to the same shop's."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from plugin.auditor.violation import Orders, Violation
from plugin.store.tables import cases, events, evidence, ledger, orders, outbox, refund_units

ID = "I11"
WHATS = frozenset({"case_elsewhere", "units_elsewhere", "order_unknown"})
OF_A_CASE = (outbox, ledger, evidence)


def of_orders(some: Orders) -> Iterator[Violation]:
    """Anti-joins: a row whose other end is not in the same shop and order."""
    for table in OF_A_CASE:
        there = sa.exists().where(
            cases.c.shop == table.c.shop,
            cases.c.case_id == table.c.case_id,
            cases.c.order_id == table.c.order_id,
        )
        query = sa.select(table.c.order_id, table.c.case_id).distinct()
        for order_id, case_id in some.tx.execute(
            query.where(some.mine(table), table.c.case_id != "", ~there)
        ):
            subject = f"{table.name}/{order_id}/{case_id}"
            yield Violation(ID, "case_elsewhere", subject, order_id)
    yield from _units(some)
    known = sa.exists().where(
        orders.c.shop == events.c.shop, orders.c.order_id == events.c.order_id
    )
    query = sa.select(events.c.order_id).distinct().where(some.mine(events), ~known)
    for order_id in some.tx.execute(query).scalars():
        yield Violation(ID, "order_unknown", str(order_id), order_id)


def _units(some: Orders) -> Iterator[Violation]:
    same = sa.and_(
        outbox.c.id == refund_units.c.outbox_id,
        outbox.c.shop == refund_units.c.shop,
        outbox.c.order_id == refund_units.c.order_id,
    )
    query = sa.select(refund_units.c.order_id, refund_units.c.line_id, refund_units.c.unit)
    for order_id, line_id, unit in some.tx.execute(
        query.where(some.mine(refund_units), ~sa.exists().where(same))
    ):
        yield Violation(ID, "units_elsewhere", f"{order_id}/{line_id}/{unit}", order_id)
