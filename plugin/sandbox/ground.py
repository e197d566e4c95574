"""What every part of the world stands on: its ledger, its clock, its dice, its misfortunes."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from plugin.sandbox import moments
from plugin.sandbox.dice import Dice
from plugin.sandbox.faults import Faults
from plugin.sandbox.settings import WorldSettings
from plugin.sandbox.store import Ledger

FIRST = {
    "order": 6_120_400_000_000,
    "line": 9_107_200_000_000_000,
    "transaction": 7_431_900_000_000,
    "fulfilment": 5_540_100_000_000,
    "refund": 1_052_600_000_000,
    "refund_line": 673_200_000_000,
    "dispute": 11_203_400_000,
    "hold": 88_410_000_000,
    "draft": 1_180_300_000_000,
    "job": 440_900_000_000,
    "metafield": 33_710_600_000_000,
    "definition": 90_220_000_000,
    "return": 17_330_000_000,
    "bulk": 3_220_700_000_000,
}
"""Where ids begin. Line ids lie beyond 2**53, as real ones may, where a float cannot follow."""
SHOP_ID = 61_000_111


@dataclass(frozen=True)
class Ground:
    """Shared by all parts of one world."""

    settings: WorldSettings
    ledger: Ledger
    dice: Dice
    faults: Faults
    closing: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        """The world's time, aware, in UTC."""
        return self.settings.clock.now()

    def number(self, kind: str) -> int:
        """The next id of a kind; each id is given once."""
        return FIRST[kind] + 317 * self.ledger.count(kind)

    def schedule(self, due: datetime, kind: str, **doc: Any) -> None:
        """Something that will happen when the world's clock reaches `due`."""
        self.ledger.add("happenings", due=moments.text(due), kind=kind, state="waiting", **doc)

    def ago(self, seconds: float) -> str:
        """The moment that many seconds before now, as the ledger writes it."""
        return moments.text(self.now() - timedelta(seconds=seconds))
