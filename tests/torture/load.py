"""Orders that go wrong at once, so that the app always has money, goods or words to send.

Half of them cannot be had: the customer is paid back and the supplier asked for the money, once.
The other half are sent back by customs, and the merchant chooses to send the goods once more: one
new order in the store, once, and no money.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError

from plugin import merchant
from plugin.merchant import Click, NotPossible
from plugin.sandbox import moments, orders, parcels, purchases, seed
from plugin.store import outbox, shops, tables
from plugin.terms import Autonomy, Cap, Situation, Terms
from scheduler.sandbox import SHOP
from tests.torture.town import Town

ENOUGH = 6
"""Actions under way with which the app is busy for a while."""
PROMISED = timedelta(days=30)
ANSWERS = {
    "choose_remedy": "reissue",
    "refund_customer": "",
    "ask_recovery": "",
    "reissue_goods": "",
}
"""What the merchant says to what waits for his word, by kind of action."""


@dataclass
class Load:
    """What was fed, and what has to come of it."""

    town: Town
    refunds: set[int] = field(default_factory=set)
    """Orders whose customers must be paid back, once and whole."""
    reissues: set[int] = field(default_factory=set)
    """Orders that must be sent again, once."""
    purchases: list[str] = field(default_factory=list)
    """Of which every other one's money must be asked back, once: that of what cannot be had."""

    def __post_init__(self) -> None:
        """The merchant lets the app go as far as it can."""
        everything = {
            f"{situation}.{clause}": Autonomy.AUTO
            for situation in Situation
            for clause in ("refund", "reissue", "recovery")
        }
        cap = Cap(100_000_000, 10_000_000_000, "USD")
        terms = Terms(autonomy=everything, cap=cap, check_addresses=False, check_parcels=False)
        with self.town.db.write() as tx:
            shops.publish(tx, SHOP, terms, self.town.clock.now(), author="Alice")

    def feed(self, at_least: int = 0) -> None:
        """Go on with what waits for the merchant; another order when the app is nearly idle.

        At least so many, whatever the app has to do.
        """
        self.choose()
        for _ in range(at_least):
            self.order()
        with self.town.db.read() as tx:
            busy = outbox.ready_count(tx, self.town.clock.now())
        if busy < ENOUGH and not self.town.world.postman.has_due():
            self.order()

    def order(self) -> int:
        """One more order, bought and gone wrong; its id."""
        world, now = self.town.world, self.town.clock.now()
        ground, n = world.ground, len(self.purchases)
        mark, reference = f"torture {n}", f"70{n:016}"
        with ground.ledger.writing():
            order_id = seed.buy(ground, mark, now, seed.basket(ground, mark))
            bought = {
                "reference": reference,
                "order_id": order_id,
                "connection": "1688",
                "ship_by": moments.text(now + PROMISED),
                "fate": {"pays": True, "recovery_days": 2},
            }
            purchases.record(ground, bought, now)
            if n % 2:
                parcels.customs(ground, reference, "held", now)
                parcels.customs(ground, reference, "returned", now + timedelta(seconds=1))
            else:
                purchases.say_no_stock(ground, reference, "抱歉，这款已经断货了。", now)
        (self.reissues if n % 2 else self.refunds).add(order_id)
        self.purchases.append(reference)
        return order_id

    def touch(self, dice: random.Random) -> None:
        """Somebody changes nothing much about an order: one more webhook, at once."""
        orders.touch(self.town.world.ground, dice.choice(self.known), self.town.clock.now())

    @property
    def known(self) -> list[int]:
        """Every order of ours."""
        return sorted(self.refunds | self.reissues)

    def choose(self) -> None:
        """The merchant says yes to what waits for him, and has goods sent again."""
        for row in self.asked():
            click = Click(SHOP, row["order_id"], "Alice", self.town.clock.now())
            try:
                with self.town.db.write() as tx:
                    merchant.approve(tx, click, row["key"], choice=ANSWERS[row["action"]])
            except (NotPossible, DBAPIError):
                continue  # it moved on meanwhile, or the database is away: he looks again

    def asked(self) -> list[dict[str, Any]]:
        """What waits for him and moves money or goods."""
        asked = tables.outbox.c.state == "asked"
        return self.town.rows(tables.outbox, asked, tables.outbox.c.action.in_(ANSWERS))
