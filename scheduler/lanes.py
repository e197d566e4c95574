"""Work that begins the moment there is some: a thread for each lane, rung by tick and by commit.

A lane that is rung while it works goes through its work once more afterwards, so that nothing which
came in between waits for the next tick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Event, Thread


class Lane:
    """One thread that does one kind of work whenever it is rung."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self._work = work
        self._rung, self._stopping = Event(), False
        self.idle = True
        self._thread = Thread(target=self._go, name=name, daemon=True)
        self._thread.start()

    def ring(self) -> None:
        """There may be work."""
        self._rung.set()

    def stop(self, *, wait: bool) -> None:
        """Begin nothing new; with `wait` return when what is under way has ended."""
        self._stopping = True
        self._rung.set()
        if wait:
            self._thread.join()

    def _go(self) -> None:
        while True:
            self._rung.wait()
            self._rung.clear()
            if self._stopping:
                return
            self.idle = False
            self._work()
            self.idle = True


class Lanes:
    """The lanes of each kind of work."""

    def __init__(self, by_kind: Mapping[str, Sequence[Lane]]) -> None:
        self._by_kind = by_kind

    def wake(self, kinds: Iterable[str]) -> None:
        """Ring a lane of each kind that has nothing to do; all of them where none has."""
        for kind in kinds:
            lanes = self._by_kind.get(kind, ())
            idle = [lane for lane in lanes if lane.idle]
            for lane in idle[:1] or lanes:
                lane.ring()

    def stop(self, *, wait: bool) -> None:
        """Stop all."""
        every = [lane for lanes in self._by_kind.values() for lane in lanes]
        for lane in every:
            lane.stop(wait=False)
        for lane in every:
            lane.stop(wait=wait)
