"""How often one link and one network address may knock, counted in memory.

In memory, because the limits are there to keep one visitor from taking the place of all others in
this process; what may be kept at all is limited in the database. Names are kept as keyed hashes.
"""

from __future__ import annotations

import hmac
from collections import Counter
from datetime import datetime, timedelta
from threading import Lock

PERIOD = timedelta(minutes=10)
LOOKS_PER_LINK = 600
SENDS_PER_LINK = 60
"""Ten files one by one, each retried a few times, and a handful of forms."""
SENDS_PER_ADDRESS = 600
"""Many customers may share one address: a proxy's, or a whole country's telephones."""
BAD_LINKS_PER_ADDRESS = 300


class Pace:
    """So many knocks by one visitor in each period; then he has to wait for the next."""

    def __init__(self, secret: bytes, most: int, period: timedelta = PERIOD) -> None:
        self._secret, self._most, self._seconds = secret, most, int(period.total_seconds())
        self._window = 0
        self._knocks: Counter[bytes] = Counter()
        self._lock = Lock()

    def wait(self, who: str, now: datetime) -> int:
        """Seconds to wait; 0 lets him in, and counts it."""
        window, since = divmod(int(now.timestamp()), self._seconds)
        name = hmac.digest(self._secret, who.encode("utf-8", "replace"), "sha256")
        with self._lock:
            if window != self._window:
                self._window = window
                self._knocks.clear()
            if self._knocks[name] >= self._most:
                return self._seconds - since
            self._knocks[name] += 1
            return 0
