"""Turning the clock: the world's time runs ahead, and everything on the way happens in order.

A turn goes in steps: to the next happening, to the moment the app says it has something to do by
the clock, or three hours on, whichever is earliest. At each step
what is due happens, its webhooks are brought, and the app is given time to deal with them before
the clock goes on. Where a turn is heading is in the ledger, so a world that was killed in the
middle of one goes on where it was.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

from plugin.sandbox import happenings, moments
from plugin.sandbox.ground import Ground
from plugin.sandbox.outside import Outside, Readiness
from plugin.sandbox.postman import Postman

STEP = timedelta(hours=3)
ROUND_SECONDS = 0.05
SETTLE_ROUNDS = 200
"""Together about ten seconds; what has not settled by then is left to the next step."""


class Turner:
    """Turns the clock; one turn at a time."""

    rounds, round_seconds = SETTLE_ROUNDS, ROUND_SECONDS

    def __init__(self, ground: Ground, postman: Postman, outside: Outside) -> None:
        self._ground = ground
        self._postman = postman
        self._outside = outside
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._progress: dict[str, Any] = {"running": False, "steps": 0, "unsettled": 0}

    def progress(self) -> dict[str, Any]:
        """running, from, to, at, steps, unsettled (steps the app did not keep up with), waiting."""
        return dict(self._progress) | {"now": moments.text(self._ground.now())}

    def turn(self, to: datetime) -> None:
        """Turn to that moment and stay until it is reached.

        Returns earlier only when the world closes. Raises RuntimeError when a turn is on already.
        """
        if not self._lock.acquire(blocking=False):
            raise RuntimeError("the clock is being turned already")
        try:
            self._ground.ledger.write("turning", to=moments.text(to))
            self._begin(to)
            while not self._ground.closing.is_set() and self._ground.now() < to:
                self._step(self._next(to))
            if not self._ground.closing.is_set():
                self._ground.ledger.run("DELETE FROM notes WHERE name = 'turning'")
        finally:
            self._progress["running"] = False
            self._lock.release()

    def start(self, to: datetime) -> bool:
        """Turn in a thread of its own; False when a turn is on already."""
        if self._lock.locked():
            return False
        self._begin(to)
        self._thread = threading.Thread(
            target=self._quietly, args=(to,), name="turner", daemon=True
        )
        self._thread.start()
        return True

    def wait(self, seconds: float = 10.0) -> None:
        """Wait for the thread of `start` to end, at most that long."""
        if self._thread is not None:
            self._thread.join(timeout=seconds)

    def resume(self) -> bool:
        """Go on with a turn that was cut off, in a thread; False when there was none."""
        cut_off = self._ground.ledger.note("turning")
        return bool(cut_off) and self.start(moments.moment(cut_off["to"]))

    def _quietly(self, to: datetime) -> None:
        try:
            self.turn(to)
        except RuntimeError:
            return

    def _begin(self, to: datetime) -> None:
        now = moments.text(self._ground.now())
        self._progress = {
            "running": True,
            "from": now,
            "to": moments.text(to),
            "at": now,
            "steps": 0,
            "unsettled": 0,
            "waiting": "",
        }

    def _next(self, to: datetime) -> datetime:
        now = self._ground.now()
        due = happenings.next_due(self._ground)
        soon = min(to, now + STEP, *self._promised(now))
        return max(now, min(soon, moments.moment(due))) if due else soon

    def _promised(self, now: datetime) -> list[datetime]:
        """The app's own next moment, so that its clocks are not found late by our long steps."""
        ready = self._outside.ready()
        try:
            promised = moments.moment(ready.next_due) if ready and ready.next_due else now
        except ValueError:
            return []
        return [promised] if promised > now else []

    def _step(self, moment: datetime) -> None:
        self._ground.settings.clock.run_from(moment)
        self._progress["at"] = moments.text(moment)
        happenings.happen_due(self._ground, moment)
        self._settle(moment)
        self._progress["steps"] += 1

    def _settle(self, moment: datetime) -> None:
        """Bring webhooks until the app says that it has dealt with all of them.

        The rounds in which the app does not answer are not counted: it was killed and will be
        back, and nothing may be lost meanwhile. Between rounds this waits on the closing event,
        which is a way of waiting that ends at once when the world closes.
        """
        rounds = 0
        while rounds < self.rounds:
            self._postman.deliver_due()
            ready = self._outside.ready()
            if ready is None:
                self._progress["waiting"] = "for the app to answer"
            else:
                self._progress["waiting"] = "for the app to settle"
                if _idle(ready, moment) and not self._postman.has_due():
                    self._progress["waiting"] = ""
                    return
                rounds += 1
            if self._ground.closing.wait(self.round_seconds):
                return
        self._progress["unsettled"] += 1


def _idle(ready: Readiness, moment: datetime) -> bool:
    try:
        ticked = moments.moment(ready.last_tick) >= moment
    except ValueError:
        return False
    return ticked and ready.inbox == 0 and ready.outbox == 0
