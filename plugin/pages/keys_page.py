"""Keys to the JSON API: made, shown once, revoked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin.pages.desk import Desk
from plugin.pages.forms import BadForm, choice, needed
from plugin.pages.roles import SCOPES
from plugin.store import api_keys


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.get("/keys")
    def keys_page() -> str:
        return _show(desk)

    @pages.post("/keys")
    def make_key() -> Answer:
        try:
            name, scope = needed("name", 100), choice("scope", SCOPES)
        except BadForm as error:
            return Response(_show(desk, bad=error.problems), 422)
        with desk.act("key_made", name, scope=scope) as tx:
            key = api_keys.make(tx, g.shop.shop, name, scope, desk.clock.now(), by=g.person)
        answer = Response(_show(desk, fresh=key))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @pages.post("/keys/revoke")
    def revoke_key() -> Answer:
        with desk.act("key_revoked", request.form.get("key_id", "")) as tx:
            key_id = request.form.get("key_id", "")[:36].replace("\0", "")
            if not api_keys.revoke(tx, g.shop.shop, key_id, desk.clock.now()):
                abort(404)
        return redirect(url_for("desk.keys_page"), 303)


def _show(desk: Desk, **more: Any) -> str:
    with desk.db.read() as tx:
        keys = api_keys.of_shop(tx, g.shop.shop)
    return desk.page("keys.html", keys=keys, scopes=tuple(SCOPES), form=request.form, **more)
