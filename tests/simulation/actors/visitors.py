"""Customers on their page, and the merchant where a story says what he does."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from plugin.evidence.shots import SHOTS
from plugin.sandbox import moments
from plugin.sandbox.accounts import demand
from plugin.sandbox.store import Row
from plugin.sandbox.visitor import SUBMITS
from plugin.terms import Situation
from tests.simulation.actors import desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.lanes import Process
    from tests.simulation.shop import Shop
    from tests.simulation.world import World

    Come = Callable[[Process], int]

TRIES = 6
KEYED = "SELECT case_id, key FROM outbox WHERE shop = ? AND order_id = ? ORDER BY id"
CASES = "SELECT case_id FROM cases WHERE shop = ? AND order_id = ? AND situation = ? ORDER BY 1"
OPEN = "SELECT case_id FROM cases WHERE shop = ? AND order_id = ? AND closed_at IS NULL ORDER BY 1"


class Visitors:
    """Comes at the moment the store's world has written down."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._does = {
            "report": self._report,
            "more_pictures": self._more_pictures,
            "settle_address": self._settle_address,
            "press": self._press,
            "ask_supplier": self._ask_supplier,
        }

    def expect(self, shop: Shop, row: Row) -> None:
        """A visit was written down."""
        if row["topic"] in self._does:
            self.world.at(moments.moment(row["due"]), lambda: self._come(shop, row, 1))

    def _come(self, shop: Shop, row: Row, tried: int) -> None:
        what = json.loads(row["body"])
        come = self._does[row["topic"]](shop, row, what)
        name = f"visit|{shop.name}|{row['id']}"

        def done(status: int | None) -> None:
            missed = status is None or status >= 500 or status == 404
            if missed and tried < TRIES:
                self.world.later(3600.0 * tried, lambda: self._come(shop, row, tried + 1))
            elif status is not None and status < 400:
                self._then(shop, row, what)

        if come is None:
            done(404)
            return
        self.world.visit(name, come, done)
        if self.world.dice.strikes("people", "double click", name, 0.15):
            self.world.seen["double click"] += 1
            self.world.visit(name, come, lambda status: None)

    def _then(self, shop: Shop, row: Row, what: Row) -> None:
        for one in what.get("then", ()):
            due = self.world.now() + timedelta(days=one["days"])
            shop.ground.schedule(due.replace(microsecond=0), one["kind"], **one["doc"])

    # --- the customer ---------------------------------------------------------------------------

    def _report(self, shop: Shop, row: Row, what: Row) -> Come | None:
        situation, order_id = str(what["situation"]), int(what["order_id"])
        lines = demand(shop.ledger, order_id).lines
        named = lines if situation in SUBMITS else lines[:1]
        form = {"once": row["id"], "words": what.get("words", ""), "wish": what.get("wish", "")}
        form |= {f"units_{line['id']}": str(line["quantity"]) for line in named}
        form |= what.get("address", {})
        if situation in SUBMITS:
            return self._told(shop, order_id, f"/{SUBMITS[situation]}", form, 0, situation)
        form["situation"] = situation
        return self._told(shop, order_id, "/problem", form, what.get("pictures", 0), situation)

    def _more_pictures(self, shop: Shop, row: Row, what: Row) -> Come | None:
        order_id, situation = int(what["order_id"]), str(what["situation"])
        found = self.world.probe.rows(CASES, shop.name, order_id, situation)
        if not found:
            return None
        form = {"once": row["id"]}
        path = f"/cases/{found[-1][0]}/files"
        return self._told(shop, order_id, path, form, int(what["pictures"]), situation)

    def _settle_address(self, shop: Shop, row: Row, what: Row) -> Come | None:
        order_id = int(what["order_id"])
        found = self.world.probe.rows(CASES, shop.name, order_id, "wrong_address")
        if not found:
            return None
        form = {"once": row["id"]} | (what.get("address") or {"answer": "right"})
        return self._told(shop, order_id, f"/cases/{found[-1][0]}/address", form, 0, "damaged")

    def _told(
        self, shop: Shop, order_id: int, path: str, form: Row, pictures: int, situation: str
    ) -> Come | None:
        shots = SHOTS.get(Situation(situation), ())[:pictures]
        files = [(f"shot_{shot}", f"{order_id} {shot}".encode()) for shot in shots]

        def come(process: Process) -> int:
            return desk.tell(process, shop.name, order_id, path, form, files)

        return come

    # --- the merchant ---------------------------------------------------------------------------

    def _press(self, shop: Shop, row: Row, what: Row) -> Come | None:
        order_id, begins = int(what["order_id"]), str(what["key"])
        for case_id, key in self.world.probe.rows(KEYED, shop.name, order_id):
            if key.startswith(begins):
                form = {"key": key, "choice": what.get("choice", "")}
                return self._pressed(shop, f"/cases/{case_id}/{what['verb']}", form)
        return None

    def _ask_supplier(self, shop: Shop, row: Row, what: Row) -> Come | None:
        found = self.world.probe.rows(OPEN, shop.name, int(what["order_id"]))
        if not found:
            return None
        return self._pressed(shop, f"/cases/{found[0][0]}/asked", {"message": what["message"]})

    def _pressed(self, shop: Shop, path: str, form: Row) -> Come | None:
        def come(process: Process) -> int:
            return desk.press(process, shop.name, "merchant", path, form)

        return come
