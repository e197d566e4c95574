"""What the first page is told of the app itself: outages, the reading of the past, the steps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from plugin import setup_guide
from plugin.pages.desk import TOLD_FOR
from plugin.setup_guide import DISMISSED, DONE, STEPS
from plugin.store import backfills, home_figures, listing, shops, tallies, ticks
from plugin.store.backfills import Backfill
from plugin.store.home_figures import Away
from plugin.store.narrowing import Wanted
from plugin.store.shops import Shop
from plugin.terms import Cap


def away(tx: Connection, shop: str, now: datetime) -> Away | None:
    """What the last outage did to this shop, for as long as outages are spoken of."""
    last = ticks.last_run(tx, "clocks")
    until = last["away_until"] if last else None
    if until is None or now - until >= TOLD_FOR:
        return None
    return home_figures.away(tx, shop, until)


def backfill(tx: Connection, shop: str, now: datetime) -> Backfill | None:
    """The reading of the past while it runs, and for a day after."""
    found = backfills.of_shop(tx, shop)
    if found is None or found.finished_at is None:
        return found
    return found if now - found.finished_at < TOLD_FOR else None


def watched(tx: Connection, shop: str, now: datetime) -> int | None:
    """How many orders are watched of a shop that never had a case; None for any other."""
    if listing.listed(tx, shop, Wanted(), now, limit=1):
        return None
    return sum(tallies.sums(tx, shop, [tallies.ORDERS.figure]).values())


def settle_step(tx: Connection, shop: Shop, step: str, word: str) -> None:
    """A step of the guide was done or left out, or is open again where the word is empty."""
    assert step in STEPS
    shops.change(tx, shop.shop, setup={**(shop.setup or {}), step: word})


def dismiss(tx: Connection, shop: Shop, *, gone: bool) -> None:
    """Put the guide away, or bring it back."""
    shops.change(tx, shop.shop, setup={**(shop.setup or {}), DISMISSED: gone})


def choose_levels(
    tx: Connection, shop: Shop, name: str, cap: Cap | None, now: datetime, *, by: str
) -> int:
    """Publish terms that go as far as one of the three ways; the version."""
    current = shops.terms_of(tx, shop.shop, shop.terms_version)
    new = setup_guide.preset(current, name, cap)
    version = shops.publish(tx, shop.shop, new, now, author=by, note=f"setup: {name}")
    shops.change(tx, shop.shop, setup={**(shop.setup or {}), "levels": DONE})
    return version
