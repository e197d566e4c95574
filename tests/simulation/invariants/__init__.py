"""What must hold, whatever fails: checked at every effect, after every commit, and at the end.

The names I1 to I18 are those of `docs/simulation.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from plugin.sandbox.store import Row
from plugin.timeline import Entry
from tests.simulation.invariants.again import replayed
from tests.simulation.invariants.audit import audited
from tests.simulation.invariants.erasure import Erasure
from tests.simulation.invariants.freshness import Freshness
from tests.simulation.invariants.moves import Moves
from tests.simulation.invariants.quiet import Quiet
from tests.simulation.invariants.secrets import Secrets
from tests.simulation.invariants.theirs import Theirs
from tests.simulation.invariants.timelines import Timelines

if TYPE_CHECKING:
    from tests.simulation.lanes import Lane
    from tests.simulation.shop import Shop
    from tests.simulation.world import World


class Invariants:
    """All of them, behind one door."""

    def __init__(self, world: World) -> None:
        self.world, self.silent = world, False
        self.timelines, self.moves = Timelines(world), Moves(world)
        self.theirs, self.freshness = Theirs(world, self.timelines), Freshness(world)
        self.erasure = Erasure(world, self)
        self.quiet, self.secrets = Quiet(world, self.timelines), Secrets(world)
        self._pending: list[tuple[str, int, list[Entry]]] = []

    def appended(self, shop: str, order_id: int, entries: Iterable[Entry]) -> None:
        """Something was added to a timeline, in a transaction that is still open."""
        self._pending.append((shop, order_id, list(entries)))

    def committed(self, lane: Lane | None) -> None:
        """A transaction was committed."""
        pending, self._pending = self._pending, []
        if self.silent:
            return
        self.erasure.committed()
        self.timelines.commits += 1
        for shop, order_id, entries in pending:
            self.timelines.added(shop, order_id, entries)
        if self.world.db.outbox_written:
            self.world.db.outbox_written = False
            self.moves.look()

    def rolled_back(self, lane: Lane | None) -> None:
        """It was not: all of it is absent."""
        self._pending.clear()
        self.erasure.pending.clear()

    def happened(self, shop: Shop, table: str, row: dict[str, Any]) -> None:
        """Something happened outside, on the app's word or without it."""
        self.theirs.happened(shop, table, row)

    def accepted(self, shop: str, row: Row) -> None:
        """The app has said thanks for a webhook."""
        self.quiet.accepted.append((shop, row))

    def disturbed(self) -> None:
        """Something began or ended that keeps the app from its work."""
        self.freshness.disturbed()

    def after_an_event(self) -> None:
        """What is looked at now and then."""
        self.freshness.look()

    def at_the_end(self) -> None:
        """Everything has come to rest."""
        self.quiet.look()
        self.secrets.look()
        audited(self.world, self.timelines)
        replayed(self.world)
