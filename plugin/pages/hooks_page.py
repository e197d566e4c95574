"""Webhooks out: who is told of what, and what was said lately."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import hooking
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadField, BadForm, needed
from plugin.store import hooks
from plugin.telling import TOPICS


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.get("/hooks")
    def hooks_page() -> str:
        return _show(desk)

    @pages.post("/hooks")
    def keep_hook() -> Answer:
        try:
            url, topics = _url(desk), _topics()
        except BadForm as error:
            return Response(_show(desk, bad=error.problems), 422)
        with desk.act("hook_added", url) as tx:
            now = desk.clock.now()
            _, secret = hooking.add(tx, desk.settings, g.shop.shop, url, topics, now, by=g.person)
        answer = Response(_show(desk, fresh=secret))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @pages.post("/hooks/remove")
    def remove_hook() -> Answer:
        with desk.act("hook_removed", request.form.get("hook_id", "")) as tx:
            found = hooks.find(tx, g.shop.shop, request.form.get("hook_id", ""))
            if found is None:
                abort(404)
            hooks.remove(tx, g.shop.shop, found.hook_id, desk.clock.now())
        return redirect(url_for("desk.hooks_page"), 303)

    @pages.post("/hooks/again")
    def tell_again() -> Answer:
        text = request.form.get("id", "")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
        with desk.act("told_again", text) as tx:
            if not hooks.again(tx, g.shop.shop, number, desk.clock.now()):
                abort(404)
        return redirect(url_for("desk.hooks_page"), 303)


def _url(desk: Desk) -> str:
    url = needed("url", 2000)
    if not hooking.may_be_told(desk.settings, url):
        raise BadField("url", say("hooks.url_fix"))
    return url


def _topics() -> list[str]:
    found = [topic for topic in TOPICS if topic in request.form.getlist("topic")]
    if not found:
        raise BadField("topic", say("choose"))
    return found


def _show(desk: Desk, **more: Any) -> str:
    with desk.db.read() as tx:
        found = {
            "hooks": hooks.of_shop(tx, g.shop.shop),
            "log": hooks.log(tx, g.shop.shop),
        }
    return desk.page("hooks.html", topics=TOPICS, form=request.form, **{**found, **more})
