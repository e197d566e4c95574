"""The last month lived through on paper under two terms, on the shop's own orders.

Nothing is published, sent or kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from plugin.simulate import simulate_all
from plugin.simulate_figures import Figure, compare
from plugin.store import policy_record, shops
from plugin.terms import Alternative, Terms
from plugin.timeline import Entry

LOOKS_BACK = timedelta(days=30)
MOST_ORDERS, MOST_EVENTS = 5_000, 20_000
"""More than this is not lived through while somebody waits; it is said where it was cut."""


@dataclass(frozen=True)
class Trial:
    """What came out."""

    orders: int
    cut: bool
    stuck: int
    since: datetime
    figures: list[Figure]

    @property
    def nothing_changed(self) -> bool:
        """Not one figure differs."""
        return not any(figure.orders for figure in self.figures)


def tried(tx: Connection, shop: str, live: Terms, draft: Terms, now: datetime) -> Trial:
    """What a draft would have done, beside what the terms in force would have."""
    since = now - LOOKS_BACK
    ids, cut = policy_record.changed_since(
        tx, shop, since, most_orders=MOST_ORDERS, most_events=MOST_EVENTS
    )
    histories = policy_record.read_many(tx, shop, ids)
    offers = _alternatives(tx, shop, histories)
    was, would = (
        simulate_all(histories, terms, now, shop=shop, alternatives=offers)
        for terms in (live, draft)
    )
    stuck = {a.order_id for a in (*was, *would) if a.stuck}
    was, would = ([a for a in one if a.order_id not in stuck] for one in (was, would))
    return Trial(
        orders=len(ids),
        cut=cut,
        stuck=len(stuck),
        since=since,
        figures=compare(was, would, since),
    )


def _alternatives(
    tx: Connection, shop: str, histories: Mapping[int, list[Entry]]
) -> dict[str, list[Alternative]]:
    """The shop's other suppliers, by product, as they are known today."""
    if not histories:
        return {}
    skus = policy_record.products_with_alternatives(tx, shop)
    found: dict[str, list[Alternative]] = {}
    for offer in shops.alternatives_for(tx, shop, skus[:MOST_ORDERS]):
        found.setdefault(offer.sku, []).append(offer)
    return found
