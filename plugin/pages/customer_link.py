"""The customer's link to an order: shown to be passed on, and revoked."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import customer_links
from plugin.pages.desk import ORDER, Desk
from plugin.store import caselists, links, timelines


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the button."""

    @pages.post(f"{ORDER}/revoke")
    def revoke(order_id: int) -> Answer:
        case_id = request.form.get("case_id", "")
        with desk.act("link_revoked", str(order_id)) as tx:
            if not timelines.name_of(tx, g.shop.shop, order_id):
                abort(404)
            links.revoke(tx, g.shop.shop, order_id, desk.clock.now())
            row = caselists.one(tx, g.shop.shop, case_id) if "\0" not in case_id else None
        if row is not None and row["order_id"] == order_id:
            return redirect(url_for("desk.case", case_id=case_id), 303)
        return redirect(url_for("desk.order", order_id=order_id), 303)


def link_to(desk: Desk, order_id: int) -> str:
    """The whole address of the customer's page for an order of this shop."""
    with desk.db.write() as tx:
        return customer_links.link_to(tx, desk.settings, g.shop.shop, order_id, desk.clock.now())
