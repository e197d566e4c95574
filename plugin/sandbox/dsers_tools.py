"""DSers' order tools as their published descriptions have them, over a small ledger of orders.

What the descriptions do not say (the exact schemas, the shape of an answer) is played as
`clients/dsers` expects it: to be confirmed with an account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

AGENT, OF_1688, ALIEXPRESS = "100", "1688001", "159831080"
STOPPABLE = {"awaiting_payment", "awaiting_shipment"}
CHANGEABLE = {"awaiting_order", "cancelled", "failed"}
CANCELS_FOR = {AGENT, OF_1688}

Args = Mapping[str, Any]


class ToolError(Exception):
    """The tool answers with an error."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


@dataclass
class Account:
    """What one account has at DSers: orders by number, parcels by tracking number."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    parcels: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    blocked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Orders that cannot be placed, with the dimensions that fail."""
    calls: list[str] = field(default_factory=list)
    """Every tool that was called, in order."""
    writes: list[str] = field(default_factory=list)
    """What was changed, in order: the ledger tests count by."""
    guard: Lock = field(default_factory=Lock)

    def keep(
        self,
        order_id: str,
        status: str,
        *,
        platform: str = OF_1688,
        name: str = "1688 Dropshipping",
        url: str = "https://detail.1688.com/offer/700001.html",
        tracking: tuple[str, ...] = (),
        cost: str = "12.50",
    ) -> None:
        """An order of one item."""
        self.orders[order_id] = {
            "dsers_order_id": order_id,
            "supplier_platform_id": platform,
            "status": status,
            "items": [
                {
                    "dsers_item_id": f"{order_id}-1",
                    "sku": "SKU-11",
                    "quantity": 1,
                    "supplier": {
                        "supplier_platform_id": platform,
                        "supplier_platform_name": name,
                        "supplier_product_url": url,
                        "status": status,
                        "cost": {"amount": cost, "currency": "USD"},
                        "tracking_numbers": list(tracking),
                    },
                }
            ],
        }

    def move(self, order_id: str, status: str) -> None:
        """The order lies in another tab from now on."""
        order = self.orders[order_id]
        order["status"] = order["items"][0]["supplier"]["status"] = status


def list_orders(account: Account, args: Args) -> dict[str, Any]:
    """A page of summaries; with `search_by`, those that fit."""
    found = list(account.orders.values())
    if args.get("search_by") == "dsers_order_id":
        found = [order for order in found if order["dsers_order_id"] == args.get("search_value")]
    start, size = int(args.get("cursor") or 0), int(args.get("page_size") or 20)
    page = found[start : start + size]
    more = str(start + size) if start + size < len(found) else None
    shown = ("dsers_order_id", "supplier_platform_id", "status")
    return {"orders": [{name: o[name] for name in shown} for o in page], "next_cursor": more}


def get_order(account: Account, args: Args) -> dict[str, Any]:
    """One order, which must lie where it is said to."""
    order = account.orders.get(args["dsers_order_id"])
    keys = (args["supplier_platform_id"], args["tab_status"])
    if order is None or keys != (order["supplier_platform_id"], order["status"]):
        raise ToolError("NOT_FOUND", "no such order under this supplier and tab")
    return {"order": deepcopy(order)}


def diagnose_order_issue(account: Account, args: Args) -> dict[str, Any]:
    """Why orders cannot be placed."""
    found = []
    for order_id in args["dsers_order_ids"]:
        failing = account.blocked.get(order_id, ())
        dimensions = [{"dimension": name, "result": "fail"} for name in failing]
        decision = "blocked" if failing else "allowed"
        told = {"dsers_order_id": order_id, "decision": decision, "complete": True}
        found.append({**told, "dimensions": dimensions, "missing_checks": []})
    return {"orders": found}


def cancel_supplier_order(account: Account, args: Args) -> dict[str, Any]:
    """Acknowledged, not done: the order is cancelled when the supplier says so."""
    order = account.orders.get(args["dsers_order_id"])
    if order is None:
        raise ToolError("NOT_FOUND")
    if args["supplier_platform_id"] not in CANCELS_FOR:
        raise ToolError("UNSUPPORTED_SUPPLIER", "only Agent and 1688 Dropshipping")
    if args["status"] not in STOPPABLE or args["status"] != order["status"]:
        raise ToolError("INVALID_STATUS", "not in this state")
    account.writes.append(f"cancel {order['dsers_order_id']}")
    return {"message": "cancellation requested"}


def update_order_supplier(account: Account, args: Args) -> dict[str, Any]:
    """Another product for one item, while its row is unplaced, cancelled or failed."""
    order = account.orders.get(args["dsers_order_id"])
    if order is None:
        raise ToolError("NOT_FOUND")
    items = [i for i in order["items"] if i["dsers_item_id"] == args["dsers_item_id"]]
    if not items or items[0]["supplier"]["status"] not in CHANGEABLE:
        raise ToolError("INVALID_STATUS", "the row cannot be edited")
    items[0]["supplier"]["supplier_product_url"] = args["supplier_product_url"]
    items[0]["supplier"]["supplier_platform_id"] = args["supplier_platform_id"]
    order["supplier_platform_id"] = args["supplier_platform_id"]
    account.writes.append(f"change {order['dsers_order_id']}")
    return {"message": "updated"}


def get_package_details(account: Account, args: Args) -> dict[str, Any]:
    """The carrier's events; an empty list means no scan yet."""
    if args["tracking_number"] not in account.parcels:
        raise ToolError("NOT_FOUND")
    return {
        "tracking_number": args["tracking_number"],
        "events": account.parcels[args["tracking_number"]],
    }


def schema(required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An input schema; all are texts but the list of orders."""
    kinds: dict[str, Any] = {name: {"type": "string"} for name in (*required, *optional)}
    if "dsers_order_ids" in kinds:
        kinds["dsers_order_ids"] = {"type": "array", "items": {"type": "string"}}
    if "page_size" in kinds:
        kinds["page_size"] = {"type": "integer"}
    return {"type": "object", "properties": kinds, "required": list(required)}


Handler = Callable[[Account, Args], dict[str, Any]]
PLACE = ("supplier_platform_id", "status")
TOOLS: Mapping[str, tuple[Handler, dict[str, Any]]] = {
    "list_orders": (
        list_orders,
        schema((), (*PLACE, "search_by", "search_value", "page_size", "cursor", "only_count")),
    ),
    "get_order": (get_order, schema(("dsers_order_id", "supplier_platform_id", "tab_status"))),
    "diagnose_order_issue": (
        diagnose_order_issue,
        schema(PLACE, ("dsers_order_ids", "search_by", "search_value")),
    ),
    "cancel_supplier_order": (cancel_supplier_order, schema(("dsers_order_id", *PLACE))),
    "update_order_supplier": (
        update_order_supplier,
        schema(
            ("dsers_order_id", "dsers_item_id", "supplier_platform_id"),
            ("supplier_product_id", "supplier_product_url", "supplier_variant_id"),
        ),
    ),
    "get_package_details": (get_package_details, schema(("tracking_number",))),
}
"""Each tool with what it takes."""
