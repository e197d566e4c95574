"""What every page needs: the database, the time, the words, and the frame around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency
from flask import g, has_request_context, render_template, request, session, url_for
from sqlalchemy.engine import Connection

from plugin import deadlines, sentences
from plugin.clock import Clock
from plugin.money import Money
from plugin.pages.roles import Right, may
from plugin.pages.sections import SECTIONS, section_of
from plugin.pages.texts import known, text
from plugin.settings import Settings
from plugin.store import deeds, notices, outages, shops, ticks
from plugin.store.database import Database
from plugin.store.home_figures import COUNTED_TO
from plugin.store.notices import Notices
from plugin.store.shops import Shop
from plugin.words.speech import LOCALES, upper_first

QUIET_TOO_LONG = timedelta(minutes=5)
TURNED_AT_ONCE = timedelta(hours=12)
"""A sandbox's clock is turned by hours, and only then ticks."""
TOLD_FOR = timedelta(days=1)
"""How long an outage is still spoken of on every page."""
FILTERS = (
    *("status", "due", "risk", "page", "all", "key", "order"),
    *("q", "waits", "problem", "supplier", "country", "least", "most", "age", "assignee"),
    *("leg", "opened_from", "opened_to", "name", "show"),
    *("of", "from", "to", "days", "compare", "person", "what"),
    *("after", "before", "kind", "seq"),
)
"""What an address may say beside its path; anything else in it is not passed on."""
STANDS_ON: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "desk.choose_levels": ("desk.home", ()),
    "desk.make_key": ("desk.keys_page", ()),
    "desk.keep_hook": ("desk.hooks_page", ()),
    "desk.keep_basics": ("desk.settings", ()),
    "desk.keep_retention": ("desk.settings", ()),
    "desk.try_connection": ("desk.connections_page", ()),
    "desk.connect_dsers": ("desk.connections_page", ()),
    "desk.forget_dsers": ("desk.connections_page", ()),
    "desk.keep_sender": ("desk.sender_page", ()),
    "desk.try_sender": ("desk.sender_page", ()),
    "desk.keep_supplier": ("desk.suppliers_list", ()),
    "desk.keep_member": ("desk.members_page", ()),
    "desk.remove_member": ("desk.members_page", ()),
    "desk.ask_login": ("desk.login_page", ()),
    "desk.enter": ("desk.enter_page", ("token",)),
    "desk.click": ("desk.case", ("case_id",)),
    "desk.check_store": ("desk.case", ("case_id",)),
    "desk.purchase": ("desk.order", ("order_id",)),
    "desk.no_stock": ("desk.order", ("order_id",)),
    "desk.publish": ("desk.policy_page", ()),
    "desk.simulate": ("desk.policy_page", ()),
    "desk.restore_policy": ("desk.policy_versions", ()),
    "desk.reopen": ("desk.parked", ()),
    "desk.report": ("desk.order", ("order_id",)),
    "desk.parcel": ("desk.order", ("order_id",)),
    "desk.upload": ("desk.case", ("case_id",)),
    "desk.make_order_file": ("desk.case", ("case_id",)),
    "desk.keep_letter": ("desk.letter_page", ("letter", "tongue")),
    "desk.keep_measures": ("desk.measures_page", ()),
}
"""The page a form stands on, by the address it is sent to."""
ORDER = f"/orders/<int(max={2**63 - 1}):order_id>"
"""Where an order's pages are; no database holds a larger number."""
DATES = {"en": "d MMM y, HH:mm", "it": "d MMM y, HH:mm", "zh": "y年M月d日 HH:mm"}
DAYS = {"en": "EEE d MMM y", "it": "EEE d MMM y", "zh": "y年M月d日 EEE"}
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

    @contextmanager
    def act(self, what: str, about: str = "", **facts: str | int) -> Iterator[Connection]:
        """A transaction in which a person does something to the shop as a whole.

        It joins the shop's history: `what` in the past tense, `about` naming the thing.
        """
        with self.db.write() as tx:
            yield tx
            now = self.clock.now()
            deeds.add(tx, g.shop.shop, now, by=g.person, what=what, about=about, facts=facts)

    def page(self, template: str, status: int = 200, **words: Any) -> str:
        """A whole page, in the session's language."""
        now = self.clock.now()
        words = {"bad": {}, **self._standing(now), **words}
        return render_template(
            template,
            t=say,
            counted=counted,
            label=label,
            money=money,
            when=when,
            on=on,
            ago=lambda moment: since(moment, now),
            hour=lambda moment: hour(moment, now),
            beijing=beijing,
            now=now,
            sections=SECTIONS,
            section=section_of(request.endpoint or ""),
            status=status,
            can=lambda right: may(g.get("role", ""), Right(right)),
            embedded=g.get("embedded"),
            signed_in=bool(g.get("shop") and session.get("shop") and not g.get("embedded")),
            address=_address,
            shop=g.get("shop"),
            language=language(),
            sandbox=self.settings.sandbox_url,
            samples=g.get("samples"),
            may_remove_samples=g.get("may_remove_samples", False),
            **words,
        )

    def reopen_at(self) -> str:
        """Where the app is to be opened before anything goes on; empty while all is well."""
        with self.db.read() as tx:
            return self._door_of(notices.of_shop(tx, g.shop.shop))

    def _door_of(self, told: Notices) -> str:
        # The store's admin opens an app by its client id.
        key = self.settings.shopify_key
        return f"https://{g.shop.shop}/admin/apps/{key}" if told.problem else ""

    def _standing(self, now: datetime) -> dict[str, Any]:
        """How the app and the shop are, for every page; nothing where nobody is signed in."""
        found: Shop | None = g.get("shop")
        if found is None:
            return {}
        with self.db.read() as tx:
            told = notices.of_shop(tx, found.shop)
            tick = self._tick(tx, now)
        return {
            "tick": tick,
            "reopen_at": self._door_of(told),
            "careful_since": told.careful_since,
            # The owner is told on every page.
            "found_wrong": told.found_wrong and may(g.get("role", ""), Right.SETTINGS),
        }

    def tick(self, now: datetime) -> dict[str, Any]:
        """Is the clock running, and what was missed while it was not."""
        with self.db.read() as tx:
            return self._tick(tx, now)

    @property
    def _quiet_too_long(self) -> timedelta:
        return TURNED_AT_ONCE if self.settings.sandbox_url else QUIET_TOO_LONG

    def _tick(self, tx: Connection, now: datetime) -> dict[str, Any]:
        last = ticks.last_run(tx, "clocks")
        silent = outages.paused(tx, g.shop.shop)
        if last is None:
            return {"running": False, "last": None, "missed": 0, "silent": silent}
        until = last["away_until"]
        spoken_of = until is not None and now - until < TOLD_FOR
        return {
            **last,
            "running": now - last["at"] < self._quiet_too_long,
            "last": last["at"],
            "silent": silent,
            "missed": last["missed"] if spoken_of else 0,
        }


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


def counted(name: str, count: int) -> str:
    """A text with a number in it, in the form the number asks for; `10000+` for more than that."""
    one = f"{name}.one"
    said = count if count <= COUNTED_TO else f"{COUNTED_TO}+"
    return say(one if count == 1 and known(one) else name, count=said)


def label(field: str) -> str:
    """A form field by the name people know it by."""
    if known(f"field.{field}"):
        return say(f"field.{field}")
    if any(field == deadline.name for deadline in deadlines.ALL):
        return upper_first(sentences.clock(field, language=language()))
    situation, dot, clause = field.partition(".")
    if dot:
        rule = say(f"clause.{clause}")
        return f"{sentences.situation(situation, language=language())}, {rule}"
    return say("field.units") if field.startswith("units_") else field


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
    spoken = language()
    pattern = DATES.get(spoken, DATES["en"])
    return str(format_datetime(moment, pattern, tzinfo=there, locale=LOCALES[spoken]))


def hour(moment: datetime, now: datetime) -> str:
    """A moment's time of day in the shop's zone; with its day when that is not today."""
    there = ZoneInfo(zone())
    same = moment.astimezone(there).date() == now.astimezone(there).date()
    return f"{moment.astimezone(there):%H:%M}" if same else when(moment)


def on(moment: date) -> str:
    """A day with its name; of a time, the day it is in the shop's zone."""
    day = moment.astimezone(ZoneInfo(zone())).date() if isinstance(moment, datetime) else moment
    return str(format_date(day, DAYS.get(language(), DAYS["en"]), locale=LOCALES[language()]))


def beijing(moment: datetime | None) -> str:
    """The same moment in China."""
    return f"{say('beijing')} {when(moment, CHINA)}" if moment else ""


def since(moment: datetime | None, now: datetime) -> str:
    """How long ago, or in how long."""
    if moment is None:
        return ""
    found = format_timedelta(moment - now, add_direction=True, locale=LOCALES[language()])
    return str(found)


def _address(lang: str) -> str:
    """This page in another language: where a form was refused, the page the form stood on."""
    endpoint, places = request.endpoint or "desk.cases", dict(request.view_args or {})
    if request.method == "POST":
        endpoint, kept = STANDS_ON.get(endpoint, ("desk.cases", ()))
        places = {name: places[name] for name in kept}
    filters = {name: request.args[name] for name in FILTERS if name in request.args}
    return url_for(endpoint, **{**filters, **places, "lang": lang})
