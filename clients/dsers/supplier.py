"""DSers as a supplier: what its tools can do, and a clear no for what they cannot.

DSers has no tool for money, claims, urging or verification: those stay with the desk. Whatever
changes something is read first, sent once, and read back when its answer is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clients.dsers import products, reading, tools
from clients.dsers.account import Account
from clients.dsers.failures import SERVICE
from clients.dsers.orders import Found
from clients.errors import Refused
from clients.http import Kind
from clients.money import Money
from clients.supplier.records import SupplierRefund

STOPPED, ASKED, CHANGED_TO = "stopped", "asked", "changed"
OF_AGENT, OF_1688 = "agent", "1688"
"""cancel_supplier_order: only Agent and 1688 Dropshipping. Their numbers are not published."""


class Dsers(Account):
    """One shop's DSers account behind the shape of a supplier."""

    # --- changing ---------------------------------------------------------------------------------

    def stoppable(self, reference: str) -> bool:
        """A cancellation could be asked for now, or is there already."""
        try:
            self._stoppable(reference)
        except Refused:
            return False
        return True

    def stop(self, reference: str) -> str:
        """Ask for a purchase to be cancelled: `stopped` when it is already, `asked` when DSers
        took the request, which is not yet a cancellation.

        Raises Refused where it cannot be stopped this way: shipped, or another supplier than
        those DSers cancels for.
        """
        found = self._stoppable(reference)
        if found.status == reading.CANCELLED:
            return STOPPED
        asked = {
            "dsers_order_id": reference,
            "supplier_platform_id": found.platform,
            "status": found.status,
        }
        self._call(tools.CANCEL.name, asked, Kind.UNSAFE_WRITE)
        return ASKED

    def _stoppable(self, reference: str) -> Found:
        found = self._found(reference, "intercept")
        if found is None:
            raise Refused(SERVICE, "no such order, or no tool to stop it", code="not_found")
        if found.status == reading.CANCELLED:
            return found
        if found.status not in reading.STOPPABLE:
            raise Refused(SERVICE, f"not to be cancelled while {found.status}", code="status")
        if not _cancels_for(found):
            raise Refused(SERVICE, "DSers does not cancel for this supplier", code="supplier")
        return found

    def change_source(self, reference: str, sku: str, url: str) -> str:
        """Let one item of an unplaced, cancelled or failed order come from another product.

        `changed` also when it comes from there already. Raises Refused where the item, the
        platform or the state does not allow it.
        """
        found = self._found(reference, "resource")
        if found is None:
            raise Refused(SERVICE, "no such order, or no tool to change it", code="not_found")
        row = found.only(sku)
        if products.same_product(row.url, url):
            return CHANGED_TO
        if (row.status or found.status) not in reading.CHANGEABLE:
            raise Refused(SERVICE, f"not to be changed while {row.status}", code="status")
        tool = self.box().tools.get(tools.CHANGE.name)
        if tool is None:
            raise _no_tool()
        known: dict[str, Any] = {
            "dsers_order_id": reference,
            tool.first_of(tools.ITEM_NAMES): row.item,
            "supplier_product_url": url,
            "supplier_platform_id": _platform_of(url, row),
        }
        for name in ("tab_status", "status"):
            if name in tool.takes:
                known[name] = found.status
        self._call(tools.CHANGE.name, known, Kind.UNSAFE_WRITE)
        return CHANGED_TO

    # --- what DSers has no tool for ---------------------------------------------------------------

    def refunds(self, reference: str) -> Sequence[SupplierRefund]:
        """Nothing: DSers' tools do not speak of refunds."""
        return ()

    def urge(self, reference: str) -> Any:
        """Raises Refused: a person urges."""
        raise _no_tool()

    def refund_reasons(
        self, reference: str, entries: Sequence[str], *, goods_status: str
    ) -> Sequence[Any]:
        """None: a person asks for money."""
        return ()

    def ask_refund(
        self,
        reference: str,
        entries: Sequence[str],
        amount: Money,
        reason_id: str,
        description: str,
    ) -> str:
        """Raises Refused: a person asks for money."""
        raise _no_tool()

    def claim(
        self,
        reference: str,
        entries: Sequence[str],
        amount: Money,
        description: str,
        pictures: Sequence[bytes],
    ) -> str:
        """Raises Refused: a person hands claims in."""
        raise _no_tool()


def _cancels_for(found: Found) -> bool:
    """Agent and 1688 Dropshipping by name; where no name is told, nothing is dispatched."""
    names = {row.platform_name.casefold() for row in found.rows}
    return bool(names) and all(OF_AGENT in name or OF_1688 in name for name in names)


def _platform_of(url: str, row: reading.Row) -> str:
    """The number of the platform a product is on: AliExpress's, or the one it came from before."""
    host = products.product_of(url)[0]
    if host == "aliexpress.com" or host.endswith(".aliexpress.com"):
        return products.ALIEXPRESS
    if host and host == products.product_of(row.url)[0] and row.platform:
        return row.platform
    raise Refused(SERVICE, "the number of the supplier's platform is not known", code="platform")


def _no_tool() -> Refused:
    return Refused(SERVICE, "DSers has no tool for it", code="no_tool")
