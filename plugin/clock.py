"""The one place that reads the clock. Everything else is told what time it is.

In production this is the machine's clock in UTC. A sandbox may point `POSTVENDITA_CLOCK_FILE` at
a small file that turns it: `+86400` runs a day ahead of the machine, `2026-11-22T09:00:00+00:00`
stands still at that moment. The file is read at every look, so every process that shares it
shares the time.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Clock:
    """Tells the time; `file` empty means the machine's own."""

    file: Path | None = None

    @classmethod
    def from_environment(cls) -> Clock:
        """The clock `POSTVENDITA_CLOCK_FILE` names, or the machine's."""
        name = os.environ.get("POSTVENDITA_CLOCK_FILE", "")
        return cls(Path(name) if name else None)

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        text = self._turned()
        if text[:1] in {"+", "-"}:
            return _machine() + timedelta(seconds=float(text))
        return datetime.fromisoformat(text).astimezone(UTC) if text else _machine()

    def turn_to(self, moment: datetime) -> None:
        """Stand still at `moment` (sandbox and tests only)."""
        self._write(moment.astimezone(UTC).isoformat())

    def run_from(self, moment: datetime) -> None:
        """Run on from `moment` at the machine's pace (sandbox and tests only)."""
        ahead = (moment - _machine()).total_seconds()
        self._write(f"{ahead:+.6f}")

    def _turned(self) -> str:
        if self.file is None:
            return ""
        try:
            return self.file.read_text("ascii").strip()
        except FileNotFoundError:
            return ""

    def _write(self, text: str) -> None:
        if self.file is None:
            raise ValueError("only a clock with a file can be turned")
        draft = self.file.with_name(self.file.name + ".new")
        draft.write_text(text, "ascii")
        draft.replace(self.file)


@dataclass(frozen=True)
class StoppedClock(Clock):
    """Stands at one moment, for a sweep as of a given time."""

    moment: datetime | None = None

    def now(self) -> datetime:
        """Always the same."""
        return self.moment or _machine()


def _machine() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the one place
