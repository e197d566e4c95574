"""I17, liveness: whatever could go on does. Nothing ready is left lying for an hour, and nobody is
asked for a lost answer for days on end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from plugin.auditor.violation import Violation, Whole
from plugin.store import restorations, shops
from plugin.store.tables import hook_sends, inbox, outbox

ID = "I17"
WHATS = frozenset(
    {"action_stuck", "claim_stuck", "answer_lost_long", "delivery_stuck", "telling_stuck"}
)
AN_HOUR = timedelta(hours=1)
TWO_DAYS = timedelta(days=2)
MOST = 200


def of_shop(whole: Whole) -> Iterator[Violation]:
    """What is ready and does not move, while the clock ticks."""
    shop = shops.find(whole.tx, whole.shop)
    if shop is None or whole.ticked is None or whole.now - whole.ticked > AN_HOUR:
        return
    before = whole.now - AN_HOUR
    sends = shop.state == shops.ACTIVE and not shop.watching
    if sends and not restorations.is_careful(whole.tx, whole.shop):
        yield from _actions(whole)
    received = sa.select(inbox.c.id, inbox.c.topic).where(
        inbox.c.state == "received", inbox.c.shop == whole.shop, inbox.c.look_at < before
    )
    for number, topic in whole.tx.execute(received.limit(MOST)):
        yield Violation(ID, "delivery_stuck", f"{topic}/{number}")
    waiting = sa.select(hook_sends.c.id, hook_sends.c.topic).where(
        hook_sends.c.state == "waiting",
        hook_sends.c.shop == whole.shop,
        hook_sends.c.look_at < before,
    )
    for number, topic in whole.tx.execute(waiting.limit(MOST)):
        yield Violation(ID, "telling_stuck", f"{topic}/{number}")


def _actions(whole: Whole) -> Iterator[Violation]:
    named = sa.select(outbox.c.order_id, outbox.c.key).where(outbox.c.shop == whole.shop)
    before = whole.now - AN_HOUR
    found = {
        "action_stuck": (outbox.c.state.in_(("planned", "unknown"))) & (outbox.c.look_at < before),
        "claim_stuck": (outbox.c.state == "claimed") & (outbox.c.lease_until < before),
        "answer_lost_long": (outbox.c.state == "unknown")
        & (outbox.c.first_sent_at < whole.now - TWO_DAYS),
    }
    for what, stuck in found.items():
        for order_id, key in whole.tx.execute(named.where(stuck).limit(MOST)):
            yield Violation(ID, what, f"{order_id}/{key}", order_id or None)
