"""What the auditor found: the promises one by one, and what does not hold, with where to look."""

from __future__ import annotations

from flask import Blueprint, g

from plugin.auditor import INVARIANTS
from plugin.pages.desk import Desk
from plugin.store import findings


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.get("/checks")
    def checks_page() -> str:
        with desk.db.read() as tx:
            mark = findings.mark_of(tx, g.shop.shop)
            open_ones = findings.open_ones(tx, g.shop.shop)
            past_ones = findings.past_ones(tx, g.shop.shop)
        broken = {one.invariant for one in open_ones}
        return desk.page(
            "checks.html",
            invariants=[(name, name not in broken) for name in INVARIANTS],
            mark=mark,
            open_ones=open_ones,
            past_ones=past_ones,
        )
