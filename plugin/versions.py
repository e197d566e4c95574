"""Which version of its API Shopify really answers with: another than ours once ours has expired."""

from __future__ import annotations

import structlog

from clients.shopify.channel import API_VERSION
from plugin.store.database import Database
from plugin.store.measures import remember, remembered

NAME = "shopify version that answered"

log = structlog.get_logger()


class Versions:
    """Listens to every answer; says each strange version once."""

    def __init__(self, db: Database) -> None:
        self._db, self._last = db, ""

    def heard(self, served: str) -> None:
        """An answer of this version came."""
        if served == self._last:
            return
        self._last = served
        value = f"{API_VERSION} {served}" if served != API_VERSION else ""
        try:
            with self._db.read() as tx:
                known = remembered(tx, NAME)
            if known == value:
                return
            with self._db.write() as tx:
                remember(tx, NAME, value)
        except Exception:  # what the call brought must not be lost for this
            log.exception("the version that answered was not written down")
            return
        if value:
            log.warning("Shopify answers another version", asked=API_VERSION, served=served)


def fallen_forward(told: str) -> str:
    """The version that answers in place of ours, of what was remembered; empty while it is ours."""
    asked, _, served = told.partition(" ")
    return served if asked == API_VERSION else ""
