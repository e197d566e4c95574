"""Webhooks on their way: lost, twice, late, out of order, or simply brought."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from plugin.sandbox import moments
from plugin.sandbox.deliveries import VISIT
from plugin.sandbox.postman import shopify_signature, standard_signature
from plugin.sandbox.store import Row

if TYPE_CHECKING:
    from tests.simulation.shop import Shop
    from tests.simulation.world import Answer, World

TRIES = 8
"""As often as Shopify comes back."""
FRESH = "SELECT * FROM deliveries WHERE state = 'waiting' ORDER BY seq"
KEPT_BACK = ("app/uninstalled", "shop/redact", "customers/redact")
"""What no reading ever heals: it comes late, but it comes."""


class Postman:
    """Brings what a store's world has written down."""

    def __init__(self, world: World, shop: Shop) -> None:
        self.world, self.shop = world, shop
        self.waiting = False

    def collect(self) -> None:
        """Decide how everything new will travel."""
        self.waiting = False
        for row in self.shop.ledger.rows(FRESH):
            self.shop.ledger.amend("deliveries", row["id"], state="on its way")
            if row["path"] == VISIT:
                self.world.visitors.expect(self.shop, row)
            else:
                self._send_off(row)

    def _send_off(self, row: Row) -> None:
        world, dice, name = self.world, self.world.dice, f"{self.shop.name}|{row['id']}"
        due = moments.moment(row["due"]) + timedelta(seconds=dice.between(1, 9, "travels", name))
        if row["topic"] not in KEPT_BACK:
            if not _is_supplier(row) and dice.strikes("webhook", "lost", name, 0.03):
                world.seen["webhook lost"] += 1
                self.shop.ledger.amend("deliveries", row["id"], state="lost")
                return
            if dice.strikes("webhook", "late", name, 0.02):
                world.seen["webhook 26 hours late"] += 1
                due += timedelta(hours=26)
            elif dice.strikes("webhook", "overtaken", name, 0.08):
                world.seen["webhook overtaken"] += 1
                due += timedelta(seconds=dice.between(30, 4000, "overtaken by", name))
        world.at(due, lambda: self._bring(row, 1))
        if dice.strikes("webhook", "twice at once", name, 0.05):
            world.at(due, lambda: self._bring(row, TRIES))
        if dice.strikes("webhook", "again later", name, 0.03):
            again = due + timedelta(seconds=dice.between(600, 90_000, "again after", name))
            world.at(again, lambda: self._bring(row, TRIES))
        if dice.strikes("webhook", "forged", name, 0.01):
            world.at(due, lambda: self._forge(row))

    def _bring(self, row: Row, tried: int) -> None:
        name = f"{self.shop.name}|{row['id']}"
        until = self.world.outages.get("store")
        if until is not None and not _is_supplier(row):
            # Who does not answer does not call either; when he is back it all comes, in its time.
            self.world.seen["webhook held up in an outage"] += 1
            minutes = self.world.dice.between(1, 300, "held up for", name)
            self.world.at(until + timedelta(minutes=minutes), lambda: self._bring(row, tried))
            return
        body = row["body"].encode()
        if self.world.dice.strikes("webhook", "odd", name, 0.004):
            self.world.seen["webhook nobody can read"] += 1
            copy = row | {"id": row["id"] + "-odd", "topic": "orders/unheard_of"}
            self.post(copy, b'{"id": "?"}', lambda status: None)

        def answered(status: int | None) -> None:
            lost = self.world.dice.strikes("webhook", "thanks lost", name, 0.02)
            if status == 200 and not lost:
                self.shop.ledger.amend("deliveries", row["id"], state="delivered")
                self.world.delivered(self.shop.name, row)
                return
            if status == 200:
                self.world.seen["our thanks lost"] += 1
                self.world.delivered(self.shop.name, row)
            if tried < TRIES or (status != 200 and _is_supplier(row)):
                wait = 60.0 * 2 ** min(tried, TRIES)
                self.world.later(wait, lambda: self._bring(row, tried + 1))

        self.post(row, body, answered)

    def _forge(self, row: Row) -> None:
        """Somebody who does not know the secret sends the same with other words."""
        self.world.seen["forged webhook"] += 1
        told = json.dumps({"id": 1, "note": "forged"}).encode()
        headers = self._headers(row, row["body"].encode())
        self.world.post(f"forged|{row['id']}", row["path"], told, headers, self._must_be_refused)

    def _must_be_refused(self, status: int | None) -> None:
        if status is not None and 200 <= status < 300:
            self.world.wrong("I4", "a webhook with a bad signature was taken")

    def post(self, row: Row, body: bytes, answered: Answer) -> None:
        """To the app's door, signed."""
        name = f"{self.shop.name}|{row['id']}"
        self.world.post(name, row["path"], body, self._headers(row, body), answered)

    def _headers(self, row: Row, body: bytes) -> dict[str, str]:
        settings = self.shop.settings
        if not _is_supplier(row):
            return {
                "Content-Type": "application/json",
                "X-Shopify-Topic": row["topic"],
                "X-Shopify-Hmac-Sha256": shopify_signature(settings.shopify_secret, body),
                "X-Shopify-Shop-Domain": settings.shop,
                "X-Shopify-API-Version": settings.api_version,
                "X-Shopify-Webhook-Id": row["id"],
                "X-Shopify-Event-Id": row["event"],
                "X-Shopify-Triggered-At": row["triggered_at"],
            }
        stamp = str(int(self.world.app_clock.now().timestamp()))
        return {
            "Content-Type": "application/json",
            "webhook-id": row["id"],
            "webhook-timestamp": stamp,
            "webhook-signature": standard_signature(
                settings.supplier_secret, row["id"], stamp, body
            ),
        }


def _is_supplier(row: Row) -> bool:
    """Nobody reads a supplier's word again when it was lost: he comes until he is heard."""
    return str(row["path"]).endswith("supplier")
