"""The letter in the morning: what needs the merchant, once a day, and only when something does.

It is planned under the day it is for, so no restart and no second process sends it twice. Who
begins after the morning is written to the next day.
"""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy.engine import Connection

from plugin.actions import Topic
from plugin.notices import notice
from plugin.store import home_figures, shops
from plugin.store.shops import Shop
from plugin.words.merchant_lines import AT_RISK
from plugin.words.speech import zone_of
from scheduler.runtime import Runtime

FROM, UNTIL = time(9), time(12)
"""In the shop's zone. Later in the day it would only say what the desk says."""


def send_due(runtime: Runtime) -> int:
    """Plan the letter of each shop where it is morning; how many shops had something to hear."""
    if runtime.connections.postbox() is None:
        return 0
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        found = [shop for shop in shops.installed(tx) if _is_morning(shop, now)]
    return sum(_tell(runtime, shop, now) for shop in found)


def _is_morning(shop: Shop, now: datetime) -> bool:
    goes_out = shop.state == shops.ACTIVE and not shop.watching and bool(shop.email)
    return goes_out and FROM <= now.astimezone(zone_of(shop.zone)).time() < UNTIL


def _tell(runtime: Runtime, shop: Shop, now: datetime) -> bool:
    with runtime.db.read() as tx:
        facts = _facts(tx, shop.shop, now)
    if not facts["needs_you"]:
        return False
    day = now.astimezone(zone_of(shop.zone)).date().isoformat()
    with runtime.db.write() as tx:
        notice(tx, shop.shop, Topic.DIGEST, day, facts, now)
    return True


def _facts(tx: Connection, shop: str, now: datetime) -> dict[str, str | int]:
    figures = home_figures.figures(tx, shop, now)
    risk = {f"{AT_RISK}{currency}": minor for currency, minor in figures.at_risk.items()}
    return {"needs_you": figures.needs_you, "soon": figures.soon, **risk}
