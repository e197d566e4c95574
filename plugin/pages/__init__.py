"""The merchant's pages: server-rendered, in the shop's language, usable without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response

from plugin.clock import Clock
from plugin.installing import Installer
from plugin.pages import (
    accesses_page,
    analytics,
    analytics_rows,
    audit_page,
    authorisation,
    bulk,
    case_at,
    case_check,
    cases,
    checks_page,
    claims,
    connections_page,
    customer_link,
    dsers_page,
    evidence_page,
    history_page,
    home,
    hooks_page,
    inbox,
    inbox_export,
    keys_page,
    letters_page,
    login_page,
    measures_page,
    members_page,
    order_file,
    orders,
    parked,
    policy_page,
    policy_simulate,
    policy_versions,
    recovery,
    reporting,
    samples_page,
    sender_page,
    settings_page,
    suppliers_page,
    views,
)
from plugin.pages.access import login_link, sign_in
from plugin.pages.desk import Desk
from plugin.pages.embedded import Embedding
from plugin.pages.noting import note_accesses
from plugin.samples import Load
from plugin.settings import Settings
from plugin.store.database import Database

__all__ = ["create_pages", "login_link"]

PARTS = (
    home,
    *(inbox, inbox_export, bulk, views),
    *(cases, case_at, case_check, history_page, evidence_page, claims, order_file),
    *(orders, reporting, customer_link, measures_page),
    *(recovery, letters_page, parked),
    *(connections_page, dsers_page, sender_page),
    *(policy_page, policy_simulate, policy_versions),
    *(suppliers_page, analytics, analytics_rows),
    *(settings_page, members_page, keys_page, hooks_page),
    *(audit_page, accesses_page, checks_page),
)


def create_pages(
    db: Database,
    clock: Clock,
    settings: Settings,
    installer: Installer | None = None,
    load: Load | None = None,
) -> Iterable[Blueprint]:
    """Every page of the desk. All but the login need a session.

    With an `installer` the desk is also opened from inside a store's admin; with `load` a shop
    without cases is offered sample cases.
    """
    desk = Desk(db, clock, settings)
    pages = Blueprint(
        "desk",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/assets",
    )
    embedding = Embedding(settings, clock, installer) if installer is not None else None
    if embedding is not None:
        embedding.add_to(pages)
    if installer is not None and settings.shopify_key:
        authorisation.add_to(pages, desk, installer)
    sign_in(pages, desk, embedding)
    note_accesses(pages, db, clock, lambda: Response(desk.page("not_noted.html", 503), 503))
    samples_page.add_to(pages, desk, load)
    for part in (login_page, *PARTS):
        part.add_to(pages, desk)
    return [pages]
