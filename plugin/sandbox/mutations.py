"""What the storefront does when it is told to: refunds, tags, holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo
from graphql.execution import get_directive_values

from clients.money import Money
from plugin.sandbox import keys, orders, refunds
from plugin.sandbox.accounts import Account, demand, read
from plugin.sandbox.graph_money import Node, parse_gid
from plugin.sandbox.graph_movements import refund
from plugin.sandbox.graph_orders import fulfilment_order, hold, order_node
from plugin.sandbox.ground import Ground
from plugin.sandbox.refunds import Wanted

Resolver = Callable[..., Node]


class Mutations:
    """Writes of one call; `slow` seconds pass before a refund is made."""

    def __init__(self, ground: Ground, running: keys.Running, slow: float = 0.0) -> None:
        self._ground = ground
        self._running = running
        self._slow = slow

    def root(self) -> dict[str, Resolver]:
        """The resolvers, by the name of the root field."""
        return {
            "refundCreate": self._refund_create,
            "tagsAdd": self._tags_add,
            "tagsRemove": self._tags_remove,
            "fulfillmentOrderHold": self._hold,
            "fulfillmentOrderReleaseHold": self._release,
        }

    def _refund_create(self, info: GraphQLResolveInfo[Any], input: Node) -> Node:
        key = _idempotency_key(info)
        try:
            with self._running.alone(key):
                self._ground.closing.wait(self._slow)
                return self._refund_once(key, input)
        except keys.KeyTrouble as trouble:
            raise GraphQLError(str(trouble), extensions={"code": trouble.code}) from trouble

    def _refund_once(self, key: str, asked: Node) -> Node:
        with self._ground.ledger.writing():
            made = keys.remembered(self._ground, key, asked)
            if made is not None:
                return self._refunded(made)
            try:
                order_id = parse_gid(asked["orderId"], "Order")
                account = read(self._ground.ledger, order_id)
                if account is None:
                    return _objected([(["orderId"], "Order does not exist.")])
                wanted = _wanted(account, asked, key)
            except ValueError as error:
                return _objected([(["input"], str(error))])
            against = refunds.objections(account, wanted)
            if against:
                keys.remember(self._ground, key, asked, None)
                return _objected([(list(each.field), each.message) for each in against])
            made = refunds.make(self._ground, wanted, self._ground.now())
            keys.remember(self._ground, key, asked, made)
            return self._refunded(made)

    def _refunded(self, refund_id: int) -> Node:
        row = self._ground.ledger.row("SELECT order_id FROM refunds WHERE id = ?", refund_id) or {}
        account = demand(self._ground.ledger, row["order_id"])
        made = next(r for r in account.refunds if r["id"] == refund_id)
        shown = refund(account, made) | {"order": order_node(account)}
        return {"refund": shown, "order": order_node(account), "userErrors": []}

    def _tags_add(self, info: GraphQLResolveInfo[Any], id: str, tags: Iterable[str]) -> Node:
        return self._retag(id, lambda old: old | set(tags))

    def _tags_remove(self, info: GraphQLResolveInfo[Any], id: str, tags: Iterable[str]) -> Node:
        return self._retag(id, lambda old: old - set(tags))

    def _retag(self, id: str, change: Callable[[set[str]], set[str]]) -> Node:
        account = self._owner(id, "Order")
        if account is None:
            return {"node": None, "userErrors": [_error(["id"], "Order does not exist.")]}
        order_id, old = account.order["id"], set(account.order["tags"])
        new = change(old)
        if new != old:
            orders.retag(self._ground, order_id, sorted(new), self._ground.now())
        return {"node": order_node(demand(self._ground.ledger, order_id)), "userErrors": []}

    def _hold(self, info: GraphQLResolveInfo[Any], id: str, fulfillmentHold: Node) -> Node:
        account = self._owner(id, "FulfillmentOrder")
        if account is None:
            return _not_held("Fulfillment order not found.", "FULFILLMENT_ORDER_NOT_FOUND")
        handle = fulfillmentHold.get("handle") or ""
        if handle and any(row["handle"] == handle for row in account.holds):
            return _not_held("Handle is taken.", "DUPLICATE_FULFILLMENT_HOLD_HANDLE")
        if len(account.holds) >= 10:
            return _not_held("Too many holds.", "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED")
        order_id, hold_id = account.order["id"], self._ground.number("hold")
        with self._ground.ledger.writing():
            self._ground.ledger.add(
                "holds",
                id=hold_id,
                order_id=order_id,
                handle=handle,
                reason=fulfillmentHold["reason"],
                reason_notes=fulfillmentHold.get("reasonNotes"),
            )
            orders.touch(self._ground, order_id, self._ground.now())
        held = demand(self._ground.ledger, order_id)
        return {
            "fulfillmentHold": hold(next(row for row in held.holds if row["id"] == hold_id)),
            "fulfillmentOrder": fulfilment_order(held),
            "remainingFulfillmentOrder": None,
            "userErrors": [],
        }

    def _release(
        self,
        info: GraphQLResolveInfo[Any],
        id: str,
        holdIds: Iterable[str] | None = None,
        externalId: str | None = None,
    ) -> Node:
        account = self._owner(id, "FulfillmentOrder")
        if account is None:
            return _not_held("Fulfillment order not found.", "FULFILLMENT_ORDER_NOT_FOUND")
        chosen = None if holdIds is None else {parse_gid(each) for each in holdIds}
        with self._ground.ledger.writing():
            for row in account.holds:
                if chosen is None or row["id"] in chosen:
                    self._ground.ledger.run("DELETE FROM holds WHERE id = ?", row["id"])
            orders.touch(self._ground, account.order["id"], self._ground.now())
        free = demand(self._ground.ledger, account.order["id"])
        return {"fulfillmentOrder": fulfilment_order(free), "userErrors": []}

    def _owner(self, id: str, kind: str) -> Account | None:
        try:
            number = parse_gid(id, kind)
        except ValueError:
            return None
        return read(self._ground.ledger, number - (3 if kind == "FulfillmentOrder" else 0))


def _idempotency_key(info: GraphQLResolveInfo[Any]) -> str:
    directive = info.schema.get_directive("idempotent")
    found = directive and get_directive_values(directive, info.field_nodes[0], info.variable_values)
    key = str((found or {}).get("key") or "").strip()
    if not key:
        raise GraphQLError(
            "The @idempotent directive with a key is required for refundCreate.",
            extensions={"code": keys.MISSING},
        )
    return key


def _wanted(account: Account, asked: Node, key: str) -> Wanted:
    """Raises ValueError for ids and amounts that are none."""
    currency = account.order["currency"]
    return Wanted(
        order_id=account.order["id"],
        currency=asked.get("currency"),
        note=asked.get("note") or "",
        lines=tuple(
            (
                parse_gid(line["lineItemId"], "LineItem"),
                line["quantity"],
                line.get("restockType") or "NO_RESTOCK",
            )
            for line in asked.get("refundLineItems") or ()
        ),
        shipping=_shipping(account, asked.get("shipping") or {}),
        transactions=tuple(
            (
                None if t.get("parentId") is None else parse_gid(t["parentId"]),
                Money.parse(str(t["amount"]), currency).minor,
                t["gateway"],
            )
            for t in asked.get("transactions") or ()
        ),
        key=key,
        params_hash=keys.params_hash(asked),
    )


def _shipping(account: Account, asked: Node) -> int:
    if asked.get("fullRefund"):
        return account.shipping_left
    amount: Any = asked.get("amount")
    return 0 if amount is None else Money.parse(str(amount), account.order["currency"]).minor


def _objected(found: list[tuple[list[str], str]]) -> Node:
    errors = [_error(field, message) for field, message in found]
    return {"refund": None, "order": None, "userErrors": errors}


def _not_held(message: str, code: str) -> Node:
    return {
        "fulfillmentHold": None,
        "fulfillmentOrder": None,
        "remainingFulfillmentOrder": None,
        "userErrors": [_error(["id"], message) | {"code": code}],
    }


def _error(field: list[str], message: str) -> Node:
    return {"field": field, "message": message}
