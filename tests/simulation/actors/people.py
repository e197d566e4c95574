"""What people do in the store's own admin, behind the app's back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from plugin.sandbox import happenings, orders
from plugin.sandbox.accounts import demand
from plugin.sandbox.deliveries import tell_shop
from plugin.sandbox.privacy import redact_shop
from plugin.secrets import Vault
from tests.simulation import founding

if TYPE_CHECKING:
    from tests.simulation.shop import Shop
    from tests.simulation.world import World

DAY, HOUR = 86_400.0, 3600.0
NEWEST = "SELECT id FROM orders ORDER BY id DESC LIMIT 25"
OLDEST = "SELECT id FROM orders WHERE created_at < ? ORDER BY id LIMIT 10"
AWAY_HOURS = 110


class People:
    """Refunds by hand, cancellations, people to be forgotten, an app that goes and comes back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.been_away: set[str] = set()
        """Shops that missed what was brought while the app was gone."""
        self.forgotten: list[tuple[Shop, str]] = []
        """Whose address must be nowhere at the end."""

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
            for site, rate, do in (
                ("refund by hand", 0.15, self._refund),
                ("cancelled by hand", 0.05, self._cancel),
                ("removed", 0.01, self._remove),
                ("forget", 0.04, self._forget),
                ("pause", 0.02, self._pause),
                ("link", 0.04, self._ask_in),
            ):
                if dice.strikes("people", site, name, rate):
                    after = DAY * dice.share(f"hour of {site}", name)
                    world.later(after, lambda do=do, shop=shop, name=name: do(shop, name))

    def _order(self, shop: Shop, name: str) -> int | None:
        found = shop.ledger.rows(NEWEST)
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
            happenings.happen(shop.ground, "refund", doc, self._now())
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
        happenings.happen(shop.ground, "cancel_order", {"order_id": order_id}, self._now())
        self.world.seen["cancelled by hand"] += 1

    # --- the app goes and comes back ------------------------------------------------------------

    def _remove(self, shop: Shop, name: str) -> None:
        """The store lets the app go, and takes it back some days later."""
        world = self.world
        if world.dice.quiet or shop.ledger.note("uninstalled"):
            return
        world.seen["removed the app"] += 1
        self.been_away.add(shop.name)
        orders.uninstall(shop.ground, self._now())
        world.invariants.disturbed()
        gone = shop.ledger.note("uninstalled")["at"]
        world.later(48 * HOUR, lambda: self._forget_shop(shop, gone))
        hours = world.dice.between(2, AWAY_HOURS, "away for", name)
        world.later(hours * HOUR, lambda: self.take_back(shop))

    def _forget_shop(self, shop: Shop, gone: str) -> None:
        """Two days after it let the app go for good, a store asks to be forgotten."""
        if shop.ledger.note("uninstalled").get("at") == gone:
            redact_shop(shop.ground, self._now())

    def take_back(self, shop: Shop) -> None:
        """Installed again, with a token that works."""
        world = self.world
        if not shop.ledger.note("uninstalled"):
            return
        shop.ledger.run("DELETE FROM notes WHERE name = 'uninstalled'")
        vault = Vault(world.settings.encryption_keys)
        with world.db.write() as tx:
            founding.put_in(vault, shop, world.app_clock.now(), tx, watching=True)
        world.seen["came back, and only watches"] += 1
        world.invariants.disturbed()
        hours = 1 if world.dice.quiet else world.dice.between(4, 40, "watches for", shop.name)
        world.later(hours * HOUR, lambda: self._switch(shop, "/watching"))

    def open_app(self, shop: Shop) -> None:
        """Somebody opens the app, because its token is refused: there is a new pair."""
        world = self.world
        world.seen["the app was opened again"] += 1
        with world.db.write() as tx:
            founding.give(Vault(world.settings.encryption_keys), shop, world.app_clock.now(), tx)

    def _pause(self, shop: Shop, name: str) -> None:
        """Nothing goes out for two days, whatever is under way."""
        self.world.seen["paused the shop"] += 1
        for path, after in (("/pause", 0.0), ("/resume", 50 * HOUR)):
            self.world.later(after, lambda path=path: self._switch(shop, path))

    def _switch(self, shop: Shop, path: str) -> None:
        self.world.merchant.switch(shop.name, path)

    def _ask_in(self, shop: Shop, name: str) -> None:
        """Somebody of the desk wants a link into it by mail."""
        self.world.seen["asked for a link into the desk"] += 1
        self.world.merchant.ask_in(name)

    # --- forgetting -----------------------------------------------------------------------------

    def _forget(self, shop: Shop, name: str) -> None:
        """A customer of long ago wants to be forgotten, and the store asks for it."""
        long_ago = self.world.now().timestamp() - 20 * DAY
        before = self._now().fromtimestamp(long_ago, self._now().tzinfo).isoformat()
        found = shop.ledger.rows(OLDEST, before)
        if not found:
            return
        order_id = int(self.world.dice.one_of(found, "who", name)["id"])
        order = demand(shop.ledger, order_id).order
        address = str(order.get("email") or "")
        if not address or order.get("forgotten"):
            return
        self.world.seen["person forgotten"] += 1
        shop.ledger.amend("orders", order_id, forgotten=True)
        body = {
            "shop_domain": shop.name,
            "customer": {"id": order["customer"]["id"], "email": address},
            "orders_to_redact": [order_id],
        }
        event = f"forget:{order_id}"
        tell_shop(shop.ground, "customers/redact", body, at=self._now(), event=event)
        self.forgotten.append((shop, address))

    def _now(self) -> datetime:
        return self.world.now().replace(microsecond=0)
