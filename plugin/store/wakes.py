"""Whose work has just come: told once it is committed, so that nobody waits for the next tick.

Only within one process, and only to be quicker: the tables are the truth, and the tick finds what
nobody was woken for.
"""

from __future__ import annotations

from sqlalchemy.engine import Connection

INBOX, OUTBOX = "inbox", "outbox"
WOKEN = "postvendita.woken"


def begin(tx: Connection) -> None:
    """Nothing is left over from whoever had this connection before."""
    tx.info.pop(WOKEN, None)


def wake(tx: Connection, whose: str) -> None:
    """There is work of this kind, as soon as this is committed."""
    tx.info.setdefault(WOKEN, set()).add(whose)


def woken(tx: Connection) -> frozenset[str]:
    """Whose work came in this transaction."""
    return frozenset(tx.info.pop(WOKEN, ()))
