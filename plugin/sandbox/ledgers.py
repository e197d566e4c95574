"""The world's ledger in one piece, to be compared with what the app believes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from plugin.sandbox import mailbox, moments
from plugin.sandbox.accounts import demand
from plugin.sandbox.deliveries import VISIT
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row


def whole(ground: Ground) -> dict[str, Any]:
    """Orders, refunds, urges by reference, supplier refunds, mails, webhooks, visits, purchases,
    drafts.

    Amounts are in minor units.
    """
    return {
        "now": moments.text(ground.now()),
        "orders": [_account(ground, row["id"]) for row in _all(ground, "orders")],
        "refunds": [_refund(ground, row) for row in _all(ground, "refunds")],
        "urges": _urges(ground),
        "supplier_refunds": _all(ground, "supplier_refunds"),
        "mails": [_mail(row) for row in mailbox.messages(ground)],
        "webhooks": _webhooks(ground),
        "visits": _visits(ground),
        "purchases": _all(ground, "purchases"),
        "drafts": _all(ground, "drafts"),
    }


def _account(ground: Ground, order_id: int) -> dict[str, Any]:
    account = demand(ground.ledger, order_id)
    return {
        "id": order_id,
        "name": account.order["name"],
        "currency": account.order["currency"],
        "paid_minor": account.paid,
        "refunded_minor": account.refunded,
        "shipping_minor": account.order["shipping_minor"],
        "disputed": bool(account.disputes),
        "cancelled_at": account.order["cancelled_at"],
        "lines": [
            {
                "line_id": line["id"],
                "quantity": line["quantity"],
                "paid_minor": line["paid_minor"],
                "refunded_quantity": account.refunded_quantity(line["id"]),
                "fulfilled_quantity": account.fulfilled_quantity(line["id"]),
            }
            for line in account.lines
        ],
    }


def _all(ground: Ground, table: str) -> list[Row]:
    return ground.ledger.rows(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - names are ours


def _refund(ground: Ground, row: Row) -> dict[str, Any]:
    lines = ground.ledger.rows(
        "SELECT * FROM refund_lines WHERE refund_id = ? ORDER BY id", row["id"]
    )
    moved = ground.ledger.rows(
        "SELECT * FROM transactions WHERE refund_id = ? ORDER BY id", row["id"]
    )
    return {
        "id": row["id"],
        "order_id": row["order_id"],
        "lines": [
            {
                "line_id": line["line_id"],
                "quantity": line["quantity"],
                "minor": line["amount_minor"],
            }
            for line in lines
        ],
        "shipping_minor": row["shipping_minor"],
        "minor": sum(t["amount_minor"] for t in moved),
        "currency": row["currency"],
        "key": row["key"],
        "note": row["note"],
        "created_at": row["created_at"],
    }


def _urges(ground: Ground) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in _all(ground, "urges"):
        found.setdefault(row["reference"], []).append(row["at"])
    return found


def _mail(row: Row) -> dict[str, Any]:
    names = ("message_id", "count", "received_at", "sender", "recipients", "subject")
    return {name: row[name] for name in names}


def _webhooks(ground: Ground) -> dict[str, int]:
    return _counted(row for row in _all(ground, "deliveries") if row["path"] != VISIT)


def _visits(ground: Ground) -> dict[str, int]:
    return _counted(row for row in _all(ground, "deliveries") if row["path"] == VISIT)


def _counted(rows: Iterable[Row]) -> dict[str, int]:
    return dict(Counter(row["state"] for row in rows))
