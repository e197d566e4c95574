"""The merchant's pages: server-rendered, in the shop's language, usable without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint

from plugin.clock import Clock
from plugin.pages import (
    analytics,
    cases,
    claims,
    customer_link,
    evidence_page,
    home,
    letters_page,
    measures_page,
    order_file,
    orders,
    parked,
    policy_page,
    recovery,
    reporting,
    settings_page,
    suppliers_page,
)
from plugin.pages.access import login_link, sign_in
from plugin.pages.desk import Desk
from plugin.settings import Settings
from plugin.store.database import Database

__all__ = ["create_pages", "login_link"]

PARTS = (
    home,
    *(cases, evidence_page, claims, order_file),
    *(orders, reporting, customer_link, measures_page),
    *(recovery, letters_page, policy_page, parked),
    *(suppliers_page, analytics, settings_page),
)


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
    for part in PARTS:
        part.add_to(pages, desk)
    return [pages]
