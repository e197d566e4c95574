"""The store's own ledger beside ours, for money that moved lately.

It is only read, and only as much as the store's budget has to spare.

I1: the store paid back no more than was paid. I2: each of our marks is there once. I3: what we call
done is there, to the cent, and what carries our mark there is ours. I5: the order is not older here
than there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clients.errors import RemoteError
from clients.shopify import records as store
from clients.shopify.budget import bulk_work
from plugin.auditor.looking import rows
from plugin.auditor.violation import Violation
from plugin.facts import mark_in
from plugin.ports import Storefront
from plugin.store import findings, restorations
from plugin.store.database import Database
from plugin.store.restorations import Restoration
from plugin.store.tables import events, ledger, outbox

WHATS = frozenset(
    {"store_over", "store_twice", "store_lacks", "store_invents", "store_other", "store_newer"}
)
MOST = 20
"""Orders read per shop each time."""
SETTLED = timedelta(minutes=15)
"""What moved a moment ago may not show in the store's answers yet."""
NEWER_FOR = timedelta(minutes=75)


@bulk_work()
def look(db: Database, storefront: Storefront, shop: str, now: datetime) -> list[Violation]:
    """Compare the next few orders whose money moved; write down what was found."""
    with db.read() as tx:
        mark = findings.mark_of(tx, shop)
        if mark is None:
            return []
        moved = _moved(tx, shop, mark.ledger_id, now)
        again = findings.orders_with(tx, shop, WHATS, MOST)
    found: list[Violation] = []
    looked: list[int] = []
    reached = mark.ledger_id
    wanted = [*((0, order_id) for order_id in again), *moved][: 2 * MOST]
    for ledger_id, order_id in wanted:
        if order_id not in looked:
            try:
                read = storefront.order(order_id)
            except RemoteError:
                break  # the next time begins here
            found += _compare(db, shop, order_id, read, now)
            looked.append(order_id)
        reached = max(reached, ledger_id)
    with db.write() as tx:
        findings.saw(tx, shop, rows(found), now)
        findings.gone(tx, shop, WHATS, now, orders=looked)
        fresh = findings.mark_of(tx, shop) or mark
        findings.keep_mark(tx, replace(fresh, ledger_id=reached))
    return found


def _moved(tx: Connection, shop: str, after: int, now: datetime) -> list[tuple[int, int]]:
    query = sa.select(ledger.c.id, ledger.c.order_id).where(
        *(ledger.c.shop == shop, ledger.c.purse == "remedy", ledger.c.what == "refunded"),
        *(ledger.c.id > after, ledger.c.at <= now - SETTLED),
    )
    return [(int(i), int(o)) for i, o in tx.execute(query.order_by(ledger.c.id).limit(MOST))]


def _compare(
    db: Database, shop: str, order_id: int, read: store.Order | None, now: datetime
) -> list[Violation]:
    with db.snapshot() as tx:
        ours = _ours(tx, shop, order_id)
        version = _version(tx, shop, order_id)
        restored = restorations.of_shop(tx, shop)
    if read is None:
        return [
            Violation("I3", "store_lacks", f"{order_id}/{row.key}", order_id)
            for row in ours
            if row.state == "done"
        ]
    return [
        *_money(read),
        *_marks(read, ours, restored),
        *_done(read, ours),
        *_known(read, version, now),
    ]


def _ours(tx: Connection, shop: str, order_id: int) -> Sequence[Any]:
    named = (outbox.c.key, outbox.c.mark, outbox.c.state, outbox.c.minor, outbox.c.remote_id)
    query = sa.select(*named).where(
        outbox.c.shop == shop,
        outbox.c.order_id == order_id,
        outbox.c.action == "refund_customer",
    )
    return tx.execute(query).all()


def _version(tx: Connection, shop: str, order_id: int) -> datetime | None:
    """Of the newest we know. ISO texts in one form sort like the moments they say."""
    query = sa.select(events.c.body["version"].as_string()).where(
        events.c.shop == shop, events.c.order_id == order_id, events.c.kind == "order_seen"
    )
    told = [datetime.fromisoformat(text) for text in tx.execute(query).scalars() if text]
    return max(told, default=None)


def _money(read: store.Order) -> Iterator[Violation]:
    back, paid = read.total_refunded.minor, read.total_paid.minor
    if back > paid:
        yield Violation("I1", "store_over", str(read.id), read.id, {"is": back, "most": paid})


def _marks(
    read: store.Order, ours: Sequence[Any], restored: Restoration | None
) -> Iterator[Violation]:
    marked = [(mark, refund) for refund in read.refunds if (mark := mark_in(refund.note))]
    for mark, count in Counter(mark for mark, _ in marked).items():
        if count > 1:
            yield Violation("I2", "store_twice", f"{read.id}/{mark}", read.id, {"count": count})
    known = {row.mark for row in ours} | {row.remote_id for row in ours}
    for mark, refund in marked:
        if mark not in known and str(refund.id) not in known and not _lost(refund, restored):
            yield Violation("I3", "store_invents", f"{read.id}/{mark}", read.id)


def _lost(refund: store.Refund, restored: Restoration | None) -> bool:
    """Made in the stretch that a restored backup knows nothing of."""
    if restored is None:
        return False
    return restored.since <= refund.created_at <= restored.restored_at


def _done(read: store.Order, ours: Sequence[Any]) -> Iterator[Violation]:
    there = {mark_in(refund.note): refund for refund in read.refunds}
    by_id = {str(refund.id): refund for refund in read.refunds}
    for row in ours:
        if row.state != "done":
            continue
        refund = by_id.get(row.remote_id) or there.get(row.mark)
        subject = f"{read.id}/{row.key}"
        if refund is None:
            yield Violation("I3", "store_lacks", subject, read.id)
        elif refund.total.minor != row.minor:
            facts = {"is": refund.total.minor, "most": row.minor}
            yield Violation("I3", "store_other", subject, read.id, facts)


def _known(read: store.Order, version: datetime | None, now: datetime) -> Iterator[Violation]:
    old = read.updated_at < now - NEWER_FOR
    if old and (version is None or version < read.updated_at):
        yield Violation("I5", "store_newer", str(read.id), read.id)
