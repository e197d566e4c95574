"""What went out to customers and what suppliers owe: every figure is the sum of entries shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, g, request

from plugin.pages.desk import Desk
from plugin.pages.recovery_rows import Entry, asked_back, refunds

A_PAGE = 100


@dataclass(frozen=True)
class Shown:
    """The newest of some entries one by one, and the sum of all the others."""

    entries: Sequence[Entry]
    rest: int
    """How many are not shown."""
    rest_sums: dict[str, int]


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.get("/recovery")
    def recovery() -> str:
        now = desk.clock.now()
        most = None if request.args.get("all") == "yes" else A_PAGE
        with desk.db.read() as tx:
            rows = asked_back(tx, g.shop.shop)
            out = refunds(tx, g.shop.shop)
        return desk.page(
            "recovery.html",
            rows=rows,
            bands={row.purchase: row.band(now) for row in rows},
            out=shown(out, most),
            figures={
                "out": sums(out),
                "back": sums(row.received for row in rows),
                "owed": sums(row.owed for row in rows),
            },
        )


def sums(entries: Iterable[Entry | None]) -> dict[str, int]:
    """Minor units by currency."""
    found: Counter[str] = Counter()
    for entry in entries:
        if entry is not None:
            found[entry.currency] += entry.minor
    return dict(found)


def shown(entries: Sequence[Entry], most: int | None) -> Shown:
    """What the page shows of them: nothing of a figure is left out, however many there are."""
    rest = entries[most:] if most is not None else []
    return Shown(entries[:most], len(rest), sums(rest))
