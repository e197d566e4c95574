"""The button that asks the store about a case's order now."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, url_for
from werkzeug.wrappers import Response as Answer

from plugin.pages import case_safety
from plugin.pages.desk import Desk


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the button."""

    @pages.post("/cases/<case_id>/check")
    def check_store(case_id: str) -> Answer:
        with desk.db.write() as tx:
            known = case_safety.ask_again(tx, g.shop.shop, case_id)
        if not known:
            abort(404)
        return redirect(url_for("desk.case", case_id=case_id, _anchor="safety"), 303)
