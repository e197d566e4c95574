"""Orders that still wait for a product: whom a word about its stock concerns."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from plugin.fold import fold
from plugin.store import timelines


def waiting_for(
    tx: Connection, shop: str, sku: str, supplier: str
) -> list[tuple[int, str, tuple[int, ...]]]:
    """(order id, purchase id, line ids) of purchases with this product that have not shipped."""
    found = []
    for order_id in timelines.unshipped_orders(tx, shop):
        order = fold(timelines.read(tx, shop, order_id))
        lines = {i for i, line in order.lines.items() if line.facts.sku == sku}
        for purchase in order.purchases.values():
            mine = tuple(sorted(lines & set(purchase.units)))
            waits = purchase.shipped_at is None and purchase.cancelled_at is None
            away = all(set(purchase.units[i]) <= set(order.shipped(i)) for i in mine)
            if mine and waits and not away and purchase.supplier == supplier:
                found.append((order_id, purchase.id, mine))
    return found
