"""I12, uninstall and erasure: nothing goes out for who has left, and who asked to be forgotten is,
within a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from plugin.auditor.violation import Violation, Whole
from plugin.store import shops
from plugin.store.tables import outbox, privacy_requests

ID = "I12"
WHATS = frozenset({"sent_after", "not_erased_yet"})
WITHIN = timedelta(hours=24)
MOST = 200


def of_shop(whole: Whole) -> Iterator[Violation]:
    """Sent after the shop had left; asked longer ago than a day."""
    shop = shops.find(whole.tx, whole.shop)
    if shop is not None and shop.state == shops.UNINSTALLED and shop.uninstalled_at:
        query = sa.select(outbox.c.order_id, outbox.c.key).where(
            outbox.c.shop == whole.shop, outbox.c.last_sent_at > shop.uninstalled_at
        )
        for order_id, key in whole.tx.execute(query.limit(MOST)):
            yield Violation(ID, "sent_after", f"{order_id}/{key}", order_id)
    query = sa.select(privacy_requests.c.id, privacy_requests.c.topic).where(
        privacy_requests.c.shop == whole.shop,
        privacy_requests.c.done_at.is_(None),
        privacy_requests.c.asked_at < whole.now - WITHIN,
    )
    for number, topic in whole.tx.execute(query.limit(MOST)):
        yield Violation(ID, "not_erased_yet", f"{topic}/{number}")
