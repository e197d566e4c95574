"""Returns as the store keeps them: which there are, what could come back, opening and closing one.

A return here moves no money: money goes back through `create_refund` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.errors import Refused
from clients.http import Kind
from clients.shopify.channel import SERVICE, Channel
from clients.shopify.records import gid, number

LONGEST_NOTE = 255
HANDLES: Mapping[str, tuple[str, ...]] = {
    "DEFECTIVE": ("damaged-or-defective", "damaged", "defective", "arrived-damaged"),
    "WRONG_ITEM": ("wrong-item", "wrong-item-received", "received-wrong-item", "incorrect-item"),
}
"""What a store's library of reasons may call ours; the first that it has is taken."""
REASONS: Mapping[str, str] = {
    handle: reason for reason, handles in HANDLES.items() for handle in handles
}
ACTIVE = frozenset({"REQUESTED", "OPEN"})


@dataclass(frozen=True)
class ReturnedLine:
    """Some units of a line that come back."""

    line_id: int
    quantity: int
    reason: str = ""
    """`DEFECTIVE` or `WRONG_ITEM` where the store's own reason means one of the two."""
    note: str = ""
    """Whoever opened the return."""
    said: str = ""
    """The customer."""


@dataclass(frozen=True)
class Return:
    """A return of an order. `status` is a ReturnStatus: REQUESTED, OPEN, CLOSED, ..."""

    id: int
    name: str
    status: str
    created_at: datetime
    lines: tuple[ReturnedLine, ...] = ()


class Returns:
    """The part of ShopifyAdmin that is about returns."""

    _channel: Channel

    def returns(self, order_id: int) -> list[Return]:
        """The order's returns, whoever opened them; Refused `not_found` without the order."""
        order = self._channel.read("order_returns", {"id": gid("Order", order_id)})
        if order is None:
            raise Refused(SERVICE, "no such order", code="not_found")
        return self._channel.parsed(_returns, order, Kind.READ)

    def open_return(
        self, order_id: int, lines: Sequence[tuple[int, int]], *, reason: str, note: str
    ) -> int:
        """Open a return of (line id, quantity), approved already. Gives its id.

        `reason` is `DEFECTIVE` or `WRONG_ITEM`; `note` has at most 255 characters (else
        ValueError) and is how the return is known again. It has no key: after OutcomeUnknown look
        for the note among `returns`. Refused `nothing_to_return` where nothing can come back.
        """
        if len(note) > LONGEST_NOTE:
            raise ValueError(f"a return's note has at most {LONGEST_NOTE} characters")
        chosen = _chosen(self._returnable(order_id), lines)
        if not chosen:
            raise Refused(SERVICE, "nothing of it can come back", code="nothing_to_return")
        why = self._reason(reason)
        wanted = {
            "orderId": gid("Order", order_id),
            "returnLineItems": [
                {
                    "fulfillmentLineItemId": shipped,
                    "quantity": quantity,
                    "returnReasonNote": note,
                    **why,
                }
                for shipped, quantity in chosen
            ],
        }
        payload = self._channel.write(
            "return_create", {"return": wanted}, result="return", kind=Kind.UNSAFE_WRITE
        )
        made = payload["return"]
        return self._channel.parsed(lambda one: number(one["id"]), made, Kind.UNSAFE_WRITE)

    def close_return(self, return_id: int) -> None:
        """It has come to its end. Refused, with Shopify's code, for one that is not open."""
        self._channel.write("return_close", {"id": gid("Return", return_id)}, result="return")

    def _returnable(self, order_id: int) -> list[tuple[str, int, int]]:
        """(shipped line's gid, line id, quantity) of all that could still come back."""
        found = self._channel.read("returnables", {"id": gid("Order", order_id)}) or {"nodes": ()}
        return self._channel.parsed(_returnable, found, Kind.READ)

    def _reason(self, reason: str) -> dict[str, str]:
        """The store's own entry for a reason; where it has none, the older word for it."""
        handles = HANDLES[reason]
        found = self._channel.read("return_reasons", {"handles": list(handles)}) or {"nodes": ()}
        known = self._channel.parsed(
            lambda one: {str(n["handle"]): str(n["id"]) for n in one["nodes"] if not n["deleted"]},
            found,
            Kind.READ,
        )
        first = next((known[handle] for handle in handles if handle in known), "")
        return {"returnReasonDefinitionId": first} if first else {"returnReason": reason}


def _chosen(
    returnable: Sequence[tuple[str, int, int]], lines: Sequence[tuple[int, int]]
) -> list[tuple[str, int]]:
    """As much of what is wanted as can come back."""
    chosen = []
    for line_id, quantity in lines:
        left = quantity
        for shipped, of_line, most in returnable:
            taken = min(left, most) if of_line == line_id else 0
            if taken > 0:
                chosen.append((shipped, taken))
                left -= taken
    return chosen


def _returnable(found: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    return [
        (
            str(line["fulfillmentLineItem"]["id"]),
            number(line["fulfillmentLineItem"]["lineItem"]["id"]),
            int(line["quantity"]),
        )
        for shipment in found["nodes"]
        for line in shipment["returnableFulfillmentLineItems"]["nodes"]
    ]


def _returns(order: Mapping[str, Any]) -> list[Return]:
    return [
        Return(
            id=number(node["id"]),
            name=str(node["name"]),
            status=str(node["status"]),
            created_at=datetime.fromisoformat(node["createdAt"]),
            lines=tuple(
                _line(line)
                for line in node["returnLineItems"]["nodes"]
                if line.get("fulfillmentLineItem")
            ),
        )
        for node in order["returns"]["nodes"]
    ]


def _line(node: Mapping[str, Any]) -> ReturnedLine:
    handle = str((node["returnReasonDefinition"] or {}).get("handle") or "")
    return ReturnedLine(
        line_id=number(node["fulfillmentLineItem"]["lineItem"]["id"]),
        quantity=int(node["quantity"]),
        reason=REASONS.get(handle, ""),
        note=str(node["returnReasonNote"] or ""),
        said=str(node["customerNote"] or ""),
    )
