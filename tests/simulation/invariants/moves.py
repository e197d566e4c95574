"""The outbox, move by move: only the published ones, and never out of an end state (I7, I8)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.world import World

OPEN = """
SELECT id, state, fence, generation, mark, first_sent_at IS NOT NULL FROM outbox
 WHERE settled_at IS NULL ORDER BY id
"""
NEWEST = "SELECT max(id) FROM outbox"
ENDED = "SELECT id, state FROM outbox WHERE settled_at IS NOT NULL AND id IN "
BEGINNINGS = frozenset({"suggested", "asked", "planned"})
MOVES = {
    "suggested": {"planned", "refused", "done"},
    "asked": {"planned", "refused", "done"},
    "planned": {"claimed", "asked", "refused", "done"},
    "claimed": {"claimed", "planned", "unknown", "asked", "needs_person", "done", "refused"},
    "unknown": {"claimed", "done"},
    "needs_person": {"planned", "done", "refused"},
}


class Moves:
    """What was open after the last commit, and what it has become."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._open: dict[int, tuple[str, int, int, str, bool]] = {}
        self._newest = 0
        self.lost: Counter[str] = Counter()
        """How often the outcome of a mark was unknown, or its worker died."""

    def erased(self) -> None:
        """A store's rows are gone, and their numbers may be given again."""
        self._open = {row[0]: tuple(row[1:]) for row in self.world.probe.rows(OPEN)}
        self._newest = int(self.world.probe.one(NEWEST) or 0)

    def look(self) -> None:
        """After every commit."""
        found = {row[0]: tuple(row[1:]) for row in self.world.probe.rows(OPEN)}
        if found == self._open:
            return
        for number, now in found.items():
            before = self._open.get(number)
            if before is None:
                if number <= self._newest:
                    self.world.wrong("I7", f"outbox {number} left its end state for {now[0]}")
                elif now[0] not in BEGINNINGS:
                    self.world.wrong("I8", f"outbox {number} begins as {now[0]}")
            elif before != now:
                self._moved(number, before, now)
        self._ended(set(self._open) - set(found))
        self._newest = max([self._newest, *found])
        self._open = found

    def _moved(self, number: int, before: tuple[object, ...], now: tuple[object, ...]) -> None:
        state, fence, generation, _, sent = before
        if now[0] not in MOVES[str(state)] and now[0] != state:
            self.world.wrong("I8", f"outbox {number} went from {state} to {now[0]}")
        if now[1] < fence or now[2] < generation:
            self.world.wrong("I8", f"outbox {number}: its fence or generation fell")
        if state == "claimed" and now[0] == "claimed" and now[1] != fence:
            self.world.seen["claim taken over"] += 1
            self.lost[str(now[3])] += bool(sent)
        if now[0] == "unknown":
            self.world.seen["outcome unknown"] += 1
            self.lost[str(now[3])] += 1
        if now[2] != generation:
            self.world.seen["attempt renewed"] += 1

    def _ended(self, gone: set[int]) -> None:
        if not gone:
            return
        listed = ", ".join(str(number) for number in sorted(gone))
        for number, state in self.world.probe.rows(f"{ENDED}({listed})"):
            before = self._open[number][0]
            gone.discard(number)
            if state not in MOVES[before]:
                self.world.wrong("I8", f"outbox {number} went from {before} to {state}")
            if before == "unknown" and state == "done":
                self.world.seen["the store's own word came first"] += 1
        if gone:
            self.world.wrong("I9", f"outbox rows {sorted(gone)} are gone")
