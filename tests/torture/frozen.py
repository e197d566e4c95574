"""A worker stands still past its lease while another takes over, and then goes on unawares.

What it had claimed when it froze belongs to others by the time it wakes: its fence is gone, and
whatever it had sent off was read back by them.
"""

from __future__ import annotations

import random
from datetime import timedelta

from plugin.store import outbox, tables
from tests.torture import ledgers
from tests.torture.killed import ANSWER_SECONDS, AT_ANY_MOMENT, LONGEST_WAIT, Step, finish
from tests.torture.load import Load
from tests.torture.tally import Tally
from tests.torture.town import Town, pause

PAST_EVERYTHING = outbox.LEASE + outbox.QUARANTINE + timedelta(minutes=1)
TAKEN_OVER_SECONDS = 3.0
"""How long the other works before the first wakes up."""
AWAKE_SECONDS = 0.5
"""How long both work side by side."""


class Freeze:
    """SIGSTOP, past the lease, SIGCONT."""

    name = "freeze"
    database = "postgresql"

    def run(self, town: Town, count: int, dice: random.Random, step: Step) -> Tally:
        """That many times under load; then rest, and the comparison."""
        tally, load, held, taken = Tally(self.name, "freezes"), Load(town), 0, 0
        for name in ("web", "worker"):
            town.begin(name)
        for _ in range(count):
            load.feed()
            self._wait(town, dice)
            first = town.processes["worker"]
            first.freeze()
            tally.blows += 1
            claimed = town.rows(tables.outbox, tables.outbox.c.state == "claimed")
            tally.inside += bool(ledgers.happened(town, claimed))
            held += len(claimed)
            town.turn(PAST_EVERYTHING)
            town.begin("worker 2")
            self._until_taken_over(town, claimed)
            taken += len(claimed) - len(self._still_his(town, claimed))
            first.thaw()
            pause(AWAKE_SECONDS)
            town.kill("worker")
            town.processes["worker"] = town.processes.pop("worker 2")
            step()
        tally.notes.append(f"{held} claims held by the frozen, {taken} of them taken over")
        finish(town, load, tally)
        return tally

    def _wait(self, town: Town, dice: random.Random) -> None:
        if dice.random() < AT_ANY_MOMENT:
            pause(dice.uniform(0.0, 0.5))
            return
        town.effects.happened.clear()
        town.effects.happened.wait(LONGEST_WAIT)
        pause(dice.uniform(0, ANSWER_SECONDS))

    def _until_taken_over(self, town: Town, claimed: list[dict[str, object]]) -> None:
        for _ in range(int(TAKEN_OVER_SECONDS / 0.1)):
            if not self._still_his(town, claimed):
                return
            pause(0.1)

    def _still_his(self, town: Town, claimed: list[dict[str, object]]) -> list[object]:
        fences = {row["id"]: row["fence"] for row in claimed}
        now = town.rows(tables.outbox, tables.outbox.c.id.in_(list(fences)))
        return [r for r in now if r["state"] == "claimed" and r["fence"] == fences[r["id"]]]
