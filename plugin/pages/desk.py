"""What every page needs: the database, the time, the words, and the frame around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_currency
from flask import g, has_request_context, render_template

from plugin.clock import Clock
from plugin.money import Money
from plugin.pages.texts import text
from plugin.settings import Settings
from plugin.store import shops, ticks
from plugin.store.database import Database
from plugin.store.shops import Shop

QUIET_TOO_LONG = timedelta(minutes=5)
LOCALES = {"en": "en", "it": "it", "zh": "zh_Hans"}
CHINA = "Asia/Shanghai"


@dataclass(frozen=True)
class Desk:
    """The desk's hands."""

    db: Database
    clock: Clock
    settings: Settings

    def shop(self, name: str) -> Shop | None:
        """An installed shop."""
        with self.db.read() as tx:
            found = shops.find(tx, name)
        return found if found is not None and found.state != shops.UNINSTALLED else None

    def page(self, template: str, status: int = 200, **words: Any) -> str:
        """A whole page, in the session's language."""
        now = self.clock.now()
        return render_template(
            template,
            t=say,
            money=money,
            when=when,
            ago=lambda moment: since(moment, now),
            beijing=beijing,
            now=now,
            status=status,
            shop=g.get("shop"),
            language=language(),
            tick=self.tick(now) if g.get("shop") else None,
            sandbox=self.settings.sandbox_url,
            **words,
        )

    def tick(self, now: datetime) -> dict[str, Any]:
        """Is the clock running, and what was missed while it was not."""
        with self.db.read() as tx:
            last = ticks.last_run(tx, "clocks")
        if last is None:
            return {"running": False, "last": None, "missed": 0}
        return {"running": now - last["at"] < QUIET_TOO_LONG, "last": last["at"], **last}


def language() -> str:
    """The session's language; English where there is no session."""
    return str(g.get("language", "en")) if has_request_context() else "en"


def zone() -> str:
    """The shop's zone."""
    found = g.get("shop")
    return str(found.zone) if found else "UTC"


def say(name: str, **values: Any) -> str:
    """A text of the pages."""
    return text(name, language(), **values)


def money(minor: int, currency: str) -> str:
    """An amount as people of the language write it."""
    if not currency:
        return ""
    amount = Money(minor, currency).decimal()
    return str(format_currency(amount, currency, locale=LOCALES[language()]))


def when(moment: datetime | None, name: str = "") -> str:
    """A moment in the shop's zone."""
    if moment is None:
        return ""
    there = ZoneInfo(name or zone())
    return str(format_datetime(moment, "d MMM y, HH:mm", tzinfo=there, locale=LOCALES[language()]))


def beijing(moment: datetime | None) -> str:
    """The same moment in China."""
    return f"{say('beijing')} {when(moment, CHINA)}" if moment else ""


def since(moment: datetime | None, now: datetime) -> str:
    """How long ago, or in how long."""
    if moment is None:
        return ""
    found = format_timedelta(moment - now, add_direction=True, locale=LOCALES[language()])
    return str(found)
