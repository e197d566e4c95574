"""How long to wait before asking again: what a service says, within what we put up with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

SHORTEST_WAIT = 1.0
LONGEST_WAIT = 15 * 60.0
USUAL_WAIT = 30.0


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait by Retry-After, between 1 second and 15 minutes; 30 when it says nothing.

    A date is measured against the answer's own Date header, not against our clock.
    """
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        seconds = _until(text, headers.get("date", ""))
    return bounded(seconds)


def bounded(seconds: float) -> float:
    """A wait nobody has to regret: at least 1 second, at most 15 minutes."""
    if math.isnan(seconds):
        return USUAL_WAIT
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)


def _until(text: str, now: str) -> float:
    try:
        return (parsedate_to_datetime(text) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return math.nan
