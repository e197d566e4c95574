"""What the storefront answers when it is asked: orders, drafts, jobs, variants, the shop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from plugin.sandbox import accounts, cancelling, drafts, fields, returns, shelf
from plugin.sandbox.accounts import Account
from plugin.sandbox.graph_drafts import draft_node, job_node
from plugin.sandbox.graph_fields import definition_node
from plugin.sandbox.graph_lines import line_item
from plugin.sandbox.graph_money import Node, gid, kind_of, parse_gid
from plugin.sandbox.graph_movements import fulfilment, refund, transaction
from plugin.sandbox.graph_orders import fulfilment_order, order_node
from plugin.sandbox.graph_returns import NAMES, reason_node, returnable_node
from plugin.sandbox.graph_variants import variant_node
from plugin.sandbox.ground import SHOP_ID, Ground
from plugin.sandbox.paging import connection, opened, size
from plugin.sandbox.searching import matches
from plugin.sandbox.store import Row
from plugin.sandbox.window import shows

SORTED_BY = {"UPDATED_AT": "updated_at", "CREATED_AT": "created_at", "PROCESSED_AT": "created_at"}


class Queries:
    """Reads of one call; `stale` seconds of what happened lately are left out."""

    def __init__(self, ground: Ground, stale: float = 0.0) -> None:
        self._ground = ground
        self._until = ground.ago(stale) if stale else "9"

    def root(self) -> Node:
        """The resolvers, by the name of the root field."""
        return {
            "order": self._one("Order"),
            "orders": self._orders,
            "ordersCount": self._count,
            "node": self._node,
            "nodes": self._nodes,
            "shop": self._shop,
            "refund": self._one("Refund"),
            "fulfillment": self._one("Fulfillment"),
            "fulfillmentOrder": self._one("FulfillmentOrder"),
            "draftOrder": self._one("DraftOrder"),
            "draftOrders": self._drafts,
            "job": self._job,
            "metafieldDefinitions": self._definitions,
            "returnableFulfillments": self._returnable,
            "returnReasonDefinitions": self._reasons,
        }

    def _one(self, kind: str) -> Callable[[object, str], Node | None]:
        def resolve(info: object, id: str) -> Node | None:
            return self._found(id) if kind_of(id) == kind else None

        return resolve

    def _nodes(self, info: object, ids: Iterable[str]) -> list[Node | None]:
        return [self._found(each) for each in ids]

    def _node(self, info: object, id: str) -> Node | None:
        return self._found(id)

    def _shop(self, info: object) -> Node:
        shop = self._ground.settings.shop
        return {
            "__typename": "Shop",
            "id": gid("Shop", SHOP_ID),
            "name": "Lanterna",
            "myshopifyDomain": shop,
            "email": "owner@example.com",
            "contactEmail": "owner@example.com",
            "currencyCode": "USD",
            "ianaTimezone": "Europe/Rome",
            "url": f"https://{shop}",
        }

    def _account(self, order_id: int | None) -> Account | None:
        if order_id is None:
            return None
        found = accounts.read(self._ground.ledger, order_id, until=self._until)
        return found if found is not None and shows(self._ground, found.order) else None

    def _drafts(self, info: object, query: str | None = None, **page: Any) -> list[Node]:
        found = drafts.every(self._ground, self._until)
        return [draft_node(self._ground, row) for row in found if matches(row, query or "")]

    def _job(self, info: object, id: str) -> Node | None:
        found = cancelling.job(self._ground, parse_gid(id, "Job"))
        return None if found is None else {"id": id, "done": job_node(found)["done"]}

    def _definitions(self, info: object, namespace: str | None = None, **page: Any) -> list[Node]:
        known = fields.shown(self._ground) if namespace in fields.OWN else []
        return [definition_node(row) for row in known]

    def _returnable(self, info: object, orderId: str, **page: Any) -> list[Node]:
        account = self._account(parse_gid(orderId, "Order"))
        if account is None:
            return []
        found: dict[int, list[tuple[int, int]]] = {}
        for shipment, line_id, _, left in returns.returnable(account):
            found.setdefault(shipment["id"], []).append((line_id, left))
        shipments = {row["id"]: row for row in account.fulfilments}
        return [returnable_node(account, shipments[number], of) for number, of in found.items()]

    def _reasons(self, info: object, handles: Iterable[str] | None = None, **page: Any) -> Any:
        wanted = NAMES if handles is None else [one for one in handles if one in NAMES]
        return [reason_node(handle) for handle in wanted]

    def _alone(self, kind: str, number: int) -> Node | None:
        """What belongs to no order."""
        if kind == "DraftOrder":
            row = drafts.find(self._ground, number)
            return None if row is None else draft_node(self._ground, row)
        if kind == "OrderCancelJobResult":
            row = cancelling.job(self._ground, number)
            return None if row is None else job_node(row)
        goods = shelf.goods(self._ground, number) if kind == "ProductVariant" else None
        return None if goods is None else variant_node(number, goods["grams"])

    def _found(self, text: str) -> Node | None:
        kind = kind_of(text)
        if not kind:
            return None
        number = parse_gid(text)
        if kind not in _OWNERS:
            return self._alone(kind, number)
        account = self._account(self._owner(kind, number))
        return None if account is None else _pick(account, kind, number)

    def _owner(self, kind: str, number: int) -> int | None:
        if kind in {"Order", "FulfillmentOrder"}:
            return number if kind == "Order" else number - 3
        sql = f"SELECT order_id FROM {_OWNERS[kind]} WHERE id = ?"  # noqa: S608 - names are ours
        row = self._ground.ledger.row(sql, number)
        return None if row is None else int(row["order_id"])

    def _count(self, info: object, query: str | None = None, **_limit: Any) -> Node:
        return {"count": len(self._searched(query or "")), "precision": "EXACT"}

    def _searched(self, query: str) -> list[Row]:
        return [
            row
            for row in self._ground.ledger.rows("SELECT * FROM orders")
            if row["created_at"] <= self._until and shows(self._ground, row) and matches(row, query)
        ]

    def _orders(self, info: object, **args: Any) -> Node:
        column = SORTED_BY.get(args.get("sortKey") or "PROCESSED_AT", "id")
        rows = self._searched(args.get("query") or "")
        rows.sort(key=lambda row: (str(row[column]), row["id"]), reverse=bool(args.get("reverse")))
        for row in rows:
            row["_cursor"] = f"{row[column]}|{row['id']}"
        rows = _after(rows, column, args)
        page = connection(rows, {"first": size(args)} if args.get("first") else args)
        # Each order is only looked up when something of it is asked for.
        page["nodes"] = [_Later(row, self._full) for row in page["nodes"]]
        page["edges"] = [
            {"cursor": edge["cursor"], "node": node}
            for edge, node in zip(page["edges"], page["nodes"], strict=True)
        ]
        return page

    def _full(self, row: Row) -> Node:
        account = self._account(row["id"])
        if account is None:
            raise LookupError(f"no order {row['id']}")
        return order_node(account)


class _Later(dict[str, Any]):
    """An order whose id and last change are known, and whose rest is read when it is asked for."""

    def __init__(self, row: Row, full: Callable[[Row], Node]) -> None:
        super().__init__(
            __typename="Order", id=gid("Order", row["id"]), updatedAt=row["updated_at"]
        )
        self._row, self._full = row, full

    def get(self, name: str, default: Any = None) -> Any:
        """A field of the order."""
        if name not in self:
            self.update(self._full(self._row))
        return super().get(name, default)


_OWNERS = {
    "Order": "orders",
    "FulfillmentOrder": "orders",
    "LineItem": "lines",
    "Refund": "refunds",
    "OrderTransaction": "transactions",
    "Fulfillment": "fulfilments",
}


def _pick(account: Account, kind: str, number: int) -> Node | None:
    if kind == "Order":
        return order_node(account)
    if kind == "FulfillmentOrder":
        return fulfilment_order(account)
    rows, show = {
        "LineItem": (account.lines, line_item),
        "Refund": (account.refunds, refund),
        "OrderTransaction": (account.transactions, transaction),
        "Fulfillment": (account.fulfilments, fulfilment),
    }[kind]
    found = next((row for row in rows if row["id"] == number), None)
    return None if found is None else show(account, found)


def _after(rows: list[Row], column: str, args: Mapping[str, Any]) -> list[Row]:
    """Rows behind the cursor by value, so that an order that moves meanwhile does no harm."""
    if not args.get("after"):
        return rows
    value, _, number = opened(args["after"]).rpartition("|")
    last = (value, int(number or 0))
    if args.get("reverse"):
        return [row for row in rows if (str(row[column]), row["id"]) < last]
    return [row for row in rows if (str(row[column]), row["id"]) > last]
