"""I6, deadlines: none passes by more than the sweep's period and a minute without being acted on.

The last tick says until when somebody looked; what was due two minutes before it and still is has
been passed over. While nobody ticks, that is what is wrong, and it is said once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from plugin.auditor.violation import Violation, Whole
from plugin.store import shops
from plugin.store.tables import cases, orders

ID = "I6"
WHATS = frozenset({"look_overdue", "deadline_passed", "clock_stopped"})
SLACK = timedelta(seconds=120)
QUIET_TOO_LONG = timedelta(minutes=5)
MOST = 200


def of_shop(whole: Whole) -> Iterator[Violation]:
    """By the two columns that say when to look again."""
    shop = shops.find(whole.tx, whole.shop)
    if shop is None or shop.state == shops.UNINSTALLED or whole.ticked is None:
        return
    if whole.now - whole.ticked > QUIET_TOO_LONG:
        minutes = int((whole.now - whole.ticked).total_seconds() // 60)
        yield Violation(ID, "clock_stopped", whole.shop, facts={"minutes": minutes})
    before = whole.ticked - SLACK
    late = sa.select(orders.c.order_id, orders.c.next_look).where(
        orders.c.shop == whole.shop, orders.c.next_look < before
    )
    for order_id, due in whole.tx.execute(late.order_by(orders.c.next_look).limit(MOST)):
        yield Violation(ID, "look_overdue", str(order_id), order_id, _by(due, whole.now))
    passed = sa.select(cases.c.order_id, cases.c.number, cases.c.deadline).where(
        cases.c.shop == whole.shop, cases.c.deadline < before, cases.c.closed_at.is_(None)
    )
    for order_id, number, due in whole.tx.execute(passed.order_by(cases.c.deadline).limit(MOST)):
        yield Violation(ID, "deadline_passed", str(number), order_id, _by(due, whole.now))


def _by(due: datetime, now: datetime) -> dict[str, str | int]:
    return {"due": due.isoformat(), "minutes": int((now - due).total_seconds() // 60)}
