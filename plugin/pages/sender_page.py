"""Whom letters to customers are from, and a test letter to the merchant himself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from clients.email.smtp import Message
from plugin import sentences
from plugin.casework import mark_for
from plugin.pages.connections_page import MAIL, SETTINGS, Tried, answer, ways_out
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadForm, words
from plugin.pages.members_page import address
from plugin.pages.texts import text
from plugin.setup_guide import DONE
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
        found = _tried(desk)
        if found.word == "ok":
            with desk.db.write() as tx:
                shops.change(tx, g.shop.shop, setup={**(g.shop.setup or {}), "sender": DONE})
        return Response(_show(desk, tried=found), 200)


def _tried(desk: Desk) -> Tried:
    connections = ways_out(desk)
    postbox = connections.postbox()
    if postbox is None:
        return Tried(MAIL, "unset")
    letter = _letter(desk, connections.sender(g.shop.shop))
    return answer(MAIL, lambda: postbox.send(letter))


def _letter(desk: Desk, sender: str) -> Message:
    tongue, now = sentences.spoken(g.shop.language), desk.clock.now()
    store = g.shop.name or g.shop.shop
    return Message(
        message_id=f"<{mark_for(g.shop.shop, 0, f'test:{now.isoformat()}', 1)}@postvendita>",
        sender=sender,
        to=g.shop.email,
        subject=" ".join(text("sender.letter.subject", tongue, store=store).split()),
        text=text("sender.letter", tongue, store=store) + "\n",
        language=tongue,
        sent_at=now,
    )


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
