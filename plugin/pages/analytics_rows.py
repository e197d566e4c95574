"""The rows behind a figure of analytics that counts steps or answers."""

from __future__ import annotations

from flask import Blueprint, abort, g, request

from plugin.pages import analytics, audit_page, readings
from plugin.pages.desk import Desk
from plugin.pages.noting import concerns
from plugin.store import behind
from plugin.store.audit import Place
from plugin.store.behind import Behind
from plugin.store.periods import A_DAY

A_PAGE = 50
BESIDE = {
    Behind.ALONE: Behind.PERSON,
    Behind.PERSON: Behind.ALONE,
    Behind.KEPT: Behind.LATE,
    Behind.LATE: Behind.KEPT,
    Behind.LETTERS: Behind.ANSWERS,
    Behind.ANSWERS: Behind.LETTERS,
}
"""What a figure is set against."""


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.get("/analytics/rows")
    def analytics_rows() -> str:
        name = request.args.get("of", "")
        if name not in set(Behind):
            abort(404)
        of, shop = Behind(name), g.shop.shop
        period, _bad = analytics.asked(desk.clock.now())
        before = Place.read(request.args.get("before", ""))
        with desk.db.read() as tx:
            rows, older = behind.rows(tx, shop, of, period, A_PAGE, before)
            orders = readings.folded(tx, shop, {row.order_id for row in rows})
        concerns(row.order_id for row in rows)
        return desk.page(
            "behind.html",
            of=of,
            beside=BESIDE[of],
            rows=[(row, audit_page.line(row, orders[row.order_id])) for row in rows],
            period=period,
            last=period.until - A_DAY,
            days=analytics.days_of(period),
            older=older.spell() if older else "",
        )
