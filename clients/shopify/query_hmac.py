"""The signature over the query with which Shopify opens an app or comes back from a grant.

Not the one of webhooks: everything but `hmac`, sorted, joined, HMAC-SHA256 in hexadecimal.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime

OLDEST_SECONDS = 90
"""How old a signed query may be, and how far ahead our clocks may differ."""


def signature(pairs: Iterable[tuple[str, str]], secret: str) -> str:
    """The hexadecimal digest over all pairs but `hmac` itself."""
    message = "&".join(f"{name}={value}" for name, value in sorted(pairs) if name != "hmac")
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def is_signed(pairs: Sequence[tuple[str, str]], secrets: Iterable[str], now: datetime) -> bool:
    """Signed with one of the secrets, once, and within 90 seconds of now."""
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        return False
    told = dict(pairs)
    given = told.get("hmac", "").encode()
    signed = [hmac.compare_digest(given, signature(pairs, s).encode()) for s in secrets]
    stamp = told.get("timestamp", "")
    if not any(signed) or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        return False
    return abs(now.timestamp() - int(stamp)) <= OLDEST_SECONDS
