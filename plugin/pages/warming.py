"""What a process gets ready before it answers, so that nobody's first page pays for it.

Compiling the templates, reading the languages' ways to write a date and an amount, and working out
the years of China's calendar take half a second together, once per process.
"""

from __future__ import annotations

import gc
from datetime import datetime, timedelta

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_currency
from flask import Flask

from plugin import business_days
from plugin.pages.desk import DATES, LOCALES

YEARS = (-1, 0, 1)
"""Those a clock of a case that is open now can run into."""


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
