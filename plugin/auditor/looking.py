"""How much is looked at, and when: cheaply every hour, everything in time, all of it on request.

Every hour, per shop: the orders to which something happened since the last look, the next thousand
of the slow round through all of them, the shop as a whole, the chain as far as it has grown, and
the next piece of a walk along it from the beginning. So an hour costs what happened in it and a
little more, whatever the shop has behind it; a shop of 100,000 orders is gone through in four days.

Each batch is one look at one state of the database, and short: SQLite's writers wait for readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.auditor import INVARIANTS, truth
from plugin.auditor.violation import Orders, Violation, Whole
from plugin.store import chain, chain_check, findings, ticks
from plugin.store.chain_check import Break, Walk
from plugin.store.database import Database
from plugin.store.findings import Mark
from plugin.store.tables import events, orders

A_BATCH = 100
MOST_CHANGED = 5000
A_ROUND = 1000
"""Orders of the slow round looked at each time."""
GROWN = 50_000
AGAIN = 10_000
"""Links walked along each time: of those that are new, and of the walk from the beginning."""
LINKS = 1_000
"""Of which one look takes in so many."""
OVERLAP = timedelta(minutes=5)
"""A transaction that was open during the last look may have written an earlier time."""
CLOCKS = "clocks"
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)

OF_ORDERS = [module for module in INVARIANTS.values() if hasattr(module, "of_orders")]
OF_SHOP = [module for module in INVARIANTS.values() if hasattr(module, "of_shop")]
WHATS_OF_ORDERS = frozenset().union(*(module.WHATS for module in OF_ORDERS))
WHATS_OF_SHOP = frozenset().union(
    truth.WHATS_OF_SHOP, *(module.WHATS for module in OF_SHOP if module is not truth)
)


@dataclass
class Looked:
    """What one look at a shop came to."""

    shop: str
    orders: int = 0
    links: int = 0
    violations: list[Violation] = field(default_factory=list)


# --- Every hour -----------------------------------------------------------------------------------


def look(db: Database, shop: str, now: datetime) -> Looked:
    """Look at what has changed and a piece of the rest; write down what was found."""
    with db.read() as tx:
        mark = findings.mark_of(tx, shop) or _new(tx, shop, now)
        changed, until = _changed(tx, mark, now)
        slow = _round(tx, mark)
    looked = Looked(shop)
    wanted = sorted({*changed, *slow})
    for some in _batches(wanted):
        looked.violations += of_orders(db, shop, some, now)
    looked.orders = len(wanted)
    looked.violations += of_shop(db, shop, now)
    moved = _walked(db, mark, now, looked)
    ended = not slow or len(slow) < A_ROUND
    moved = replace(
        moved,
        at=now,
        changed_to=until,
        order_id=0 if ended else slow[-1],
        round_at=now if ended else mark.round_at,
    )
    with db.write() as tx:
        _write_down(tx, looked, wanted, mark, moved, now)
    return looked


def _new(tx: Connection, shop: str, now: datetime) -> Mark:
    """The first look begins with the last day; the slow round finds the rest."""
    began = now - timedelta(days=1)
    return Mark(shop, now, began, 0, None, 0, chain.START, 0, chain.START, None, 0)


def _changed(tx: Connection, mark: Mark, now: datetime) -> tuple[list[int], datetime]:
    """Orders to which something happened since the last look, and how far that reaches."""
    query = (
        sa.select(events.c.order_id, events.c.at)
        .where(events.c.shop == mark.shop, events.c.at >= mark.changed_to - OVERLAP)
        .order_by(events.c.at)
    )
    found: set[int] = set()
    with tx.execute(query.execution_options(yield_per=1000)) as rows_found:
        for order_id, at in rows_found:
            found.add(int(order_id))
            if len(found) >= MOST_CHANGED:
                return sorted(found), max(at, mark.changed_to + OVERLAP)
    return sorted(found), now


def _round(tx: Connection, mark: Mark) -> list[int]:
    query = sa.select(orders.c.order_id).where(
        orders.c.shop == mark.shop, orders.c.order_id > mark.order_id
    )
    found = tx.execute(query.order_by(orders.c.order_id).limit(A_ROUND)).scalars()
    return [int(order_id) for order_id in found]


def _walked(db: Database, mark: Mark, now: datetime, looked: Looked) -> Mark:
    """The chain as it has grown, and a piece of it from the beginning."""
    grown = Walk(mark.shop, mark.link, mark.link_hash)
    again = Walk(mark.shop, mark.again_link, mark.again_hash)
    for walk, limit in ((grown, GROWN), (again, AGAIN)):
        with db.snapshot() as tx:
            good = chain_check.holds(tx, mark.shop, walk.n, walk.hash)
        if not good:
            broken = Break("broken", walk.n, 0, 0)
            looked.violations.append(truth.of_break(broken, "chain_"))
        looked.violations += [truth.of_break(one, "chain_") for one in _along(db, walk, limit)]
        looked.links += walk.looked
    moved = replace(mark, link=grown.n, link_hash=grown.hash)
    if again.looked < AGAIN:
        return replace(moved, again_link=0, again_hash=chain.START, whole_at=now)
    return replace(moved, again_link=again.n, again_hash=again.hash)


def _along(db: Database, walk: Walk, limit: int | None = None) -> Iterator[Break]:
    """A walk in short looks: what is only ever added to is the same in the next one."""
    while limit is None or walk.looked < limit:
        before = walk.looked
        some = LINKS if limit is None else min(LINKS, limit - before)
        with db.snapshot() as tx:
            found = list(walk.go(tx, some))
        yield from found
        if walk.looked - before < some:
            return


def _write_down(
    tx: Connection, looked: Looked, wanted: Sequence[int], mark: Mark, moved: Mark, now: datetime
) -> None:
    shop = looked.shop
    findings.saw(tx, shop, rows(looked.violations), now)
    for some in _batches(wanted):
        findings.gone(tx, shop, WHATS_OF_ORDERS, now, orders=some)
    findings.gone(tx, shop, WHATS_OF_SHOP, now, orders=None)
    if moved.whole_at == now and mark.whole_at is not None:
        # Not seen by a whole walk, nor by the one before it.
        findings.gone(tx, shop, truth.WHATS_OF_CHAIN, mark.whole_at, orders=None)
    findings.keep_mark(tx, moved)


# --- All of it, on request ------------------------------------------------------------------------


def everything(
    db: Database, shop: str, now: datetime, step: Callable[[int], None] = lambda _: None
) -> Iterator[Violation]:
    """Every order and every link of a shop; nothing is written. `step` hears how many orders."""
    with db.read() as tx:
        known = sa.select(orders.c.order_id).where(orders.c.shop == shop)
        told = sa.select(events.c.order_id).where(events.c.shop == shop)
        found = sorted(int(one) for one in tx.execute(sa.union(known, told)).scalars())
    for some in _batches(found):
        yield from of_orders(db, shop, some, now)
        step(len(some))
    yield from of_shop(db, shop, now)
    yield from (truth.of_break(one, "chain_") for one in _along(db, Walk(shop)))
    with db.snapshot() as tx:
        yield from (truth.of_break(one) for one in chain_check.not_linked(tx, shop))


# --- Helpers --------------------------------------------------------------------------------------


def of_orders(db: Database, shop: str, some: Sequence[int], now: datetime) -> list[Violation]:
    """What is wrong with some orders, in one look."""
    with db.snapshot() as tx:
        asked = Orders(tx, shop, some, now)
        return [found for module in OF_ORDERS for found in module.of_orders(asked)]


def of_shop(db: Database, shop: str, now: datetime) -> list[Violation]:
    """What is wrong with a shop as a whole, in one look."""
    with db.snapshot() as tx:
        asked = Whole(tx, shop, now, ticks.last(tx, CLOCKS))
        return [found for module in OF_SHOP for found in module.of_shop(asked)]


def rows(found: Iterable[Violation]) -> list[dict[str, object]]:
    """As they are kept, each once."""
    by_key = {one.key: one for one in found}
    return [
        {
            "invariant": one.invariant,
            "what": one.what,
            "subject": one.subject[:300],
            "order_id": one.order_id,
            "facts": dict(one.facts),
        }
        for one in by_key.values()
    ]


def _batches(wanted: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(wanted), A_BATCH):
        yield wanted[start : start + A_BATCH]
