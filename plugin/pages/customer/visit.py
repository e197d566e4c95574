"""A customer at the page: which order his link opens, how often he may knock, in which language.

A link that is wrong, over or revoked gets the same answer after the same work: its hash is made
and looked up, nothing else. The link itself is never written anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from flask import abort, g, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests

from plugin.clock import Clock
from plugin.evidence.keep import Keep
from plugin.evidence.limits import LIMITS, MEGABYTE
from plugin.merchant import Click
from plugin.pages.customer.pace import (
    BAD_LINKS_PER_ADDRESS,
    LOOKS_PER_LINK,
    SENDS_PER_ADDRESS,
    SENDS_PER_LINK,
    Pace,
)
from plugin.pages.customer.texts import chosen, language, say
from plugin.settings import Settings
from plugin.store import links, shops, timelines, walls
from plugin.store.database import Database
from plugin.store.shops import Shop
from plugin.words.speech import LANGUAGES, Speech, speech, tidy

BY = "customer"
LIMIT_WORDS = {
    "picture": LIMITS.picture_bytes // MEGABYTE,
    "video": LIMITS.video_bytes // MEGABYTE,
    "files": LIMITS.files_per_case,
}
"""The limits as texts name them."""


@dataclass(frozen=True)
class Visit:
    """A customer who came in by a good link."""

    token: str
    shop: Shop
    order_id: int
    now: datetime

    @property
    def click(self) -> Click:
        """What he does, as the casework takes it."""
        return Click(self.shop.shop, self.order_id, BY, self.now)

    @property
    def speech(self) -> Speech:
        """His language, in the shop's zone."""
        return speech(language(), self.shop.zone)

    @property
    def shop_name(self) -> str:
        """The store by the name its customers know."""
        return tidy(self.shop.name) or self.shop.shop


@dataclass(frozen=True)
class Door:
    """The page's hands."""

    db: Database
    clock: Clock
    settings: Settings
    keep: Keep
    secret: bytes
    looks: Pace = field(init=False)
    sends: Pace = field(init=False)
    addresses: Pace = field(init=False)
    bad_links: Pace = field(init=False)

    def __post_init__(self) -> None:
        """The counters are this process's own."""
        for name, most in (
            ("looks", LOOKS_PER_LINK),
            ("sends", SENDS_PER_LINK),
            ("addresses", SENDS_PER_ADDRESS),
            ("bad_links", BAD_LINKS_PER_ADDRESS),
        ):
            object.__setattr__(self, name, Pace(self.secret, most))

    def enter(self, token: str) -> Visit:
        """The visit a link opens. Aborts with 404 for any that opens nothing, 429 for too many."""
        now = self.clock.now()
        with self.db.read() as tx:
            opened = links.opened_by(tx, token, now)
            if opened is None:
                self._turn_away(now)
            shop_name, order_id = opened
            shop = shops.find(tx, shop_name)
            customer = timelines.customer_of(tx, shop_name, order_id)
        if shop is None or shop.state == shops.UNINSTALLED:
            abort(404)
        walls.enter(shop.shop)
        g.language = chosen(customer.language if customer else "")
        g.token = token
        if request.method == "POST":
            _hold_back(self.sends.wait(f"{shop_name}/{order_id}", now))
            _hold_back(self.addresses.wait(request.remote_addr or "", now))
        else:
            _hold_back(self.looks.wait(f"{shop_name}/{order_id}", now))
        return Visit(token, shop, order_id, now)

    def _turn_away(self, now: datetime) -> NoReturn:
        _hold_back(self.bad_links.wait(request.remote_addr or "", now))
        abort(404)


def page(template: str, **words: Any) -> str:
    """A whole page in the visit's language."""
    if "language" not in g:
        g.language = chosen()
    return render_template(
        template,
        t=say,
        language=language(),
        switch=_switch,
        here=here,
        token=g.get("token", ""),
        limits=LIMIT_WORDS,
        **words,
    )


def here(endpoint: str, **places: Any) -> str:
    """An address behind the same link, in the language that was switched to."""
    switched = request.args.get("lang", "")
    more = {"lang": switched} if switched in LANGUAGES else {}
    return url_for(endpoint, **{"token": g.get("token", ""), **more, **places})


def _switch(lang: str) -> str:
    """The page in another language."""
    return here("customer.look", lang=lang)


def _hold_back(seconds: int) -> None:
    if seconds:
        raise TooManyRequests(retry_after=seconds)
