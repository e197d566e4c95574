"""Who did what; and everything the shop has here, to take away."""

from __future__ import annotations

from flask import Blueprint, Response, g, request
from werkzeug.wrappers import Response as Answer

from plugin import sentences
from plugin.evidence.keep import Keep
from plugin.exporting import packed
from plugin.order import Order
from plugin.pages import readings
from plugin.pages.desk import Desk, language, zone
from plugin.pages.noting import concerns
from plugin.store import audit, deeds
from plugin.store.audit import Place
from plugin.timeline import Entry, event_from

A_PAGE = 50


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/audit")
    def audit_page() -> str:
        with desk.db.read() as tx:
            rows = audit.deeds(
                tx, g.shop.shop, A_PAGE + 1, Place.read(request.args.get("before", ""))
            )
            shop_deeds = deeds.of_shop(tx, g.shop.shop, A_PAGE, besides=deeds.NOT_PEOPLE)
            versions = audit.versions(tx, g.shop.shop, 20)
            shown = rows[:A_PAGE]
            orders = readings.folded(tx, g.shop.shop, {deed.order_id for deed in shown})
        concerns(deed.order_id for deed in shown if deed.order_id)
        last = shown[-1] if len(rows) > A_PAGE else None
        return desk.page(
            "audit.html",
            deeds=[(deed, line(deed, orders[deed.order_id])) for deed in shown],
            versions=versions,
            shop_deeds=shop_deeds,
            older=Place(last.at, last.order_id, last.seq).spell() if last else "",
        )

    @pages.get("/export")
    def export_page() -> str:
        return desk.page("export.html")

    @pages.post("/export")
    def export_all() -> Answer:
        with desk.act("exported"):
            pass  # what leaves is read from here on
        file = packed(desk.db, g.shop.shop, Keep(desk.settings.evidence_folder))
        answer = Response(file, mimetype="application/zip")
        name = f"postvendita-{desk.clock.now():%Y-%m-%d}.zip"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def line(deed: audit.Deed, order: Order) -> str:
    """An entry in the session's language."""
    entry = Entry(deed.seq, deed.at, deed.by, event_from(deed.kind, deed.body), "")
    return sentences.entry(entry, order, language=language(), zone=zone())
