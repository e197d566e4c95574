"""The points a shop lets an app spend: what is left of them, and who may spend how much.

Shopify fills a bucket per app and shop at a steady rate and tells its level with every answer. Work
that can wait leaves half of it to work that cannot: a refund is never held up by a backfill.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from clients.errors import Retriable
from clients.shopify.envelope import Throttle
from clients.waits import bounded

YIELDING = "yielding"
"""Code of the error by which work that can wait is told to wait."""
USUAL_COST = 50.0
"""Points a document is taken to cost until it was sent once."""
RESERVE = 0.5
"""Share of the bucket that work that can wait leaves alone."""

_can_wait: ContextVar[bool] = ContextVar("can_wait", default=False)


@contextmanager
def bulk_work() -> Iterator[None]:
    """What is called in here can wait; also a decorator."""
    before = _can_wait.set(True)
    try:
        yield
    finally:
        _can_wait.reset(before)


class Budget:
    """One shop's bucket as far as this process knows it. Safe to share between threads.

    `now` gives aware moments.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._costs: dict[str, float] = {}
        self._bucket: Throttle | None = None
        self._at: datetime | None = None

    def take(self, document: str) -> None:
        """Set aside what a document costs. Raises Retriable when that has to wait, and how long."""
        waiting = _can_wait.get()
        with self._lock:
            bucket = self._refilled()
            if bucket is None:
                return
            cost = self._costs.get(document, USUAL_COST)
            needed = cost + bucket.maximum * RESERVE if waiting else cost
            needed = min(needed, bucket.maximum)  # a full bucket is never waited for
            if bucket.available >= needed or bucket.restore_rate <= 0:
                self._keep(bucket, bucket.available - cost)
                return
            after = bounded((needed - bucket.available) / bucket.restore_rate)
        if waiting:
            raise Retriable("Shopify", "leaves room for what is urgent", after=after, code=YIELDING)
        raise Retriable("Shopify", "throttled", after=after, code="THROTTLED")

    def told(self, document: str, throttle: Throttle | None, cost: float) -> None:
        """What an answer said of the bucket and of the document's cost, in points."""
        with self._lock:
            if cost > 0:
                self._costs[document] = cost
            if throttle is not None and throttle.maximum > 0:
                self._keep(throttle, throttle.available)

    @property
    def left(self) -> float | None:
        """Points there should be now; None before the first answer."""
        with self._lock:
            bucket = self._refilled()
        return bucket.available if bucket else None

    def _refilled(self) -> Throttle | None:
        if self._bucket is not None and self._at is not None:
            passed = max(0.0, (self._now() - self._at).total_seconds())
            self._keep(self._bucket, self._bucket.available + passed * self._bucket.restore_rate)
        return self._bucket

    def _keep(self, bucket: Throttle, available: float) -> None:
        level = max(0.0, min(bucket.maximum, available))
        self._bucket = Throttle(bucket.maximum, level, bucket.restore_rate)
        self._at = self._now()
