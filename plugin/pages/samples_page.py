"""Sample cases: loaded, looked at, left and removed, each by one click."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, url_for
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response as Answer

from plugin import samples
from plugin.pages.desk import Desk
from plugin.samples import Load
from plugin.store import shops
from plugin.store.shops import Shop


def add_to(pages: Blueprint, desk: Desk, load: Load | None) -> None:
    """Add the buttons. Without a way to make them, sample cases are not offered."""

    @pages.post("/samples/load")
    def load_samples() -> Answer:
        if load is None:
            abort(404)
        load(desk.db, g.shop, desk.clock.now())
        return _look(desk, at_samples=True)

    @pages.post("/samples/open")
    def open_samples() -> Answer:
        return _look(desk, at_samples=True)

    @pages.post("/samples/leave")
    def leave_samples() -> Answer:
        return _look(desk, at_samples=False)

    @pages.post("/samples/remove")
    def remove_samples() -> Answer:
        with desk.db.write() as tx:
            shops.lock(tx, g.shop.shop)
            samples.remove(tx, _again(tx))
        return redirect(url_for("desk.home"), 303)

    @pages.context_processor
    def about_samples() -> dict[str, Any]:
        shop = g.get("shop")
        return {
            "offers_samples": load is not None,
            "has_samples": shop is not None and samples.loaded(shop),
        }


def _look(desk: Desk, *, at_samples: bool) -> Answer:
    """Nothing changes for anybody else; without sample cases nothing changes at all."""
    with desk.db.write() as tx:
        shops.lock(tx, g.shop.shop)
        if samples.of_shop(tx, g.shop.shop) is not None:
            samples.look(tx, _again(tx), g.person, at_samples=at_samples)
    return redirect(url_for("desk.home"), 303)


def _again(tx: Connection) -> Shop:
    """The shop as it is now that nobody else can change it."""
    found = shops.find(tx, g.shop.shop)
    assert found is not None
    return found
