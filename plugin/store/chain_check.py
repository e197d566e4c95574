"""Is history as it was written? Of one order, cheaply; of a shop's whole chain, from any place on.

One order costs its own entries and the links beside them, however long the chain is. What that
cannot see (a link far away was changed, the end was cut off) the whole chain shows, and a head
that was noted elsewhere: in a backup, in an export.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store.chain import START, Content, Link, digest_of, joined, seal
from plugin.store.tables import chain, deeds, events, orders

AT_ONCE = 1000


@dataclass(frozen=True)
class Break:
    """A place where history is not as it was written."""

    what: str
    """`changed`, `gone`, `not_linked`, `broken`, `not_erased` or `cut_off`."""
    n: int
    order_id: int
    seq: int


@dataclass(frozen=True)
class Verdict:
    """What looking at an order's history came to."""

    entries: int
    last: int
    """The number of its last link."""
    breaks: tuple[Break, ...]

    @property
    def good(self) -> bool:
        """Nothing was changed, removed or put in."""
        return not self.breaks


# --- One order ------------------------------------------------------------------------------------


def of_order(tx: Connection, shop: str, order_id: int) -> Verdict:
    """Every entry against its link, every link against its neighbours, and none too few."""
    return of_orders(tx, shop, [order_id])[order_id]


def of_orders(tx: Connection, shop: str, order_ids: Sequence[int]) -> dict[int, Verdict]:
    """The same for some orders, with the same few queries."""
    entries = {(one.order_id, one.seq): one for one in entries_of(tx, shop, order_ids)}
    links = {(one.order_id, one.seq): one for one in links_of(tx, shop, order_ids)}
    told = _told(tx, shop, order_ids)
    found = [
        *_each(shop, entries, links),
        *_beside(tx, shop, list(links.values())),
        *_too_few(told, entries),
    ]
    count, last = Counter(order_id for order_id, _ in entries), dict.fromkeys(order_ids, 0)
    for one in links.values():
        last[one.order_id] = max(last[one.order_id], one.n)
    breaks: dict[int, set[Break]] = {order_id: set() for order_id in order_ids}
    for place, one_break in found:
        breaks[place].add(one_break)
    return {
        order_id: Verdict(
            count[order_id],
            last[order_id],
            tuple(sorted(breaks[order_id], key=lambda b: (b.seq, b.what))),
        )
        for order_id in order_ids
    }


Place = tuple[int, int]
"""(order id, entry)"""


def _each(
    shop: str, entries: Mapping[Place, Content], links: Mapping[Place, Link]
) -> Iterator[tuple[int, Break]]:
    for order_id, seq in sorted({*entries, *links}):
        entry, one = entries.get((order_id, seq)), links.get((order_id, seq))
        if one is None:
            yield order_id, Break("not_linked", 0, order_id, seq)
        else:
            yield from ((order_id, found) for found in against(shop, one, entry))


def _beside(tx: Connection, shop: str, links: Sequence[Link]) -> Iterator[tuple[int, Break]]:
    """Each link follows on the one before, and the one after follows on it."""
    near = {one.n: one for one in links}
    wanted = sorted({n for one in links for n in (one.n - 1, one.n + 1)} - near.keys() - {0})
    for start in range(0, len(wanted), AT_ONCE):
        query = _links(shop).where(chain.c.n.in_(wanted[start : start + AT_ONCE]))
        near |= {row.n: Link(*row) for row in tx.execute(query)}
    for own in links:
        for n in (own.n, own.n + 1):
            one, before = near.get(n), near.get(n - 1)
            if one is None:
                continue  # nothing follows yet
            hashed = START if n == 1 else before.hash if before else None
            if hashed is None or joined(hashed, n, one.digest) != one.hash:
                yield own.order_id, Break("broken", n, one.order_id, one.seq)


def _told(tx: Connection, shop: str, order_ids: Sequence[int]) -> dict[int, int]:
    query = sa.select(orders.c.order_id, orders.c.seq).where(
        orders.c.shop == shop, orders.c.order_id.in_(order_ids)
    )
    return {int(row.order_id): int(row.seq) for row in tx.execute(query)}


def _too_few(
    told: Mapping[int, int], entries: Mapping[Place, Content]
) -> Iterator[tuple[int, Break]]:
    """Numbers follow on from 1, as far as the order's own row says."""
    most = dict(told)
    for order_id, seq in entries:
        most[order_id] = max(most.get(order_id, 0), seq)
    for order_id, last in most.items():
        for seq in range(1, last + 1):
            if (order_id, seq) not in entries:
                yield order_id, Break("gone", 0, order_id, seq)


# --- The whole chain ------------------------------------------------------------------------------


@dataclass
class Walk:
    """A walk along a shop's chain, from a link that was found good before."""

    shop: str
    n: int = 0
    hash: str = START
    looked: int = 0

    def go(self, tx: Connection, limit: int | None = None) -> Iterator[Break]:
        """Every break from here on, `limit` links at most; afterwards the walk stands further on.

        It goes on behind a break, so that one change is one break and not thousands.
        """
        query = _with_contents(self.shop, self.n, limit)
        with tx.execute(query.execution_options(yield_per=AT_ONCE)) as links:
            for row in links:
                one, content = _apart(row)
                if one.n != self.n + 1:
                    yield Break("gone", self.n + 1, 0, 0)
                elif joined(self.hash, one.n, one.digest) != one.hash:
                    yield Break("broken", one.n, one.order_id, one.seq)
                yield from against(self.shop, one, content)
                self.n, self.hash = one.n, one.hash
                self.looked += 1


def not_linked(tx: Connection, shop: str, limit: int = 20) -> list[Break]:
    """Entries nobody linked: they were put in past the app. Reads every entry of the shop."""
    mine = (chain.c.shop == events.c.shop) & (chain.c.order_id == events.c.order_id)
    there = sa.exists().where(mine, chain.c.seq == events.c.seq)
    query = sa.select(events.c.order_id, events.c.seq).where(events.c.shop == shop, ~there)
    found = tx.execute(query.limit(limit))
    return [Break("not_linked", 0, row.order_id, row.seq) for row in found]


def holds(tx: Connection, shop: str, n: int, noted: str) -> bool:
    """Is a link still there that was noted elsewhere?"""
    query = sa.select(chain.c.hash).where(chain.c.shop == shop, chain.c.n == n)
    return n == 0 or tx.execute(query).scalar_one_or_none() == noted


def against(shop: str, one: Link, content: Content | None) -> Iterator[Break]:
    """An entry against its link."""
    if content is None:
        yield Break("gone", one.n, one.order_id, one.seq)
        return
    names = tuple(name for name in one.erasable.split(",") if name)
    other = digest_of(shop, content, names, one.sealed) != one.digest
    if names and one.salt:
        other = other or seal(content.body, names, one.salt) != one.sealed
    if other:
        yield Break("changed", one.n, one.order_id, one.seq)
    elif names and not one.salt and any(content.body.get(name) for name in names):
        yield Break("not_erased", one.n, one.order_id, one.seq)


# --- Reading --------------------------------------------------------------------------------------

_LINK = (
    *(chain.c.n, chain.c.order_id, chain.c.seq, chain.c.digest, chain.c.hash),
    *(chain.c.erasable, chain.c.sealed, chain.c.salt),
)
_ENTRY = (events.c.at, events.c.by, events.c.kind, events.c.body, events.c.cause)
_DEED = (deeds.c.at, deeds.c.by, deeds.c.what, deeds.c.facts, deeds.c.about)


def _links(shop: str) -> sa.Select[Any]:
    return sa.select(*_LINK).where(chain.c.shop == shop)


def links_of(tx: Connection, shop: str, order_ids: Sequence[int]) -> list[Link]:
    """Some orders' links."""
    query = _links(shop).where(chain.c.order_id.in_(order_ids))
    return [Link(*row) for row in tx.execute(query)]


def entries_of(tx: Connection, shop: str, order_ids: Sequence[int]) -> list[Content]:
    """Some orders' entries, as they were linked."""
    query = sa.select(events.c.order_id, events.c.seq, *_ENTRY).where(
        events.c.shop == shop, events.c.order_id.in_(order_ids)
    )
    return [Content(*row) for row in tx.execute(query)]


def _with_contents(shop: str, after: int, limit: int | None) -> sa.Select[Any]:
    entry = (events.c.shop == chain.c.shop) & (events.c.order_id == chain.c.order_id)
    deed = (deeds.c.shop == chain.c.shop) & (deeds.c.n == chain.c.n) & (chain.c.order_id == 0)
    query = (
        sa.select(*_LINK, *_ENTRY, *(column.label(f"deed_{column.name}") for column in _DEED))
        .outerjoin(events, entry & (events.c.seq == chain.c.seq))
        .outerjoin(deeds, deed)
        .where(chain.c.shop == shop, chain.c.n > after)
        .order_by(chain.c.n)
    )
    return query.limit(limit) if limit is not None else query


def _apart(row: Any) -> tuple[Link, Content | None]:
    """The link, and what it stands for where that is still there."""
    one = Link(*row[: len(_LINK)])
    start = len(_LINK) + (0 if one.order_id else len(_ENTRY))
    found = row[start : start + len(_ENTRY)]
    if found[0] is None:
        return one, None
    return one, Content(one.order_id, one.seq, *found)
