"""A store that wants to be forgotten: nothing of it stays, and watching it begins anew (I12).

Money is not forgotten: what was paid is still there in the store, and must not be paid again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugin.facts import mark_in
from plugin.store import tables

if TYPE_CHECKING:
    from tests.simulation.invariants import Invariants
    from tests.simulation.world import World

KEPT = ("privacy_requests",)
"""That a store asked to be forgotten is all that is remembered of it."""
NOTES = "SELECT * FROM refunds ORDER BY id"


class Erasure:
    """Looks at the moment a store's rows are gone."""

    def __init__(self, world: World, others: Invariants) -> None:
        self.world, self.others = world, others
        self.pending: list[str] = []
        """Erased in a transaction that is still open."""
        self.at: dict[str, str] = {}
        """When a store was last forgotten."""
        self.marks: set[str] = set()
        """Of refunds whose intentions were erased."""

    def committed(self) -> None:
        """A transaction was."""
        pending, self.pending = self.pending, []
        for shop in pending:
            self._gone(shop)

    def _gone(self, shop: str) -> None:
        self.world.seen["shop erased"] += 1
        for table in tables.metadata.sorted_tables:
            if "shop" not in table.c or table.name in KEPT:
                continue
            query = f"SELECT count(*) FROM {table.name} WHERE shop = ?"  # noqa: S608 - our own names
            if left := self.world.probe.one(query, shop):
                self.world.wrong("I12", f"{shop}: {left} rows of {table.name} are still there")
        self.at[shop] = self.world.by_name[shop].text_now()
        ledger = self.world.by_name[shop].ledger
        self.marks |= {mark for row in ledger.rows(NOTES) if (mark := mark_in(row["note"]))}
        self.others.timelines.erased(shop)
        self.others.theirs.erased(shop)
        self.others.quiet.erased(shop)
        self.others.moves.erased()
        self.others.disturbed()
