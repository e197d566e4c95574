"""Which orders the app is shown: without `read_all_orders` none older than 60 days."""

from __future__ import annotations

from datetime import timedelta

from plugin.sandbox import moments
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

WINDOW = timedelta(days=60)


def shows(ground: Ground, order: Row) -> bool:
    """True when the store lets the app see the order now."""
    placed = moments.moment(order["created_at"])
    return ground.settings.all_orders or ground.now() - placed <= WINDOW
