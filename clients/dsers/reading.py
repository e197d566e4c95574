"""From DSers' answers to our records.

Unverified: the shapes of the answers are not published, only what is in them. Each part is looked
for under the names its description uses; a part that is absent, or cannot be read, is unknown,
never zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from clients.money import Money
from clients.supplier.records import TraceStep

AWAITING_ORDER, AWAITING_PAYMENT, AWAITING_SHIPMENT = (
    "awaiting_order",
    "awaiting_payment",
    "awaiting_shipment",
)
AWAITING_FULFILLMENT, FULFILLED, CANCELLED, FAILED = (
    "awaiting_fulfillment",
    "fulfilled",
    "cancelled",
    "failed",
)
SHIPPED = frozenset({AWAITING_FULFILLMENT, FULFILLED})
"""DSers' tabs: an order waits for fulfilment in the store once the supplier has shipped."""
STOPPABLE = frozenset({AWAITING_PAYMENT, AWAITING_SHIPMENT})
CHANGEABLE = frozenset({AWAITING_ORDER, CANCELLED, FAILED})
ROWS = ("supplier_rows", "suppliers", "supplier_orders", "supplier")

Node = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One item of an order with the supplier it comes from. Empty: not told."""

    item: str
    sku: str
    platform: str
    platform_name: str
    status: str
    url: str
    product: str
    tracking: tuple[str, ...]
    shipped_at: datetime | None
    cost: Money | None


def rows(order: Node) -> tuple[Row, ...]:
    """Every item with each of its suppliers."""
    return tuple(
        _row(item, row, order) for item in _nodes(order.get("items")) for row in _rows_of(item)
    )


def _rows_of(item: Node) -> list[Node]:
    several = (_nodes(item.get(name)) for name in ROWS)
    return next((found for found in several if found), [{}])


def inside(answer: Node, *names: str) -> Node:
    """What an answer is about, whether it stands in it by itself or under a name."""
    for name in names:
        found = answer.get(name)
        if isinstance(found, Mapping):
            return found
    return answer


def listed(answer: Node) -> tuple[list[Node], str]:
    """(the orders of a page, where the next one begins)."""
    page = inside(answer, "data", "result")
    place = inside(page, "pagination", "page_info")
    cursor = place.get("next_cursor") or page.get("next_cursor") or ""
    return _nodes(page.get("orders")), cursor if isinstance(cursor, str) else ""


def text(node: Node, *names: str) -> str:
    """The first that is told; numbers, which ids may be, as text."""
    for name in names:
        found = node.get(name)
        if isinstance(found, str | int) and not isinstance(found, bool) and found != "":
            return str(found)
    return ""


def status(node: Node) -> str:
    """The tab a node lies in, in DSers' word."""
    return text(node, "tab_status", "status").lower()


def one_status(found: Sequence[Row], otherwise: str) -> str:
    """What can be said of several rows at once: of a purchase in parts, what came furthest; that
    it is cancelled, only where all of it is."""
    told = [row.status or otherwise for row in found] or [otherwise]
    for word in (FULFILLED, AWAITING_FULFILLMENT, AWAITING_SHIPMENT, AWAITING_PAYMENT):
        if word in told:
            return word
    return told[0] if len(set(told)) == 1 else otherwise


def total(found: Sequence[Row]) -> Money | None:
    """What all rows cost together; None where one of them does not say."""
    costs = [row.cost for row in found]
    known = [cost for cost in costs if cost is not None]
    if not known or len(known) < len(costs) or len({cost.currency for cost in known}) > 1:
        return None
    return Money(sum(cost.minor for cost in known), known[0].currency)


def blockers(order: Node) -> tuple[str, ...]:
    """The dimensions a diagnosis found failing, by their names."""
    found = _nodes(order.get("dimensions")) or _nodes(order.get("checks"))
    failing = [d for d in found if str(d.get("result") or d.get("status")).lower() == "fail"]
    return tuple(text(d, "dimension", "name", "code") for d in failing)


def steps(answer: Node) -> tuple[TraceStep, ...]:
    """A parcel's way, oldest first.

    Events come in any order, and their times in the carrier's own format: one without a zone, or
    that is no time, is left out, because nothing can be said of when it was.
    """
    package = inside(answer, "data", "package", "result")
    found = []
    for event in _nodes(package.get("events")) or _nodes(package.get("tracking_events")):
        at = moment(event, "normalized_time", "normalized_timestamp", "timestamp", "time")
        if at is not None:
            words = text(event, "description", "status_description", "message", "status")
            flag = text(event, "exception")
            found.append(TraceStep(at, text(event, "status", "code"), words, flag))
    return tuple(sorted(found, key=lambda step: step.at))


def moment(node: Node, *names: str) -> datetime | None:
    """The first of several times that has a zone."""
    for name in names:
        told = node.get(name)
        if not isinstance(told, str):
            continue
        try:
            found = datetime.fromisoformat(told)
        except ValueError:
            continue
        if found.tzinfo is not None:
            return found
    return None


def _row(item: Node, row: Node, order: Node) -> Row:
    def told(*names: str) -> str:
        return text(row, *names) or text(item, *names)

    return Row(
        item=text(item, "dsers_item_id", "dsers_order_item_id", "order_item_id", "item_id", "id"),
        sku=text(item, "sku", "seller_sku", "variant_sku"),
        platform=told("supplier_platform_id"),
        platform_name=told("supplier_platform_name", "supplier_platform", "platform_name"),
        status=status(row) or status(item),
        url=told("supplier_product_url", "product_url"),
        product=told("supplier_product_id"),
        tracking=_numbers(row) or _numbers(item) or _numbers(order),
        shipped_at=moment(row, "shipped_at") or moment(item, "shipped_at"),
        cost=_money(row.get("cost") or item.get("cost"), row, item, order),
    )


def _numbers(node: Node) -> tuple[str, ...]:
    told = node.get("tracking_numbers") or node.get("tracking_number") or ()
    several = told if isinstance(told, list) else [told]
    found = (text(n, "tracking_number", "number") if isinstance(n, Mapping) else n for n in several)
    return tuple(str(number) for number in found if isinstance(number, str | int) and number)


def _money(told: Any, *places: Node) -> Money | None:
    if isinstance(told, Mapping):
        places, told = (told, *places), told.get("amount") or told.get("value")
    currency = next((c for place in places if (c := text(place, "currency", "cost_currency"))), "")
    if isinstance(told, float):
        told = Decimal(str(told))
    if not isinstance(told, str | int | Decimal) or isinstance(told, bool) or not currency:
        return None
    try:
        return Money.parse(str(told), currency)
    except ValueError:
        return None


def _nodes(value: Any) -> list[Node]:
    found = value if isinstance(value, list) else [value]
    return [node for node in found if isinstance(node, Mapping)]


def ids(nodes: Sequence[Node], name: str) -> Iterator[tuple[str, Node]]:
    """Each node by the number it goes by."""
    for node in nodes:
        yield text(node, name, "id"), node
