"""Returns as GraphQL shows them."""

from __future__ import annotations

from typing import Any

from plugin.sandbox.accounts import Account
from plugin.sandbox.graph_money import Node, gid
from plugin.sandbox.graph_movements import fulfilled_line
from plugin.sandbox.store import Row

REASON_IDS = 41_000_000_000
NAMES = {"damaged": "Damaged", "wrong-item": "Wrong item", "changed-mind": "Changed my mind"}


def return_node(account: Account, row: Row) -> Node:
    """A Return."""
    return {
        "__typename": "Return",
        "id": gid("Return", row["id"]),
        "name": row["name"],
        "status": row["status"],
        "createdAt": row["created_at"],
        "totalQuantity": sum(line["quantity"] for line in row["lines"]),
        "returnLineItems": [_line(account, line) for line in row["lines"]],
    }


def reason_node(handle: str) -> Node:
    """A ReturnReasonDefinition."""
    place = sorted(NAMES).index(handle)
    return {
        "__typename": "ReturnReasonDefinition",
        "id": gid("ReturnReasonDefinition", REASON_IDS + place),
        "handle": handle,
        "name": NAMES[handle],
        "deleted": False,
    }


def handle_of(number: int) -> str:
    """A reason by the number in its id; empty when there is none."""
    place = number - REASON_IDS
    return sorted(NAMES)[place] if 0 <= place < len(NAMES) else ""


def return_status(account: Account) -> str:
    """OrderReturnStatus"""
    states = {row["status"] for row in account.returns}
    if "OPEN" in states:
        return "IN_PROGRESS"
    if "REQUESTED" in states:
        return "RETURN_REQUESTED"
    return "RETURNED" if states else "NO_RETURN"


def returnable_node(account: Account, shipment: Row, lines: list[tuple[int, int]]) -> Node:
    """A ReturnableFulfillment with (line id, units)."""
    shown: list[dict[str, Any]] = [
        {
            "__typename": "ReturnableFulfillmentLineItem",
            "quantity": units,
            "fulfillmentLineItem": fulfilled_line(account, shipment, line_id, units),
        }
        for line_id, units in lines
    ]
    return {
        "__typename": "ReturnableFulfillment",
        "id": gid("ReturnableFulfillment", shipment["id"]),
        "returnableFulfillmentLineItems": shown,
    }


def _line(account: Account, line: Row) -> Node:
    shipment = next(
        (f for f in account.fulfilments for of, _ in f["lines"] if of == line["line_id"]), None
    )
    shown = (
        fulfilled_line(account, shipment, line["line_id"], line["quantity"]) if shipment else None
    )
    return {
        "__typename": "ReturnLineItem",
        "id": gid("ReturnLineItem", line["id"]),
        "quantity": line["quantity"],
        "customerNote": line["said"] or None,
        "returnReasonNote": line["note"],
        "returnReasonDefinition": reason_node(line["handle"]) if line["handle"] else None,
        "fulfillmentLineItem": shown,
    }
