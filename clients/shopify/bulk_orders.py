"""From the lines of a bulk operation's file to orders.

An order's own line comes first and its parts below it, each naming its parent. Whatever does not
add up (a part that is missing or stands elsewhere, a line that cannot be read, refunds and
shipments whose lines a bulk operation does not tell) makes an order that is not told whole: it is
named, and has to be read by itself. Half an order is never passed on.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from clients.errors import MISSHAPEN
from clients.shopify import parse
from clients.shopify.records import Order, number

Node = Mapping[str, Any]
PARENT = "__parentId"
PARTS = frozenset({"LineItem", "ShippingLine"})


@dataclass(frozen=True)
class BulkOrder:
    """What a file says of one order.

    `order` is None for one that has to be read by itself; `order_id` is None for a line that
    cannot even be told whose it is. `end` is the place behind it. `late` marks a part that stood
    away from its order: what was told of that order before was not the whole.
    """

    order_id: int | None
    order: Order | None
    end: int
    late: bool = False


@dataclass
class _Group:
    """An order's line and the parts below it so far."""

    node: Node
    start: int
    end: int
    parts: dict[str, list[Node]] = field(default_factory=dict)
    odd: bool = False
    """A line among its parts could not be read."""


def orders_in(lines: Iterable[tuple[bytes, int]]) -> Generator[BulkOrder]:
    """The orders of some lines; memory holds one order at a time.

    An order is passed on when the next one begins or the file ends, never when it breaks off.
    """
    group: _Group | None = None
    start = 0
    for line, end in lines:
        node = _read(line)
        if node is None:
            if group is None:
                yield BulkOrder(None, None, end)
            else:
                group.odd, group.end = True, end
        elif PARENT not in node:
            if group is not None:
                yield _whole(group)
            group = _Group(node, start, end)
        elif group is not None and node[PARENT] == group.node.get("id"):
            group.parts.setdefault(_kind(node), []).append(node)
            group.end = end
        else:
            # Whoever stops here comes back to the order at hand: it is not finished.
            before = group.start if group is not None else end
            yield BulkOrder(_number(node[PARENT]), None, before, late=True)
        start = end
    if group is not None:
        yield _whole(group)


def _whole(group: _Group) -> BulkOrder:
    order_id = _number(group.node.get("id"))
    order = None
    if order_id is not None and not group.odd:
        try:
            order = _order(group)
        except MISSHAPEN:
            order = None
    return BulkOrder(order_id, order, group.end)


def _order(group: _Group) -> Order | None:
    node = group.node
    lines = group.parts.get("LineItem", [])
    shipping = group.parts.get("ShippingLine", [])
    # Refunds that are not shown at all are no empty list: the same units would be paid back twice.
    told = node["refunds"] == [] and not set(group.parts) - PARTS
    if not told or not _complete(node, lines, shipping):
        return None
    sent = _sent(node, lines)
    if sent is None:
        return None
    whole = {**node, "shippingLines": {"nodes": shipping}, "fulfillments": sent}
    withheld = [] if "disputes" in node else ["order.disputes"]
    return parse.order(whole, lines, withheld)


def _complete(node: Node, lines: list[Node], shipping: list[Node]) -> bool:
    """As many units as the order counts itself, and a price of shipping where it has one."""
    units = sum(int(line["quantity"]) for line in lines)
    priced = parse.bag(node["totalShippingPriceSet"]).minor > 0
    return units == int(node["subtotalLineItemsQuantity"]) and bool(shipping or not priced)


def _sent(node: Node, lines: list[Node]) -> list[Node] | None:
    """The shipments with their lines, where there is no doubt about these; else None.

    One good shipment of an order nothing was taken out of holds exactly what is not waiting any
    more. With two, nobody can tell which holds what.
    """
    shipments: list[Node] = list(node["fulfillments"] or ())
    if not shipments:
        return []
    changed = bool(node["cancelledAt"]) or any(
        line["quantity"] != line["currentQuantity"] for line in lines
    )
    if len(shipments) > 1 or shipments[0]["status"] != "SUCCESS" or changed:
        return None
    held = [
        {"lineItem": {"id": line["id"]}, "quantity": left}
        for line in lines
        if (left := int(line["quantity"]) - int(line["unfulfilledQuantity"])) > 0
    ]
    return [{**shipments[0], "fulfillmentLineItems": {"nodes": held}}] if held else None


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _kind(node: Node) -> str:
    """`LineItem` of `gid://shopify/LineItem/1`."""
    return str(node.get("id")).rpartition("/")[0].rpartition("/")[2]


def _number(gid: object) -> int | None:
    try:
        return number(str(gid))
    except ValueError:
        return None
