"""Is history as it was written? Of one order, cheaply; of a shop's whole chain, from any place on.

One order costs its own entries and the links beside them, however long the chain is. What that
cannot see (a link far away was changed, the end was cut off) the whole chain shows, and a head
that was noted elsewhere: in a backup, in an export.
"""

from __future__ import annotations

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
    entries = {entry.seq: entry for entry in entries_of(tx, shop, order_id)}
    links = {one.seq: one for one in links_of(tx, shop, order_id)}
    breaks = [
        *_each(shop, entries, links),
        *_beside(tx, shop, list(links.values())),
        *_too_few(tx, shop, order_id, entries),
    ]
    last = max((one.n for one in links.values()), default=0)
    return Verdict(len(entries), last, tuple(sorted(set(breaks), key=lambda b: (b.seq, b.what))))


def _each(shop: str, entries: Mapping[int, Content], links: Mapping[int, Link]) -> Iterator[Break]:
    for seq in sorted({*entries, *links}):
        entry, one = entries.get(seq), links.get(seq)
        if one is None:
            assert entry is not None
            yield Break("not_linked", 0, entry.order_id, seq)
        else:
            yield from against(shop, one, entry)


def _beside(tx: Connection, shop: str, links: Sequence[Link]) -> Iterator[Break]:
    wanted = sorted({n for one in links for n in (one.n - 1, one.n, one.n + 1)})
    near: dict[int, Link] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        query = _links(shop).where(chain.c.n.in_(some))
        near |= {row.n: Link(**row._mapping) for row in tx.execute(query)}
    for n in wanted:
        one, before = near.get(n), START if n == 1 else getattr(near.get(n - 1), "hash", None)
        if one is None or (before is None and n - 1 not in wanted):
            continue  # nothing there, or the neighbour of a neighbour
        if before is None or joined(before, n, one.digest) != one.hash:
            yield Break("broken", n, one.order_id, one.seq)


def _too_few(
    tx: Connection, shop: str, order_id: int, entries: Mapping[int, Content]
) -> Iterator[Break]:
    """Numbers follow on from 1, as far as the order's own row says."""
    query = sa.select(orders.c.seq).where(orders.c.shop == shop, orders.c.order_id == order_id)
    told = int(tx.execute(query).scalar_one_or_none() or 0)
    for seq in range(1, max(told, max(entries, default=0)) + 1):
        if seq not in entries:
            yield Break("gone", 0, order_id, seq)


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
        for row in tx.execute(query.execution_options(yield_per=AT_ONCE)):
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


def links_of(tx: Connection, shop: str, order_id: int) -> list[Link]:
    query = _links(shop).where(chain.c.order_id == order_id)
    return [Link(**row._mapping) for row in tx.execute(query)]


def entries_of(tx: Connection, shop: str, order_id: int) -> list[Content]:
    query = sa.select(events.c.order_id, events.c.seq, *_ENTRY).where(
        events.c.shop == shop, events.c.order_id == order_id
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


def _apart(row: sa.Row[Any]) -> tuple[Link, Content | None]:
    """The link, and what it stands for where that is still there."""
    one = Link(*row[: len(_LINK)])
    start = len(_LINK) + (0 if one.order_id else len(_ENTRY))
    found = row[start : start + len(_ENTRY)]
    if found[0] is None:
        return one, None
    return one, Content(one.order_id, one.seq, *found)
