"""No secret and no person's data in what the app says of itself (I18); no error nobody meant."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from tests.simulation import founding
from tests.simulation.lanes import current

if TYPE_CHECKING:
    from tests.simulation.world import World

CANARIES = (
    *(founding.APP_SECRET, founding.SUPPLIER_SECRET, founding.SUPPLIER_TOKEN),
    *(founding.WEBHOOK_SECRET, *founding.TOKENS.values()),
    *("@example.com", "merchant@", "/report/"),
)


AUDITED = "an invariant does not hold"
WAITING = ("I5", "I6", "I17")
"""What is late is late, but it is no surprise while something keeps the app from its work."""
OF_IDLE_TIME = ("clock_stopped", "not_reconciled")
"""No bell rings while a world has nothing to do, so its clocks do stand still."""
HOURS = timedelta(hours=12)


class Secrets:
    """Listens to the log of all processes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lines: list[str] = []
        structlog.configure(
            processors=[self._line],
            wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
            cache_logger_on_first_use=False,
        )

    def _line(self, _logger: Any, method: str, said: MutableMapping[str, Any]) -> str:
        lane = current()
        error = said.pop("exc_info", None)
        if error and lane is not None and not lane.trouble and not lane.gone:
            self._unexpected(said, error)
        if said.get("event") == AUDITED:
            self._finding(said)
        self.lines.append(f"{method} {dict(said)}")
        raise structlog.DropEvent

    def _finding(self, said: MutableMapping[str, Any]) -> None:
        """The app's auditor speaks of its own accord: it has to be right, or excused."""
        skipped = said["what"] in OF_IDLE_TIME
        waits = said["invariant"] in WAITING and self.world.invariants.freshness.excuses(HOURS)
        if not waits and not skipped:
            self.world.wrong("auditor", f"{dict(said)}")

    def _unexpected(self, said: MutableMapping[str, Any], error: Any) -> None:
        """An exception that no fault of ours explains."""
        found = sys.exc_info()[1] if error is True else error
        frames = traceback.extract_tb(getattr(found, "__traceback__", None))[-3:]
        way = " < ".join(
            f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in frames[::-1]
        )
        self.world.wrong("error", f"{dict(said)}: {type(found).__name__} {str(found)[:200]} {way}")

    def look(self) -> None:
        """At the end, through all that was said."""
        for line in self.lines:
            for canary in CANARIES:
                if canary in line:
                    self.world.wrong("I18", f"{canary[:12]}… in the log: {line[:200]}")
                    return
