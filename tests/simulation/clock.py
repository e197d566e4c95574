"""Virtual time: one hand that the world turns, and the app's clock, which may go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from plugin.clock import Clock


@dataclass
class Hand:
    """Where time stands, and how far the app's machine is off."""

    moment: datetime = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    skew: timedelta = timedelta(0)


@dataclass(frozen=True)
class WorldClock(Clock):
    """True time, for everything outside the app."""

    hand: Hand = field(default_factory=Hand)

    def now(self) -> datetime:
        """Where the hand stands."""
        return self.hand.moment


@dataclass(frozen=True)
class AppClock(WorldClock):
    """The app's machine: true time, but for what it is off by."""

    def now(self) -> datetime:
        """Where the app believes the hand to stand."""
        return self.hand.moment + self.hand.skew
