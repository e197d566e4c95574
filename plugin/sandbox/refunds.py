"""Refunds as the storefront makes them: never more than was paid.

A request is first checked whole, then written down whole. What it may take is limited four ways:
by the units of a line, by the shipping, by each payment and by the order. `allowOverRefunding`
lifts none of these, because a payment gives nothing back that it did not bring in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.sandbox import moments, orders, recovery
from plugin.sandbox.accounts import Account, demand
from plugin.sandbox.ground import Ground

PENDING_SHARE = 0.1
"""Share of refunds whose money arrives only hours later."""


@dataclass(frozen=True)
class Wanted:
    """A refund somebody asks for. Amounts in minor units of the order's currency."""

    order_id: int
    currency: str | None
    note: str
    lines: tuple[tuple[int, int, str], ...]
    """(line id, units, restock type)"""
    shipping: int
    transactions: tuple[tuple[int | None, int, str], ...]
    """(payment id, amount, gateway)"""
    key: str = ""
    params_hash: str = ""


@dataclass(frozen=True)
class Objection:
    """Why a refund is refused: the input field and a sentence."""

    field: tuple[str, ...]
    message: str


def objections(account: Account, wanted: Wanted) -> list[Objection]:
    """Everything that speaks against the refund; empty when nothing does."""
    return [
        *_against_currency(account, wanted),
        *_against_lines(account, wanted),
        *_against_shipping(account, wanted),
        *_against_transactions(account, wanted),
    ]


def make(ground: Ground, wanted: Wanted, at: datetime) -> int:
    """Write the refund down and tell the app of it. Gives its id. Check `objections` first."""
    with ground.ledger.writing():
        account = demand(ground.ledger, wanted.order_id)
        refund_id = ground.number("refund")
        ground.ledger.add(
            "refunds",
            id=refund_id,
            order_id=wanted.order_id,
            created_at=moments.text(at),
            key=wanted.key or None,
            params_hash=wanted.params_hash or None,
            shipping_minor=wanted.shipping,
            note=wanted.note,
            currency=account.order["currency"],
        )
        _write_lines(ground, account, wanted, refund_id)
        settled = _write_transactions(ground, wanted, refund_id, at)
        orders.touch(ground, wanted.order_id, at)
        orders.tell_refund(ground, wanted.order_id, refund_id, at=at, settled=settled)
        recovery.ask_by_hand(ground, wanted.order_id, {line for line, _, _ in wanted.lines}, at)
    return refund_id


def settle(ground: Ground, refund_id: int, at: datetime) -> None:
    """Money that was on its way has arrived with the customer."""
    with ground.ledger.writing():
        pending = ground.ledger.rows(
            "SELECT * FROM transactions WHERE refund_id = ? AND status = 'PENDING'", refund_id
        )
        for transaction in pending:
            ground.ledger.amend("transactions", transaction["id"], status="SUCCESS")
            orders.touch(ground, transaction["order_id"], at)
            orders.tell_transaction(ground, transaction["order_id"], transaction["id"], at=at)


def _against_currency(account: Account, wanted: Wanted) -> Iterator[Objection]:
    order = account.order
    if order["currency"] == order["shop_currency"]:
        accepted: tuple[str | None, ...] = (None, order["currency"])
    else:
        accepted = (order["currency"],)
    if wanted.currency not in accepted:
        yield Objection(("currency",), f"Currency must be {order['currency']} for this order.")


def _against_lines(account: Account, wanted: Wanted) -> Iterator[Objection]:
    asked: dict[int, int] = {}
    for line_id, quantity, _ in wanted.lines:
        if quantity < 1:
            yield Objection(("refundLineItems",), "Quantity must be greater than 0.")
        asked[line_id] = asked.get(line_id, 0) + quantity
    for line_id, quantity in asked.items():
        if account.line(line_id) is None:
            yield Objection(("refundLineItems",), f"Line item {line_id} is not on this order.")
        elif quantity > account.refundable_quantity(line_id):
            yield Objection(
                ("refundLineItems",), "Quantity cannot refund more items than were purchased."
            )


def _against_shipping(account: Account, wanted: Wanted) -> Iterator[Objection]:
    if wanted.shipping < 0 or wanted.shipping > account.shipping_left:
        yield Objection(("shipping",), "Shipping refund is more than the shipping left to refund.")


def _against_transactions(account: Account, wanted: Wanted) -> Iterator[Objection]:
    asked: dict[int, int] = {}
    for payment_id, minor, gateway in wanted.transactions:
        known = {t["id"]: t for t in account.payments}.get(payment_id or 0)
        if known is None or known["gateway"] != gateway:
            yield Objection(("transactions",), "Transaction has no such payment to go back to.")
            continue
        if minor <= 0:
            yield Objection(("transactions",), "Refund amount must be greater than 0.")
        asked[known["id"]] = asked.get(known["id"], 0) + minor
    for payment, minor in asked.items():
        if minor > account.left_of(payment):
            yield Objection(
                ("transactions",), "Refund amount is more than the amount left to refund."
            )
    if sum(asked.values()) > account.paid - account.refunded:
        yield Objection(("transactions",), "Refunds cannot be more than the order was paid.")


def _write_lines(ground: Ground, account: Account, wanted: Wanted, refund_id: int) -> None:
    for line_id, quantity, restock in wanted.lines:
        goods, tax = account.share(line_id, quantity)
        row = {
            "id": ground.number("refund_line"),
            "refund_id": refund_id,
            "line_id": line_id,
            "quantity": quantity,
            "amount_minor": goods,
            "tax_minor": tax,
            "restock_type": restock,
        }
        ground.ledger.add("refund_lines", **row)
        account.refund_lines.append(row)


def _write_transactions(ground: Ground, wanted: Wanted, refund_id: int, at: datetime) -> list[int]:
    """Gives the ids of those whose money has moved at once."""
    later = ground.dice.chance(PENDING_SHARE, "pending refund", refund_id)
    written = []
    for payment_id, minor, gateway in wanted.transactions:
        transaction_id = ground.number("transaction")
        ground.ledger.add(
            "transactions",
            id=transaction_id,
            order_id=wanted.order_id,
            refund_id=refund_id,
            parent_id=payment_id,
            kind="REFUND",
            status="PENDING" if later else "SUCCESS",
            amount_minor=minor,
            created_at=moments.text(at),
            gateway=gateway,
        )
        written.append(transaction_id)
    if later and written:
        ground.schedule(at + timedelta(hours=5), "settle_refund", refund_id=refund_id)
    return [] if later else written
