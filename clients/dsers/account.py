"""One shop's DSers account, to look at: what its server can do, its orders and parcels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from clients.dsers import reading, tools
from clients.dsers.failures import CHANGED, DENIED
from clients.dsers.orders import Found, Orders
from clients.dsers.session import Session
from clients.dsers.tools import Toolbox
from clients.errors import NeedsAuthorisation, Refused
from clients.http import Kind
from clients.supplier.records import SupplierOrder, TraceStep

LOOK_AGAIN = timedelta(hours=1)
"""What a server offers depends on plan, role and scopes, and changes with them."""


class Account:
    """Reads only. A purchase's reference is the DSers order id."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session, self._now = session, now
        self._lock = Lock()
        self._box: Toolbox | None = None
        self._looked_at: datetime | None = None

    # --- what it can do ---------------------------------------------------------------------------

    def box(self) -> Toolbox:
        """The tools that fit, looked at anew every hour."""
        now = self._now()
        with self._lock:
            seen, box = self._looked_at, self._box
        if box is None or seen is None or now - seen >= LOOK_AGAIN:
            box = Toolbox.of(self._session.tools())
            with self._lock:
                self._box, self._looked_at = box, now
        return box

    def offers(self, verb: str) -> bool:
        """Whether this account's server has the tools for a verb, as we know them."""
        return self.box().can(verb)

    # --- reading ----------------------------------------------------------------------------------

    def order(self, reference: str) -> SupplierOrder | None:
        """The purchase as DSers has it; None also where this server cannot be asked for it."""
        found = self._found(reference, "read_order")
        if found is None:
            return None
        rows, status = found.rows, found.status
        return SupplierOrder(
            reference=reference,
            status=status,
            shipped_at=self._shipped_at(found),
            closed=status == reading.CANCELLED,
            paid=reading.total(rows),
            entries=tuple(row.item for row in rows if row.item),
            tracking_numbers=tuple(dict.fromkeys(n for row in rows for n in row.tracking)),
        )

    def trace(self, reference: str) -> Sequence[TraceStep]:
        """Where its parcels have been, by the carriers' events DSers keeps; nothing of an
        international hold that no carrier tells."""
        found = self.order(reference) if self.offers("customs") else None
        numbers = found.tracking_numbers if found is not None else ()
        steps = [step for number in numbers for step in self._way_of(number)]
        return tuple(sorted(steps, key=lambda step: step.at))

    def out_of_stock(self, reference: str) -> bool:
        """A purchase that is not placed yet cannot be placed, for want of stock.

        Only a check that was made and failed counts; one that was not made says nothing.
        """
        found = self._found(reference, "detect_no_stock")
        if found is None or found.status != reading.AWAITING_ORDER:
            return False
        asked = {
            "dsers_order_ids": [reference],
            "status": found.status,
            "supplier_platform_id": found.platform,
        }
        answer = self._call(tools.DIAGNOSE.name, asked)
        told = dict(reading.ids(reading.listed(answer)[0], "dsers_order_id")).get(reference, {})
        if told.get("decision") in {None, "allowed"}:
            return False
        return any("stock" in name.lower() for name in reading.blockers(told))

    # --- how --------------------------------------------------------------------------------------

    def _way_of(self, number: str) -> Sequence[TraceStep]:
        try:
            answer = self._call(tools.PACKAGE.name, {"tracking_number": number})
        except Refused as problem:
            if problem.code == "NOT_FOUND":
                return ()
            raise
        return reading.steps(answer)

    def _call(self, tool: str, arguments: dict[str, Any], kind: Kind = Kind.READ) -> reading.Node:
        """A tool that is not what it was, or not for us, is not called again before a new look."""
        try:
            return self._session.call(tool, arguments, kind)
        except (Refused, NeedsAuthorisation) as problem:
            with self._lock:
                if problem.code == CHANGED:
                    self._box = None
                elif problem.code in DENIED and self._box is not None:
                    self._box = self._box.without(tool)
            raise

    def _found(self, reference: str, verb: str) -> Found | None:
        box = self.box()
        return Orders(self._call, box).find(reference) if box.can(verb) else None

    def _shipped_at(self, found: Found) -> datetime | None:
        """When the first parcel left; this moment where DSers says "shipped" without a time."""
        known = [row.shipped_at for row in found.rows if row.shipped_at is not None]
        if known or found.status not in reading.SHIPPED:
            return min(known, default=None)
        return self._now()
