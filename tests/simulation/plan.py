"""What one world is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

QUIET_DAYS = 3
"""At the end nothing goes wrong any more, and everything has to come to rest."""
STARTS = (
    datetime(2026, 11, 2, 9, 0, tzinfo=UTC),  # the Sunday clocks went back in New York was before
    datetime(2026, 12, 14, 4, 30, tzinfo=UTC),  # over the year's end
    datetime(2027, 1, 18, 16, 0, tzinfo=UTC),  # into the spring festival
    datetime(2028, 2, 7, 7, 0, tzinfo=UTC),  # a leap day
    datetime(2027, 3, 8, 12, 0, tzinfo=UTC),  # clocks go forward in New York, then in Rome
    datetime(2026, 10, 19, 22, 15, tzinfo=UTC),  # clocks go back in Rome, then in New York
)


@dataclass(frozen=True)
class Plan:
    """How much of everything, and what is taken away from it."""

    orders: int = 60
    days: int = 60
    factor: float = 1.0
    """How often things go wrong; 0: never."""
    removed: frozenset[str] = frozenset()
    """Faults that do not happen this time."""
    mutant: str = ""
    """The guard that is broken on purpose."""

    @property
    def troubled(self) -> timedelta:
        """How long things go wrong."""
        return timedelta(days=max(1, self.days - QUIET_DAYS))

    @property
    def whole(self) -> timedelta:
        """How long the world lasts."""
        return timedelta(days=self.days)
