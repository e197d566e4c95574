"""Were all processes given the same secret key? A link made with one opens nothing with another.

A process that works by the clock says at every tick which key it has, by a mark that tells nothing
else of it. It is no row of a shop: the key belongs to the whole installation.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from plugin.settings import Settings
from plugin.store import ticks
from plugin.store.database import Database

WORDS = "secret key "
TICKS = 4
"""A process that has not been heard of for so many ticks has gone."""


def here(db: Database, settings: Settings, now: datetime) -> None:
    """This process is at work."""
    with db.write() as tx:
        ticks.ticked(tx, WORDS + mark(settings.secret_key), now)


def gone(db: Database, settings: Settings) -> None:
    """It stops: whoever starts next may have been given another key."""
    with db.write() as tx:
        ticks.forget(tx, WORDS + mark(settings.secret_key))


def another(db: Database, settings: Settings, now: datetime) -> bool:
    """Is a process at work that was given another key than this one?"""
    lately = now - timedelta(seconds=settings.tick_seconds * TICKS)
    with db.read() as tx:
        heard_of = ticks.since(tx, WORDS, lately)
    return bool(heard_of - {WORDS + mark(settings.secret_key)})


def mark(secret_key: bytes) -> str:
    """Names a key without telling it."""
    return hmac.digest(secret_key, b"which key is it", hashlib.sha256).hex()[:16]
