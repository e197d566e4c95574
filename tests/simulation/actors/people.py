"""What people do in the store's own admin, behind the app's back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugin.sandbox import happenings, refunds
from plugin.sandbox.accounts import demand

if TYPE_CHECKING:
    from tests.simulation.shop import Shop
    from tests.simulation.world import World

DAY = 86_400.0
SOME = "SELECT id FROM orders WHERE cancelled_at IS NULL OR 1 ORDER BY id"


class People:
    """Refunds by hand, cancellations, an app that is removed and comes back."""

    def __init__(self, world: World) -> None:
        self.world = world

    def begin(self) -> None:
        """From the first day on."""
        self._day(0)

    def _day(self, day: int) -> None:
        world, dice = self.world, self.world.dice
        if dice.quiet:
            return
        world.later(DAY, lambda: self._day(day + 1))
        for shop in world.shops:
            name = f"{shop.name}|{day}"
            after = DAY * dice.share("what hour", name)
            if dice.strikes("people", "refund by hand", name, 0.15):
                world.later(after, lambda shop=shop, name=name: self._refund(shop, name))
            if dice.strikes("people", "cancelled by hand", name, 0.05):
                world.later(after, lambda shop=shop, name=name: self._cancel(shop, name))

    def _order(self, shop: Shop, name: str) -> int | None:
        found = shop.ledger.rows("SELECT id FROM orders ORDER BY id DESC LIMIT 25")
        return int(self.world.dice.one_of(found, "which order", name)["id"]) if found else None

    def _refund(self, shop: Shop, name: str) -> None:
        order_id = self._order(shop, name)
        if order_id is None:
            return
        account = demand(shop.ledger, order_id)
        line = self.world.dice.one_of(account.lines, "which line", name)
        units = account.refundable_quantity(line["id"])
        if not units or not account.payments:
            return
        units = self.world.dice.between(1, units, "how many", name)
        doc = {"order_id": order_id, "lines": [[line["id"], units]]}
        try:
            happenings.happen(shop.ground, "refund", doc, self.world.now().replace(microsecond=0))
        except LookupError:
            return
        self.world.seen["refund by hand"] += 1

    def _cancel(self, shop: Shop, name: str) -> None:
        order_id = self._order(shop, name)
        if order_id is None:
            return
        account = demand(shop.ledger, order_id)
        if account.order["cancelled_at"] or account.fulfilments:
            return
        now = self.world.now().replace(microsecond=0)
        happenings.happen(shop.ground, "cancel_order", {"order_id": order_id}, now)
        self.world.seen["cancelled by hand"] += 1


__all__ = ["People", "refunds"]
