"""A case's history to take away: with what was said, and with the links that prove it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g
from werkzeug.wrappers import Response as Answer

from plugin import history_file
from plugin.pages.desk import Desk
from plugin.store import caselists


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the file."""

    @pages.get("/cases/<case_id>/history.jsonl")
    def case_history(case_id: str) -> Answer:
        with desk.db.read() as tx:
            row = caselists.one(tx, g.shop.shop, case_id)
            if row is None:
                abort(404)
            now = desk.clock.now()
            told = "".join(history_file.lines(tx, g.shop.shop, int(row["order_id"]), now))
        name = "".join(c for c in row["number"] if c.isascii() and (c.isalnum() or c == "-"))
        answer = Response(told, 200, content_type="application/x-ndjson; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="history-{name}.jsonl"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
