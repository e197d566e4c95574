"""How far back a store shows its orders: 60 days, unless it allows reading all of them.

Shopify: access scopes. An order that is older is answered as if there were none, so whoever acts on
it has to know the difference between "gone" and "not shown".
"""

from __future__ import annotations

from datetime import datetime, timedelta

WINDOW = timedelta(days=60)
REFRESH = timedelta(days=57)
"""An order somebody still waits for is read once more from this age on, while it is shown."""
READ_ALL = "read_all_orders"


def unlimited(scope: str) -> bool:
    """True when the scopes (names with commas between) let us read orders of any age.

    Scopes nobody told us allow nothing: then the worst is prepared for.
    """
    return READ_ALL in {name.strip() for name in scope.split(",")}


def shown_until(placed_at: datetime, scope: str) -> datetime | None:
    """The moment from which the store shows the order no more; None: it always does."""
    return None if unlimited(scope) else placed_at + WINDOW


def why_unseen(placed_at: datetime | None, scope: str, now: datetime) -> str:
    """Why a store answers that there is no such order."""
    until = shown_until(placed_at, scope) if placed_at else None
    return "out_of_window" if until is not None and now >= until else "order_not_found"
