"""Returns as the storefront keeps them: opened by the app, or asked for by the customer.

Only what was shipped and not given back can come back, and no unit twice. A return moves no money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plugin.sandbox import moments, orders
from plugin.sandbox.accounts import Account, demand
from plugin.sandbox.deliveries import tell_shop
from plugin.sandbox.graph_money import gid
from plugin.sandbox.graph_movements import shipped_line_id
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

REQUESTED, OPEN, CLOSED = "REQUESTED", "OPEN", "CLOSED"
ACTIVE = frozenset({REQUESTED, OPEN})


@dataclass(frozen=True)
class Wanted:
    """Some units of a shipped line that are to come back."""

    shipped: int
    """The shipped line's id."""
    quantity: int
    handle: str = ""
    note: str = ""
    said: str = ""


def returnable(account: Account) -> list[tuple[Row, int, int, int]]:
    """(shipment, line id, shipped line's id, units) of all that could come back."""
    coming = [line for row in account.returns if row["status"] in ACTIVE for line in row["lines"]]
    found = []
    for shipment in account.fulfilments:
        for line_id, quantity in shipment["lines"] if shipment["status"] == "success" else ():
            shipped = shipped_line_id(shipment, line_id)
            taken = sum(one["quantity"] for one in coming if one["shipped"] == shipped)
            left = min(quantity - taken, account.refundable_quantity(line_id))
            if left > 0:
                found.append((shipment, line_id, shipped, left))
    return found


def objection(account: Account, wanted: Sequence[Wanted]) -> tuple[str, str]:
    """Why a return cannot be opened, as (code, sentence); empty when it can."""
    if not wanted:
        return "BLANK", "Return line items can't be blank."
    possible = {shipped: left for _, _, shipped, left in returnable(account)}
    for one in wanted:
        if one.shipped not in possible:
            return "NOT_FOUND", "Fulfillment line item is not returnable."
        if not 0 < one.quantity <= possible[one.shipped]:
            return "INVALID", "Quantity is more than can be returned."
        if len(one.note) > 255:
            return "TOO_LONG", "Return reason note is too long."
    return "", ""


def begin(
    ground: Ground, account: Account, wanted: Sequence[Wanted], status: str, at: datetime
) -> int:
    """Write a return down. Gives its id. Check `objection` first."""
    order_id, number = account.order["id"], ground.number("return")
    lines_of = {shipped: line_id for _, line_id, shipped, _ in returnable(account)}
    with ground.ledger.writing():
        ground.ledger.add(
            "returns",
            id=number,
            order_id=order_id,
            created_at=moments.text(at),
            status=status,
            name=f"{account.order['name']}-R{len(account.returns) + 1}",
            lines=[
                {
                    "id": number + 1 + place,
                    "line_id": lines_of[one.shipped],
                    "shipped": one.shipped,
                    "quantity": one.quantity,
                    "handle": one.handle,
                    "note": one.note,
                    "said": one.said,
                }
                for place, one in enumerate(wanted)
            ],
        )
        orders.touch(ground, order_id, at)
        if status == REQUESTED:
            body = _body(ground, order_id, number)
            tell_shop(ground, "returns/request", body, at=at, event=f"return:{number}")
    return number


def close(ground: Ground, return_id: int, at: datetime) -> tuple[Row | None, str, str]:
    """End a return: (the return, code, sentence); a code says why not."""
    row = find(ground, return_id)
    if row is None:
        return None, "NOT_FOUND", "Return does not exist."
    if row["status"] != OPEN:
        return None, "INVALID_STATE", "Return status is not open."
    with ground.ledger.writing():
        ground.ledger.amend("returns", return_id, status=CLOSED)
        orders.touch(ground, row["order_id"], at)
    return find(ground, return_id), "", ""


def find(ground: Ground, return_id: int) -> Row | None:
    """A return by its id."""
    return ground.ledger.row("SELECT * FROM returns WHERE id = ?", return_id)


def request(ground: Ground, doc: Row, at: datetime) -> int:
    """The customer asks for a return of all of the first line that can come back."""
    account = demand(ground.ledger, int(doc["order_id"]))
    possible = returnable(account)
    if not possible:
        raise LookupError("nothing of it can come back")
    _, _, shipped, left = possible[0]
    one = Wanted(shipped, left, str(doc.get("reason", "damaged")), said=str(doc.get("said", "")))
    return begin(ground, account, [one], REQUESTED, at)


def _body(ground: Ground, order_id: int, number: int) -> dict[str, Any]:
    row = find(ground, number) or {}
    return {
        "id": number,
        "admin_graphql_api_id": gid("Return", number),
        "status": str(row["status"]).lower(),
        "order": {"id": order_id, "admin_graphql_api_id": gid("Order", order_id)},
        "total_return_line_items": len(row["lines"]),
        "name": row["name"],
        "return_line_items": [],
        "return_shipping_fees": [],
        "exchange_line_items": [],
        "total_exchange_line_items": 0,
    }
