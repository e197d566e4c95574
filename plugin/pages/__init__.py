"""The merchant's pages: server-rendered, in the shop's language, usable without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint

from plugin.clock import Clock
from plugin.pages import cases, claims, letters_page, orders, parked, policy_page, recovery
from plugin.pages.access import login_link, sign_in
from plugin.pages.desk import Desk
from plugin.settings import Settings
from plugin.store.database import Database

__all__ = ["create_pages", "login_link"]


def create_pages(db: Database, clock: Clock, settings: Settings) -> Iterable[Blueprint]:
    """Every page of the desk. All but the login need a session."""
    desk = Desk(db, clock, settings)
    pages = Blueprint(
        "desk",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/assets",
    )
    sign_in(pages, desk)
    for part in (cases, claims, orders, recovery, letters_page, parked, policy_page):
        part.add_to(pages, desk)
    return [pages]
