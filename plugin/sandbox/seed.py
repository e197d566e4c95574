"""A believable store: some sixty orders of the last thirty days, and a few more every day.

Everything follows from the seed and the moment given. An order is placed with a story
(`stories.py`) that unfolds as the world's clock passes; history is the part of it that lies
before the moment given.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from plugin.sandbox import moments, orders, shelf, stories
from plugin.sandbox.catalogue import EVERYDAY, PRODUCTS, Product, alternatives_csv
from plugin.sandbox.ground import Ground
from plugin.sandbox.people import someone
from plugin.sandbox.troubles import TROUBLES, Trouble

__all__ = ["alternatives_csv", "new_day", "place", "plan"]

RATE_PPM = {"USD": 1_000_000, "EUR": 1_080_000}
IN_TIME = 16
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
TROUBLED: tuple[tuple[str, float], ...] = (
    ("parcel_too_large", 2.3),
    ("parcel_too_heavy", 1.6),
    ("over_the_limits", 0.3),
    ("silent_abroad", 7.4),
    ("silent_abroad", 8.7),
    ("customs_held", 8.2),
    ("customs_held", 12.3),
    ("customs_returned", 15.4),
    ("customs_cleared", 13.1),
    ("wrong_no_proof", 8.2),
    ("wrong_proved", 7.3),
    ("wrong_verifying", 27.6),
    ("wrong_refused", 23.9),
    ("damaged_no_proof", 11.1),
    ("damaged_verifying", 15.8),
    ("damaged_verified", 24.6),
    ("cancelled_unbought", 0.4),
    ("cancelled_late", 1.5),
    ("cancelled_stopping", 2.1),
    ("cancelled_abroad", 3.6),
    ("address_slip", 0.3),
    ("address_quiet", 3.5),
    ("address_stopped", 3.2),
    ("address_abroad", 4.4),
)
"""(story, days since the order)"""
OLDEST = timedelta(days=30)


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
        for place_in_line, (story, days) in enumerate(TROUBLED):
            _schedule(ground, now - timedelta(days=days), f"troubled {place_in_line}", story, 3)
        morning = (now + timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0)
        ground.schedule(morning, "new_day")
    return IN_TIME + len(OPEN) + len(TROUBLED)


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
    trouble = TROUBLES.get(story, Trouble())
    with ground.ledger.writing():
        products = PRODUCTS[-1:] if trouble.bulky else basket(ground, mark)
        order_id = buy(ground, mark, at, products, slip=trouble.slip)
        told = stories.Told(mark=mark, story=story, promised=promised, at=at)
        stories.begin(ground, order_id, list(products), told)
    return order_id


def buy(
    ground: Ground, mark: str, at: datetime, products: tuple[Product, ...], *, slip: str = ""
) -> int:
    """Somebody buys some products, and nothing more is known of it. Gives the order's id."""
    buyer = someone(ground.dice, mark, slip)
    country, currency = buyer.pop("country"), buyer["currency"]
    taxed = country.tax_percent if ground.dice.chance(0.6, "taxed", mark) else 0
    off = 10 if ground.dice.chance(0.25, "discount", mark) else 0
    lines = [_line(ground, mark, product, currency, off, taxed) for product in products]
    goods = sum(line["price_minor"] * line["quantity"] for line in lines)
    cost = 0 if goods >= 6000 else ground.dice.one_of((490, 490, 990), "shipping", mark)
    order = buyer | {
        "shop_currency": "USD",
        "rate_ppm": RATE_PPM[currency],
        "shipping_minor": cost,
        "shipping_title": "Express" if cost > 500 else "Standard",
    }
    return orders.place(ground, order, lines, at)


def _schedule(ground: Ground, at: datetime, mark: str, story: str, promised: int) -> None:
    ground.schedule(at, "place_order", mark=mark, story=story, promised=promised)


def basket(ground: Ground, mark: str) -> tuple[Product, ...]:
    """What somebody buys: one to three everyday things."""
    count = ground.dice.one_of((1, 1, 1, 2, 2, 3), "lines", mark)
    ranked = sorted(EVERYDAY, key=lambda product: ground.dice.share("basket", (mark, product.sku)))
    return tuple(ranked[:count])


def _line(
    ground: Ground, mark: str, product: Product, currency: str, off: int, taxed: int
) -> dict[str, Any]:
    variant = ground.dice.one_of(product.variants, "variant", (mark, product.sku))
    quantities = (1, 1, 1, 1, 2, 3) if product in EVERYDAY else (2,)
    quantity = ground.dice.one_of(quantities, "quantity", (mark, product.sku))
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
