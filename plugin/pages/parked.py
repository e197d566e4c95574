"""Deliveries that were signed but could not be read: kept, and waiting for a person."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, url_for
from werkzeug.wrappers import Response as Answer

from plugin.pages.desk import Desk
from plugin.store import inbox


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/parked")
    def parked() -> str:
        with desk.db.read() as tx:
            rows = inbox.listed(tx, g.shop.shop, inbox.PARKED)
        return desk.page("parked.html", rows=rows)

    @pages.post(f"/parked/<int(max={2**63 - 1}):inbox_id>")
    def reopen(inbox_id: int) -> Answer:
        with desk.act("delivery_tried_again", str(inbox_id)) as tx:
            if not inbox.reopen(tx, g.shop.shop, inbox_id, desk.clock.now()):
                abort(404)
        return redirect(url_for("desk.parked"), 303)
