"""An order's history as a file that anybody can check: a line of JSON per entry, with its link.

Each line holds what the link was reckoned from, so the file proves itself; the head in its first
line is what the shop's whole chain came to when the file was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import chain, chain_check
from plugin.store.chain import Content, Link
from plugin.store.chain_check import Break
from plugin.store.tables import chain as links


def lines(tx: Connection, shop: str, order_id: int, now: datetime) -> Iterator[str]:
    """The file, line by line."""
    n, noted = chain.head(tx, shop)
    head = {"n": n, "hash": noted}
    yield _line({"shop": shop, "order_id": order_id, "made_at": now.isoformat(), "head": head})
    for one, content, before in _linked(tx, shop, order_id):
        said = {**content.__dict__, "at": content.at.isoformat()}
        yield _line({**said, **one.__dict__, "before": before})


def hashes(tx: Connection, shop: str, order_id: int) -> str:
    """The same without a word of what was said: what may go to others, to be compared one day."""
    n, noted = chain.head(tx, shop)
    rows = [
        f"{one.n} {one.seq} {content.at.isoformat()} {content.kind} {one.digest} {one.hash}"
        for one, content, _ in _linked(tx, shop, order_id)
    ]
    return "\n".join(["# link entry time kind digest hash", *rows, f"# head {n} {noted}", ""])


def check(told: Iterable[str]) -> list[Break]:
    """What does not hold in such a file. Raises ValueError for anything else."""
    try:
        head, *rows = [json.loads(line) for line in told if line.strip()]
        shop = str(head["shop"])
        return [found for row in rows for found in _check(shop, row)]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("not a history file") from error


def _check(shop: str, row: dict[str, Any]) -> Iterator[Break]:
    names = ("n", "order_id", "seq", "digest", "hash", "erasable", "sealed", "salt")
    one = Link(**{name: row[name] for name in names})
    at = datetime.fromisoformat(row["at"])
    said = (row["by"], row["kind"], row["body"], row["cause"])
    yield from chain_check.against(shop, one, Content(one.order_id, one.seq, at, *said))
    if chain.joined(row["before"], one.n, one.digest) != one.hash:
        yield Break("broken", one.n, one.order_id, one.seq)


def _linked(tx: Connection, shop: str, order_id: int) -> Iterator[tuple[Link, Content, str]]:
    entries = {entry.seq: entry for entry in chain_check.entries_of(tx, shop, [order_id])}
    found = sorted(chain_check.links_of(tx, shop, [order_id]), key=lambda one: one.seq)
    before = _before(tx, shop, [one.n - 1 for one in found])
    for one in found:
        if one.seq in entries:
            yield one, entries[one.seq], before.get(one.n - 1, chain.START)


def _before(tx: Connection, shop: str, wanted: list[int]) -> dict[int, str]:
    query = sa.select(links.c.n, links.c.hash).where(links.c.shop == shop, links.c.n.in_(wanted))
    return {int(row.n): str(row.hash) for row in tx.execute(query)}


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n"
