"""The dangers a run must have met. A promise nobody endangered was not tested.

Every name is counted where it happens. A run of `ENOUGH` worlds or more in which one of these has
count 0 fails, whatever else held; the rare ones have to be met by `MANY`.
"""

from __future__ import annotations

from collections import Counter

ENOUGH, MANY = 40, 200
RARE = frozenset(
    {
        *("attempt renewed", "call late", "call 502", "call truncated", "letter lost"),
        *("call 429 wait", "call throttled", "call 503", "call reset", "call nonsense"),
        *("call gone", "person forgotten"),
        *("shop erased", "database slow", "recording was tried again"),
    }
)
"""What only a run of `MANY` worlds must have met."""
DANGERS = (
    "crash before a statement",
    "crash before a commit",
    "crash after a commit",
    "crash before a call",
    "crash after a call",
    "crash after an effect",
    "paused longer than the lease",
    "stalled for hours",
    "fenced off after a pause",
    "another worker finished first",
    "claim taken over",
    "two schedulers alive",
    "a job in two processes at once",
    "deploy",
    "down for hours",
    "nobody at the door",
    "database locked",
    "database lost before commit",
    "database lost after commit",
    "database slow",
    "disk full",
    "recording was tried again",
    "call refused",
    "call no such host",
    "call 429",
    "call 429 wait",
    "call throttled",
    "call 500",
    "call 503",
    "call timeout",
    "call reset",
    "call nonsense",
    "call gone",
    "call 502",
    "call late",
    "call truncated",
    "call stale",
    "a refund's call failed",
    "a refund's answer lost",
    "call in an outage",
    "outage of store",
    "outage of mail",
    "letter lost",
    "outcome unknown",
    "found it done when reading back",
    "the store's own word came first",
    "attempt renewed",
    "webhook lost",
    "webhook 26 hours late",
    "webhook overtaken",
    "old news was not taken",
    "webhook held up in an outage",
    "webhook refused as known",
    "webhook that told nothing new",
    "webhook nobody can read",
    "forged webhook",
    "our thanks lost",
    "double click",
    "two of staff decide differently",
    "refund by hand",
    "cancelled by hand",
    "event after the end of a case",
    "paid after an interception",
    "clock ahead",
    "clock behind",
    "a token is renewed",
    "removed the app",
    "came back, and only watches",
    "asked for a link into the desk",
    "shop erased",
    "person forgotten",
)


def never_met(seen: Counter[str], worlds: int) -> list[str]:
    """What no world of the run has met, of what so many worlds should have."""
    if worlds < ENOUGH:
        return []
    return [name for name in DANGERS if not seen[name] and (worlds >= MANY or name not in RARE)]
