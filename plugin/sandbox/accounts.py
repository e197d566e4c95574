"""What of an order was paid, given back and shipped, counted from the ledger's rows.

All amounts are whole minor units of the currency the customer paid in.
"""

from __future__ import annotations

from dataclasses import dataclass

from plugin.sandbox.store import Ledger, Row

MOVED = ("SUCCESS", "PENDING")
"""Money that is back with the customer, or on its way there."""


@dataclass(frozen=True)
class Account:
    """One order with all that belongs to it; `since` in reading hides what is newer."""

    order: Row
    lines: list[Row]
    transactions: list[Row]
    refunds: list[Row]
    refund_lines: list[Row]
    fulfilments: list[Row]
    disputes: list[Row]
    holds: list[Row]
    fields: list[Row]
    returns: list[Row]

    def line(self, line_id: int) -> Row | None:
        """A line of this order."""
        return next((line for line in self.lines if line["id"] == line_id), None)

    def refunded_quantity(self, line_id: int) -> int:
        """Units of a line given back so far."""
        return sum(r["quantity"] for r in self.refund_lines if r["line_id"] == line_id)

    def refundable_quantity(self, line_id: int) -> int:
        """Units of a line that can still be given back."""
        line = self.line(line_id)
        return 0 if line is None else int(line["quantity"]) - self.refunded_quantity(line_id)

    def fulfilled_quantity(self, line_id: int) -> int:
        """Units of a line that were shipped."""
        return sum(
            quantity
            for fulfilment in self.fulfilments
            if fulfilment["status"] == "success"
            for shipped, quantity in fulfilment["lines"]
            if shipped == line_id
        )

    def unfulfilled_quantity(self, line_id: int) -> int:
        """Units of a line still to be shipped: neither shipped nor given back before that."""
        line = self.line(line_id)
        if line is None or self.order["cancelled_at"]:
            return 0
        shipped, back = self.fulfilled_quantity(line_id), self.refunded_quantity(line_id)
        return max(0, int(line["quantity"]) - max(shipped, back))

    def share(self, line_id: int, quantity: int) -> tuple[int, int]:
        """(goods with tax, the tax in it) of the next `quantity` units to be given back.

        Shares of a line add up exactly to what was paid for it.
        """
        line = self.line(line_id)
        if line is None:
            return (0, 0)
        before, units = self.refunded_quantity(line_id), line["quantity"]
        after = before + quantity
        return (
            _part(line["paid_minor"], after, units) - _part(line["paid_minor"], before, units),
            _part(line["tax_minor"], after, units) - _part(line["tax_minor"], before, units),
        )

    @property
    def payments(self) -> list[Row]:
        """The transactions that brought the money in."""
        good = ("SALE", "CAPTURE")
        return [t for t in self.transactions if t["kind"] in good and t["status"] == "SUCCESS"]

    @property
    def paid(self) -> int:
        """All the customer paid."""
        return sum(t["amount_minor"] for t in self.payments)

    @property
    def total(self) -> int:
        """All it costs the customer: the lines and the shipping."""
        goods = sum(line["paid_minor"] for line in self.lines)
        return int(goods + self.order["shipping_minor"])

    @property
    def refunded(self) -> int:
        """All that went back, or is on its way back."""
        return sum(t["amount_minor"] for t in self._back())

    def left_of(self, payment_id: int) -> int:
        """What can still go back through one payment."""
        payment = next((t for t in self.payments if t["id"] == payment_id), None)
        if payment is None:
            return 0
        back = sum(t["amount_minor"] for t in self._back() if t["parent_id"] == payment_id)
        return int(payment["amount_minor"] - back)

    @property
    def shipping_left(self) -> int:
        """Shipping not yet given back."""
        return int(self.order["shipping_minor"]) - self.shipping_refunded

    @property
    def shipping_refunded(self) -> int:
        """Shipping given back so far."""
        return sum(r["shipping_minor"] for r in self.refunds)

    @property
    def financial_status(self) -> str:
        """As GraphQL spells it."""
        if not self.paid:
            return "PENDING" if self.total else "PAID"
        if not self.refunded:
            return "PAID"
        return "REFUNDED" if self.refunded >= self.paid else "PARTIALLY_REFUNDED"

    @property
    def fulfilment_status(self) -> str:
        """As GraphQL spells it."""
        shipped = sum(self.fulfilled_quantity(line["id"]) for line in self.lines)
        waiting = sum(self.unfulfilled_quantity(line["id"]) for line in self.lines)
        if self.holds and waiting:
            return "ON_HOLD"
        if shipped:
            return "PARTIALLY_FULFILLED" if waiting else "FULFILLED"
        return "UNFULFILLED"

    def _back(self) -> list[Row]:
        return [t for t in self.transactions if t["kind"] == "REFUND" and t["status"] in MOVED]


def read(ledger: Ledger, order_id: int, *, until: str = "9") -> Account | None:
    """The account of an order as it was at `until` (ledger text), by default as it is.

    None when there is no such order.
    """
    order = ledger.row("SELECT * FROM orders WHERE id = ?", order_id)
    if order is None:
        return None

    def of(table: str, *, dated: bool = False) -> list[Row]:
        sql = f"SELECT * FROM {table} WHERE order_id = ?"  # noqa: S608 - names are ours
        rows = ledger.rows(sql + " ORDER BY id", order_id)
        return [row for row in rows if row["created_at"] <= until] if dated else rows

    refunds = of("refunds", dated=True)
    return Account(
        order=order,
        lines=of("lines"),
        transactions=of("transactions", dated=True),
        refunds=refunds,
        refund_lines=[
            line
            for refund in refunds
            for line in ledger.rows(
                "SELECT * FROM refund_lines WHERE refund_id = ? ORDER BY id", refund["id"]
            )
        ],
        fulfilments=of("fulfilments", dated=True),
        disputes=of("disputes", dated=True),
        holds=of("holds"),
        fields=of("fields"),
        returns=of("returns", dated=True),
    )


def demand(ledger: Ledger, order_id: int) -> Account:
    """The account of an order that must exist. Raises LookupError when it does not."""
    account = read(ledger, order_id)
    if account is None:
        raise LookupError(f"no order {order_id}")
    return account


def _part(whole: int, units: int, of: int) -> int:
    return whole * units // of
