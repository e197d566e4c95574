"""A believable store: some sixty orders of the last thirty days, and a few more every day.

Everything follows from the seed and the moment given. An order is placed with a story
(`stories.py`) that unfolds as the world's clock passes; history is the part of it that lies
before the moment given.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plugin.sandbox import moments, orders, shelf, stories
from plugin.sandbox.catalogue import PRODUCTS, Product, alternatives_csv
from plugin.sandbox.ground import Ground
from plugin.sandbox.people import someone

__all__ = ["alternatives_csv", "new_day", "place", "plan"]

RATE_PPM = {"USD": 1_000_000, "EUR": 1_080_000}
IN_TIME = 40
OPEN: tuple[tuple[str, float, int], ...] = (
    ("waiting", 1.2, 5),
    ("waiting", 2.4, 4),
    ("waiting", 3.1, 5),
    ("waiting_then_late", 0.3, 3),
    ("late_answers", -1.3, 3),
    ("late_ships", -1.9, 4),
    ("late_answers", -2.6, 3),
    ("late_ships", -2.9, 5),
    ("late_for_good", -4.3, 3),
    ("late_ships_anyway", -5.1, 4),
    ("late_for_good", -5.8, 5),
    ("no_stock", 0.8, 3),
    ("no_stock", -1.4, 4),
    ("silent", -2.4, 3),
    ("silent", -4.8, 4),
    ("abroad_late", -3.2, 6),
    ("abroad_late", -5.5, 5),
    ("unrecorded", 2.0, 3),
    ("unrecorded", -2.0, 3),
    ("disputed", -3.4, 4),
)
"""(story, ship-by in days from now, days promised)"""


def plan(ground: Ground, now: datetime) -> int:
    """Write the store's orders down as things to happen, before and after `now`.

    Gives how many orders lie before `now`. Let `happenings.happen_due` unfold them.
    """
    with ground.ledger.writing():
        for place_in_line in range(IN_TIME):
            mark = f"in time {place_in_line}"
            days = 4.2 + 25.5 * (place_in_line + ground.dice.share("day", mark)) / IN_TIME
            _schedule(ground, now - timedelta(days=days), mark, "in_time", 3)
        for place_in_line, (story, offset, promised) in enumerate(OPEN):
            ordered = now + timedelta(days=offset - promised)
            _schedule(ground, ordered, f"open {place_in_line}", story, promised)
        morning = (now + timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0)
        ground.schedule(morning, "new_day")
    return IN_TIME + len(OPEN)


def new_day(ground: Ground, morning: datetime) -> None:
    """Two or three customers order today, and there will be a tomorrow."""
    day = moments.text(morning)
    for nth in range(ground.dice.between(2, 3, "orders", day)):
        mark = f"{day} {nth}"
        minutes = ground.dice.below(16 * 60, "minute", mark)
        story = stories.any_story(ground.dice, mark)
        promised = ground.dice.between(2, 5, "promise", mark)
        _schedule(ground, morning + timedelta(minutes=minutes), mark, story, promised)
    ground.schedule(morning + timedelta(days=1), "new_day")


def place(
    ground: Ground, mark: str, at: datetime, *, story: str = "in_time", promised: int = 3
) -> int:
    """A customer orders; what becomes of it is `story`. Gives the order's id."""
    buyer = someone(ground.dice, mark)
    country, currency = buyer.pop("country"), buyer["currency"]
    taxed = country.tax_percent if ground.dice.chance(0.6, "taxed", mark) else 0
    off = 10 if ground.dice.chance(0.25, "discount", mark) else 0
    products = _basket(ground, mark)
    lines = [_line(ground, mark, product, currency, off, taxed) for product in products]
    goods = sum(line["price_minor"] * line["quantity"] for line in lines)
    cost = 0 if goods >= 6000 else ground.dice.one_of((490, 490, 990), "shipping", mark)
    order = buyer | {
        "shop_currency": "USD",
        "rate_ppm": RATE_PPM[currency],
        "shipping_minor": cost,
        "shipping_title": "Express" if cost > 500 else "Standard",
    }
    with ground.ledger.writing():
        order_id = orders.place(ground, order, lines, at)
        told = stories.Told(mark=mark, story=story, promised=promised, at=at)
        stories.begin(ground, order_id, list(products), told)
    return order_id


def _schedule(ground: Ground, at: datetime, mark: str, story: str, promised: int) -> None:
    ground.schedule(at, "place_order", mark=mark, story=story, promised=promised)


def _basket(ground: Ground, mark: str) -> tuple[Product, ...]:
    count = ground.dice.one_of((1, 1, 1, 2, 2, 3), "lines", mark)
    ranked = sorted(PRODUCTS, key=lambda product: ground.dice.share("basket", (mark, product.sku)))
    return tuple(ranked[:count])


def _line(
    ground: Ground, mark: str, product: Product, currency: str, off: int, taxed: int
) -> dict[str, Any]:
    variant = ground.dice.one_of(product.variants, "variant", (mark, product.sku))
    quantity = ground.dice.one_of((1, 1, 1, 1, 2, 3), "quantity", (mark, product.sku))
    price = product.eur if currency == "EUR" else product.usd
    discount = price * quantity * off // 100
    return {
        "title": product.title,
        "variant": variant,
        "sku": product.sku,
        "product_id": shelf.product_id(product),
        "variant_id": shelf.variant_id(product, variant),
        "quantity": quantity,
        "price_minor": price,
        "discount_minor": discount,
        "tax_percent": taxed,
        "tax_minor": (price * quantity - discount) * taxed // 100,
        "grams": product.grams,
    }
