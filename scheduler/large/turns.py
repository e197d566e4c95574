"""Calling turns and serving them.

The broker carries nothing but the call. It is sent after the commit and may be lost, come twice or
come late: the tables say what is to be done, and who is called again is decided by them as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from plugin.store import turns
from plugin.store.turns import Turn
from scheduler.large.kinds import KINDS, NAMED, Kind
from scheduler.runtime import Runtime

log = structlog.get_logger()

AT_ONCE = 100
"""Calls written down in one transaction."""


class Turns:
    """One process's way to call turns and serve them; `send` hands a call to the broker."""

    def __init__(self, runtime: Runtime, send: Callable[[Turn], None]) -> None:
        self._runtime = runtime
        self._send = send

    def call(self, kind: Kind, shops: Sequence[str]) -> int:
        """Call a turn for each of these shops that has a lane free; how many were sent."""
        with self._runtime.db.read() as tx:
            closed = turns.closed(tx, self._runtime.clock.now())
        free = [shop for shop in shops if closed[kind.name, shop] < kind.lanes]
        sent = 0
        for start in range(0, len(free), AT_ONCE):
            now = self._runtime.clock.now()
            with self._runtime.db.write() as tx:
                some = free[start : start + AT_ONCE]
                called = [turns.call(tx, kind.name, shop, now, lanes=kind.lanes) for shop in some]
            sent += sum(self._sent(turn) for turn in called if turn is not None)
        return sent

    def serve(self, turn: Turn) -> int:
        """Take the turn, do a share of the work, and call the next; how much was done.

        Nothing when the call is not the shop's last one: somebody else has served it.
        """
        runtime, kind = self._runtime, NAMED[turn.kind]
        with runtime.db.write() as tx:
            mine = turns.take(tx, turn, runtime.clock.now())
        if mine is None:
            return 0
        try:
            done = kind.work(runtime, turn.shop)
        finally:
            with runtime.db.write() as tx:
                turns.give_back(tx, mine, runtime.clock.now())
        if done:
            self._call_next(turn.shop)
        return done

    def _call_next(self, shop: str) -> None:
        """What this turn left, and what it brought about: at the end of the line."""
        now = self._runtime.clock.now()
        with self._runtime.db.read() as tx:
            more = [kind for kind in KINDS if kind.more(tx, shop, now)]
        for kind in more:
            self.call(kind, [shop])

    def _sent(self, turn: Turn) -> bool:
        try:
            self._send(turn)
        except Exception as error:  # whatever a broker's library raises, the tables stay true
            log.warning(
                "a call could not be sent", kind=turn.kind, shop=turn.shop, why=type(error).__name__
            )
            with self._runtime.db.write() as tx:
                turns.give_back(tx, turn, self._runtime.clock.now())
            return False
        return True
