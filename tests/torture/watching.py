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

COSTLY = frozenset({"refunds", "supplier_refunds", "drafts"})
"""Money and goods."""
TABLES = COSTLY | {"mails", "urges"}
IDS = ("X-Shopify-Webhook-Id", "webhook-id")


class Effects:
    """Says when something of the app's doing was written into the world's ledger.

    `happened` for anything, `cost` for money and goods.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.last = monotonic()
        self.happened, self.cost = threading.Event(), threading.Event()
        self._add, self._amend = ledger.add, ledger.amend
        # The ledger of this world alone.
        ledger.add = self._added  # type: ignore[method-assign]  # this world's alone
        ledger.amend = self._amended  # type: ignore[method-assign]  # the same

    def _added(self, table: str, **values: object) -> int:
        added = self._add(table, **values)
        if table in TABLES:
            self._tell(table)
        return added

    def _amended(self, table: str, which: object, **changes: object) -> None:
        self._amend(table, which, **changes)
        if table == "drafts":  # it has been made an order
            self._tell(table)

    def _tell(self, table: str) -> None:
        self.last = monotonic()
        self.happened.set()
        if table in COSTLY:
            self.cost.set()


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
