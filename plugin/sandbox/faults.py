"""Misfortunes to order: what the next calls of an operation will meet, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from plugin.sandbox.store import Ledger, Row


class FaultKind(StrEnum):
    """What can go wrong on the way, and whether the effect has happened by then."""

    LOSE_ANSWER = "lose_answer"
    """It happens and is committed; the connection closes without an answer."""
    ERROR_500_BEFORE = "error_500_before"
    """It does not happen; the answer is a 500."""
    ERROR_502_AFTER = "error_502_after"
    """It happens; the answer is a 502."""
    THROTTLE = "throttle"
    """It does not happen; try later."""
    SLOW = "slow"
    """It happens, after a while."""
    REFUSE = "refuse"
    """It does not happen; the answer says why."""
    STALE_READS = "stale_reads"
    """What happened lately is not in the answer yet."""
    TRUNCATED = "truncated"
    """It happens; the answer stops in the middle."""


AFTER = frozenset({FaultKind.LOSE_ANSWER, FaultKind.ERROR_502_AFTER, FaultKind.TRUNCATED})


@dataclass(frozen=True)
class Fault:
    """One misfortune. `seconds` is how slow or how stale; `message` what a refusal says."""

    kind: FaultKind
    seconds: float = 2.0
    message: str = "Refused by the sandbox."

    @property
    def after(self) -> bool:
        """True when the effect happens and only the answer suffers."""
        return self.kind in AFTER


class Faults:
    """The misfortunes still to come, kept in the ledger so that they survive a restart."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def add(
        self,
        operation: str,
        kind: FaultKind | str,
        *,
        count: int = 1,
        seconds: float | None = None,
        message: str = Fault.message,
    ) -> None:
        """The next `count` calls of `operation` meet `kind`. Raises ValueError for an unknown kind.

        `seconds` defaults to 2 for `slow` and to 600 of the world's time for `stale_reads`.
        """
        chosen = FaultKind(kind)
        if seconds is None:
            seconds = 600.0 if chosen is FaultKind.STALE_READS else Fault.seconds
        self._ledger.add(
            "faults",
            operation=operation,
            remaining=count,
            kind=str(chosen),
            seconds=seconds,
            message=message,
        )

    def take(self, *operations: str) -> Fault | None:
        """The misfortune the call at hand meets, if any; it is used up by being taken."""
        if not self._waiting(operations):
            return None
        with self._ledger.writing():
            for row in self._waiting(operations):
                self._ledger.amend("faults", row["id"], remaining=row["remaining"] - 1)
                return Fault(FaultKind(row["kind"]), float(row["seconds"]), str(row["message"]))
        return None

    def waiting(self) -> list[Row]:
        """What is still to come, for the pages."""
        return self._ledger.rows("SELECT * FROM faults WHERE remaining > 0 ORDER BY id")

    def clear(self) -> None:
        """No more misfortunes."""
        self._ledger.run("DELETE FROM faults")

    def _waiting(self, operations: Iterable[str]) -> list[Row]:
        names = set(operations)
        return [row for row in self.waiting() if row["operation"] in names]
