"""Connecting DSers: sent there to say yes, and back with a code. Nothing is pasted."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from clients.errors import RemoteError
from plugin.pages.connection_ways import DSERS, answer, ways_out
from plugin.pages.connections_page import show
from plugin.pages.desk import Desk

LONGEST = 2000


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the way there, the way back, and the way out."""

    @pages.post("/connections/dsers/connect")
    def connect_dsers() -> str:
        # The page again, with the address to go to: a form may not lead to another host.
        keeper = ways_out(desk).dsers
        try:
            go = keeper.begin(g.shop.shop, desk.settings.base_url)
        except RemoteError as error:
            return show(desk, tried=answer(DSERS, _raising(error)))
        return show(desk, dsers_go=go)

    @pages.get("/connections/dsers/back")
    def dsers_back() -> Answer | str:
        # Only for who is signed in to the shop that asked: nobody else's yes ends up here.
        state, code = (request.args.get(name, "")[:LONGEST] for name in ("state", "code"))
        try:
            ways_out(desk).dsers.finish(g.shop.shop, desk.settings.base_url, state, code)
            with desk.act("dsers_connected"):
                pass  # the token is kept in a transaction of its own
        except RemoteError as error:
            return show(desk, tried=answer(DSERS, _raising(error)))
        return redirect(url_for("desk.connections_page", _anchor=DSERS), 303)

    @pages.post("/connections/dsers/forget")
    def forget_dsers() -> Answer:
        with desk.act("dsers_forgotten"):
            pass  # forgotten in a transaction of its own
        ways_out(desk).dsers.forget(g.shop.shop)
        return redirect(url_for("desk.connections_page", _anchor=DSERS), 303)


def _raising(error: RemoteError) -> Callable[[], object]:
    def again() -> object:
        raise error

    return again
