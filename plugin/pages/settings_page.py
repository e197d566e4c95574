"""Settings: the way to each of them, what the shop is called, and how long data is kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadForm, Fields, choice, needed, whole, words
from plugin.pages.members_page import address
from plugin.pages.roles import NEEDS, may
from plugin.pages.texts import LANGUAGES
from plugin.shop_settings import LEAST_DAYS, MOST_DAYS, erases, zones
from plugin.store import shops

TILES: tuple[tuple[str, str], ...] = (
    ("desk.connections_page", "connections"),
    ("desk.sender_page", "sender"),
    ("desk.members_page", "members"),
    ("desk.letters_page", "letters"),
    ("desk.measures_page", "measures"),
    ("desk.policy_page", "settings.caps"),
    ("desk.parked", "nav.parked"),
    ("desk.keys_page", "settings.keys"),
    ("desk.hooks_page", "settings.hooks"),
    ("desk.audit_page", "settings.audit"),
    ("desk.checks_page", "checks"),
    ("desk.accesses_page", "accesses"),
    ("desk.export_page", "settings.export"),
)
"""(endpoint, text); a page that is not there, or that the person may not see, has no tile."""
CONTACT = "email"


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page and its forms."""

    @pages.get("/settings")
    def settings() -> str:
        return show(desk)

    @pages.post("/settings/basics")
    def keep_basics() -> Answer:
        return _kept(desk, _basics, "settings_changed")

    @pages.post("/settings/retention")
    def keep_retention() -> Answer:
        return _kept(desk, _retention, "retention_changed")


def show(desk: Desk, **more: Any) -> str:
    """The page; `form` is what was typed, where it was refused."""
    return desk.page(
        "settings.html",
        tiles=[tile for tile in TILES if _leads_somewhere(tile[0])],
        zones=zones(),
        languages=LANGUAGES,
        least=LEAST_DAYS,
        most=MOST_DAYS,
        kept=request.args.get("kept", ""),
        form=request.form,
        **more,
    )


def _leads_somewhere(endpoint: str) -> bool:
    needed_right = NEEDS.get(endpoint)
    there = endpoint in current_app.view_functions
    return there and needed_right is not None and may(g.role, needed_right)


def _kept(desk: Desk, read: Any, what: str) -> Answer:
    try:
        values = read()
    except BadForm as error:
        return Response(show(desk, bad=error.problems), 422)
    with desk.act(what, str(values.get("keep_days") or "")) as tx:
        shops.change(tx, g.shop.shop, **values)
    return redirect(url_for("desk.settings", kept="yes"), 303)


def _basics() -> dict[str, Any]:
    fields = Fields()
    found = {
        "name": fields.take(lambda: needed("shop_name", 200), ""),
        "zone": fields.take(lambda: choice("zone", zones()), ""),
        "language": fields.take(lambda: choice("tongue", LANGUAGES), ""),
        "email": fields.take(lambda: address(CONTACT) if words(CONTACT) else "", ""),
    }
    fields.check()
    return found


def _retention() -> dict[str, Any]:
    """Fewer days than before erase something for good: that has to be said twice."""
    days = whole("keep_days", LEAST_DAYS, MOST_DAYS) if words("keep_days") else None
    if erases(g.shop, days) and request.form.get("sure") != "yes":
        raise BadForm({"sure": say("settings.sure_fix")})
    return {"keep_days": days}
