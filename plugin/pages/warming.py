"""What a process gets ready before it answers, so that nobody's first page pays for it.

Compiling the templates, reading the languages' ways to write a date and an amount, and working out
the years of China's calendar take half a second together, once per process. The rest a page needs
only once, such as the text of its queries, is made by rehearsing the pages people open first.
"""

from __future__ import annotations

import gc
from datetime import datetime, timedelta

import structlog
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_currency
from flask import Flask, g, request

from plugin import business_days, sentences
from plugin.pages.desk import DATES
from plugin.store import listing, shops
from plugin.store.database import Database
from plugin.store.narrowing import Wanted
from plugin.store.shops import Shop
from plugin.words.speech import LOCALES

YEARS = (-1, 0, 1)
"""Those a clock of a case that is open now can run into."""

FIRST_OPENED = (
    *("/", "/cases", "/cases?status=closed", "/cases?waits=supplier"),
    *("/cases?q=mar", "/cases?q=mar+1"),
    *("/recovery", "/policy", "/suppliers", "/analytics", "/settings", "/audit"),
    *("/analytics/rows?of=alone", "/analytics/rows?of=answers"),
)
"""All of them only read. An order's page makes the customer's link when it is first shown."""

log = structlog.get_logger()


def warm(app: Flask, now: datetime) -> None:
    """Do it, once, before listening."""
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
    for language, locale in LOCALES.items():
        format_datetime(now, DATES[language], locale=locale)
        format_timedelta(timedelta(days=1), add_direction=True, locale=locale)
        format_currency(1, "USD", locale=locale)
    for years in YEARS:
        day = now.date().replace(month=6, day=15, year=now.year + years)
        business_days.is_working_day(day)
    # What was imported and built stays for good: the collector need not look through it again.
    gc.collect()
    gc.freeze()


def rehearse(app: Flask, db: Database, now: datetime) -> None:
    """Make the pages people open first, of one installed shop, and throw them away.

    Nobody is signed in for it and nobody sees anything, so no access is written down: the views
    are called behind the doors, not through them. A page that fails then will fail again when it
    is asked for, and say so there; the start does not wait for it.
    """
    with db.read() as tx:
        shop = shops.any_installed(tx)
        worst = listing.listed(tx, shop.shop, Wanted(), now, limit=1) if shop else []
    if shop is None:
        return
    for row in worst:
        _make(app, shop, f"/cases/{row['case_id']}")
    for path in FIRST_OPENED:
        _make(app, shop, path)


def _make(app: Flask, shop: Shop, path: str) -> None:
    with app.test_request_context(path):
        g.shop, g.person, g.role, g.samples = shop, "", "owner", None
        g.language = sentences.spoken(shop.language)
        try:
            app.view_functions[request.endpoint or ""](**(request.view_args or {}))
        except Exception as error:
            log.warning("a page could not be rehearsed", error=type(error).__name__, path=path)
