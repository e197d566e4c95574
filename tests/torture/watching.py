"""What the world sees at the very moment it sees it, so that a blow can be aimed.

A blow at any moment seldom meets the short stretch between an effect and its record.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from time import monotonic

from plugin.sandbox.outside import Outside, Readiness
from plugin.sandbox.store import Ledger

TABLES = frozenset({"refunds", "supplier_refunds", "mails", "drafts", "urges"})
IDS = ("X-Shopify-Webhook-Id", "webhook-id")


class Effects:
    """Says when something of the app's doing was written into the world's ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.last = monotonic()
        self.happened = threading.Event()
        self._add = ledger.add
        ledger.add = self._seen  # type: ignore[method-assign]  # the ledger of this world alone

    def _seen(self, table: str, **values: object) -> int:
        added = self._add(table, **values)
        if table in TABLES:
            self.last = monotonic()
            self.happened.set()
        return added


class WatchedDoor:
    """The way to the app's door: what is on its way, what was thanked for, what got no answer."""

    def __init__(self, way: Outside) -> None:
        self._way = way
        self.left = threading.Event()
        """A webhook has just been sent off."""
        self.on_its_way = ""
        self.unanswered: set[str] = set()
        """Sent at least once and not thanked for since."""
        self.thanked: set[str] = set()
        self.statuses: Counter[int] = Counter()

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        """See `Outside`."""
        name = next(headers[one] for one in IDS if one in headers)
        self.on_its_way = name
        self.left.set()
        status = self._way.post(path, body, headers)
        self.on_its_way = ""
        if status is not None:
            self.statuses[status] += 1
        if status is not None and 200 <= status < 300:
            self.thanked.add(name)
            self.unanswered.discard(name)
        elif name not in self.thanked:
            self.unanswered.add(name)
        return status

    def ready(self) -> Readiness | None:
        """See `Outside`."""
        return self._way.ready()
