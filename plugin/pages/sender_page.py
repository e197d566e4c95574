"""Whom letters to customers are from, and a test letter to the merchant himself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin.pages.connection_ways import MAIL, SETTINGS, ways_out
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadForm, words
from plugin.pages.members_page import address
from plugin.pages.sender_letter import try_out
from plugin.store import shops


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.get("/sender")
    def sender_page() -> str:
        return _show(desk)

    @pages.post("/sender")
    def keep_sender() -> Answer:
        try:
            sender = address("sender") if words("sender") else ""
        except BadForm as error:
            return Response(_show(desk, bad=error.problems), 422)
        with desk.act("sender_changed") as tx:
            shops.change(tx, g.shop.shop, sender=sender)
        return redirect(url_for("desk.sender_page", kept="yes"), 303)

    @pages.post("/sender/test")
    def try_sender() -> Answer:
        if not g.shop.email:
            return Response(_show(desk, bad={"email": say("sender.no_email")}), 422)
        found = try_out(desk.db, ways_out(desk), g.shop, desk.clock.now())
        return Response(_show(desk, tried=found), 200)


def _show(desk: Desk, **more: Any) -> str:
    return desk.page(
        "sender.html",
        ours=desk.settings.mail_from,
        has_mail=bool(desk.settings.mail_url),
        settings=SETTINGS[MAIL],
        kept=request.args.get("kept", ""),
        form=request.form,
        **more,
    )
