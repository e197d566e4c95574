"""The time machine: a case as it stood after any entry of its timeline, to be looked at only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, request
from sqlalchemy.engine import Connection

from plugin import sentences
from plugin import timeline as t
from plugin.pages.case_parcels import status_of
from plugin.pages.case_replay import beside
from plugin.pages.case_then import then
from plugin.pages.case_timeline import named
from plugin.pages.desk import Desk
from plugin.store import caselists, timelines
from plugin.store.shops import Shop


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/cases/<case_id>/at")
    def case_at(case_id: str) -> str:
        with desk.db.read() as tx:
            row, entries = _entries(tx, g.shop, case_id)
            seq = min(_wanted() or len(entries), len(entries))
            found = then(tx, g.shop, row, entries, seq)
        return desk.page(
            "case_at.html", case=found, sentences=sentences, named=named, status_of=status_of
        )

    @pages.get("/cases/<case_id>/replay")
    def case_replay(case_id: str) -> str:
        now = desk.clock.now()
        with desk.db.read() as tx:
            row, entries = _entries(tx, g.shop, case_id)
            found = beside(tx, g.shop, row, entries, now)
        return desk.page("case_replay.html", row=row, **vars(found))


def _entries(tx: Connection, shop: Shop, case_id: str) -> tuple[dict[str, Any], list[t.Entry]]:
    row = caselists.one(tx, shop.shop, case_id)
    if row is None:
        abort(404)
    return row, timelines.read(tx, shop.shop, row["order_id"])


def _wanted() -> int:
    """The entry that was asked for; 0: the last."""
    text = request.args.get("seq", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
