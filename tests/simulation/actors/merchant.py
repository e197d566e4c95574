"""The merchant: answers what waits for him, in his own time, and not always twice the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugin.sandbox import desk as platform
from tests.simulation import founding
from tests.simulation.actors import desk

if TYPE_CHECKING:
    from tests.simulation.lanes import Process
    from tests.simulation.world import World

LOOKS_EVERY = 5 * 3600.0
WAITING = """
SELECT shop, order_id, case_id, key, action, state, attempts, why FROM outbox
 WHERE state IN ('suggested', 'asked', 'needs_person') AND case_id <> '' ORDER BY id
"""
REFUSED = "SELECT shop FROM tokens WHERE problem <> '' ORDER BY shop"
CHOICES = {
    "propose_alternative": ("source", "invite", "replace"),
    "choose_remedy": ("refund", "reissue"),
}
BY_HAND = (
    "urge_supplier",
    "ask_recovery",
    "chase_recovery",
    "intercept_parcel",
    "chase_interception",
    "ask_verification",
    "chase_verification",
)
ABOUT = {"intercept_parcel": platform.INTERCEPTION, "ask_verification": platform.VERIFICATION}
NEVER = 10
"""So often is one thing answered before he leaves it alone."""


class Merchant:
    """He looks at his desk a few times a day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._answered: dict[tuple[str, int, str, str, int], int] = {}
        world.later(LOOKS_EVERY, self._look)

    def switch(self, shop: str, path: str) -> None:
        """The big switches: everything pauses, or goes on; what was only watched goes out."""

        def come(process: Process) -> int:
            return desk.press(process, shop, "merchant", path, {"once": "yes", "on": "yes"})

        def done(status: int | None) -> None:
            if status is None or status >= 500:
                self.world.later(600.0, lambda: self.switch(shop, path))

        self.world.visit(f"switch|{shop}|{path}", come, done)

    def ask_in(self, name: str) -> None:
        """Who works for him forgot to keep the page open."""
        form = {"email": founding.STAFF}
        self.world.visit(f"link|{name}", lambda p: desk.ask(p, "/login", form), lambda status: None)

    def _look(self) -> None:
        world = self.world
        for (name,) in world.probe.rows(REFUSED):
            if not world.by_name[name].ledger.note("uninstalled"):
                world.people.open_app(world.by_name[name])
        for row in world.probe.rows(WAITING):
            shop, order_id, _, key, _, state, attempts, _ = row
            name = (shop, order_id, key, state, attempts)
            if self._answered.get(name, 0) < 2:
                self._answered[name] = self._answered.get(name, 0) + 1
                self._decide(row, f"{shop}|{order_id}|{key}|{state}|{attempts}")
        world.later(LOOKS_EVERY, self._look)

    def _decide(self, row: object, name: str) -> None:
        shop, order_id, case_id, key, action, state, _, _ = row
        dice = self.world.dice
        after = 60.0 * dice.between(5, 1800, "answers after", name)
        verb = self._verb(action, state, name)
        if verb == "wait":
            return
        form = {"key": key, "choice": ""}
        if action in CHOICES and verb == "approve":
            form["choice"] = dice.one_of(CHOICES[action], "choice", name)
        if dice.strikes("people", "insists on both", name, 0.3):
            form["both_because"] = "he is a friend"
        self.world.later(after, lambda: self._press(shop, order_id, case_id, verb, form, action))
        if dice.strikes("people", "double click", name, 0.1):
            self.world.seen["double click"] += 1
            self.world.later(
                after, lambda: self._press(shop, order_id, case_id, verb, form, action)
            )
        if dice.strikes("people", "two of staff", name, 0.08):
            self.world.seen["two of staff decide differently"] += 1
            other = "decline" if verb == "approve" else "again"
            soon = after + dice.between(0, 4, "how soon", name)
            self.world.later(
                soon, lambda: self._press(shop, order_id, case_id, other, form, action)
            )

    def _verb(self, action: str, state: str, name: str) -> str:
        share = self.world.dice.share("verb", name)
        if state == "needs_person":
            if action in BY_HAND:
                return "sent" if share < 0.85 else "wait"
            return "again" if share < 0.7 else "wait"
        if share < 0.75:
            return "approve"
        return "decline" if share < 0.9 else "wait"

    def _press(
        self, shop: str, order_id: int, case_id: str, verb: str, form: dict[str, str], action: str
    ) -> None:
        def come(process: Process) -> int:
            return desk.press(process, shop, "merchant", f"/cases/{case_id}/{verb}", form)

        def done(status: int | None) -> None:
            if status is not None and status < 400 and verb == "sent" and action in ABOUT:
                ground = self.world.by_name[shop].ground
                now = self.world.now().replace(microsecond=0)
                platform.answer(ground, order_id, ABOUT[action], now)

        self.world.visit(f"press|{shop}|{order_id}|{form['key']}|{verb}", come, done)
