"""What a shop may set for itself: its zone, and how long personal data is kept."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from plugin.store.shops import Shop

LEAST_DAYS, MOST_DAYS = 30, 3650


@cache
def zones() -> tuple[str, ...]:
    """The zones of the world by their names; not the aliases of whole countries or offsets."""
    found = available_timezones()
    return ("UTC", *sorted(z for z in found if "/" in z and not z.startswith(("Etc/", "System"))))


def erases(shop: Shop, days: int | None) -> bool:
    """Fewer days than before erase something for good: that has to be said twice."""
    return days is not None and (shop.keep_days is None or days < shop.keep_days)
