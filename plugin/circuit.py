"""Leaving a service alone that does not answer: a pause that grows, and one call to try.

Kept in the database, per shop and service, so that all processes agree and one of them tries.
"""

from __future__ import annotations

import threading
from datetime import timedelta

import structlog

from clients.errors import Retriable
from clients.waits import bounded
from plugin.clock import Clock
from plugin.store import outages
from plugin.store.database import Database

STORE, ALIBABA, OPENMALL = "store", "1688", "openmall"
"""The services, by the names the connections page has for them."""
PAUSED = "paused"
FAILURES = 5
"""So many in a row, and it is left alone."""
FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)
TRIAL = timedelta(seconds=60)
"""Longer than a call lasts: nobody else tries meanwhile."""

log = structlog.get_logger()


class Circuit:
    """Watches one service for one shop."""

    def __init__(self, db: Database, clock: Clock, shop: str, service: str) -> None:
        self._db, self._clock, self._shop, self._service = db, clock, shop, service
        self._troubled = False
        self._mine = threading.local()

    def before(self) -> None:
        """Raises Retriable with code `paused` until it is time to try again."""
        now = self._clock.now()
        with self._db.read() as tx:
            found = outages.read(tx, self._shop, self._service)
        if found is None:
            return
        self._troubled = True
        if found.next_try is None:
            return
        until = found.next_try
        if until <= now:
            with self._db.write() as tx:
                self._mine.trial = outages.take_trial(tx, found, now, now + TRIAL)
            if self._mine.trial:
                return
            until = now + TRIAL
        after = bounded((until - now).total_seconds())
        what = f"not answering since {found.since:%H:%M} UTC"
        raise Retriable(self._service, what, after=after, code=PAUSED)

    def answered(self) -> None:
        """It is there."""
        if not self._troubled:
            return
        try:
            with self._db.write() as tx:
                was_out = outages.over(tx, self._shop, self._service)
            self._troubled = False
        except Exception:  # what the call brought must not be lost for this
            log.exception("the end of an outage was not written down", shop=self._shop)
            return
        if was_out:
            log.info("a service answers again", shop=self._shop, service=self._service)

    def failed(self) -> None:
        """One more in a row. Calls that were under way when the pause began do not lengthen it."""
        self._troubled = True
        trial, self._mine.trial = getattr(self._mine, "trial", False), False
        now = self._clock.now()
        try:
            with self._db.write() as tx:
                known = outages.read(tx, self._shop, self._service)
                if known and known.next_try and known.next_try > now and not trial:
                    return
                found = outages.failed(tx, self._shop, self._service, now)
                if found.failures >= FAILURES:
                    pause = min(FIRST * 2 ** min(found.failures - FAILURES, 10), LONGEST)
                    outages.leave_alone(tx, self._shop, self._service, now + pause)
        except Exception:  # as above
            log.exception("a failure was not written down", shop=self._shop)
            return
        if found.failures == FAILURES:
            log.warning("a service is left alone", shop=self._shop, service=self._service)
