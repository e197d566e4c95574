"""The page of the ways out of the app, with a button to try each."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g

from clients.dsers.session import installed
from clients.shopify.channel import API_VERSION
from plugin.pages.connection_ways import TRIED, tried, ways, ways_out
from plugin.pages.desk import Desk
from plugin.scopes import lacking
from plugin.store import dsers, outages, tokens
from plugin.store.measures import remembered
from plugin.verbs import Verb
from plugin.versions import NAME, fallen_forward


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page and its buttons."""

    @pages.get("/connections")
    def connections_page() -> str:
        return show(desk)

    @pages.post("/connections/<way>")
    def try_connection(way: str) -> str:
        if way not in TRIED:
            abort(404)
        now = desk.clock.now()
        with desk.db.write() as tx:
            outages.try_now(tx, g.shop.shop, way, now)
        return show(desk, tried=tried(ways_out(desk), g.shop.shop, way, now))


def show(desk: Desk, **more: Any) -> str:
    """The page, with what just came of it."""
    with desk.db.read() as tx:
        found = ways(tx, g.shop.shop, desk.settings)
        kept = tokens.read(tx, g.shop.shop)
        silent = {one.service: one for one in outages.paused(tx, g.shop.shop)}
        version = fallen_forward(remembered(tx, NAME))
        access = dsers.read(tx, g.shop.shop)
    # A token whose scopes nobody told us is not warned about.
    without = lacking(kept.scope) if kept is not None and kept.scope else []
    return desk.page(
        "connections.html",
        ways=found,
        tried_ways=TRIED,
        without=without,
        silent=silent,
        version=version,
        asked_version=API_VERSION,
        verbs=[str(verb) for verb in Verb],
        dsers_problem=access.problem if access is not None else "",
        dsers_installed=installed(),
        **more,
    )
