"""Lists with a name of the shop's own: kept from the filters that are set, and dropped again."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, g, redirect, url_for
from werkzeug.wrappers import Response as Answer

from plugin.pages import inbox, inbox_filters
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadField, BadForm, needed, words
from plugin.store import views

LONGEST_NAME = 100


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the buttons."""

    @pages.post("/views")
    def keep_view() -> Answer:
        try:
            query = _keep(desk)
        except BadForm as error:
            return inbox.show(desk, 422, bad=error.problems)
        return redirect(f"{url_for('desk.cases')}?{query}", 303)

    @pages.post("/views/<view_id>/drop")
    def drop_view(view_id: str) -> Answer:
        with desk.db.write() as tx:
            views.drop(tx, g.shop.shop, view_id[:36])
        return redirect(url_for("desk.cases"), 303)


def _keep(desk: Desk) -> str:
    """Only what an address of the inbox can say is kept. Raises BadForm."""
    name = needed("view_name", LONGEST_NAME + 1)
    if len(name) > LONGEST_NAME:
        raise BadField("view_name", say("inbox.name_fix"))
    asked = dict(parse_qsl(words("query", 2000)))
    wanted, _bad = inbox_filters.read(asked, g.shop)
    query = urlencode(inbox_filters.query(wanted))
    with desk.db.write() as tx:
        if not views.keep(tx, g.shop.shop, name, query, g.person, desk.clock.now()):
            raise BadField("view_name", say("inbox.too_many_views"))
    return query
