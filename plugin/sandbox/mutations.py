"""What the storefront does when it is told to: refunds here, the rest beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo
from graphql.execution import get_directive_values

from clients.money import Money
from plugin.sandbox import keys, refunds
from plugin.sandbox.accounts import Account, demand, read
from plugin.sandbox.draft_mutations import DraftMutations
from plugin.sandbox.field_mutations import FieldMutations
from plugin.sandbox.graph_money import Node, parse_gid
from plugin.sandbox.graph_movements import refund
from plugin.sandbox.graph_orders import order_node
from plugin.sandbox.ground import Ground
from plugin.sandbox.order_mutations import OrderMutations, error
from plugin.sandbox.refunds import Wanted
from plugin.sandbox.return_mutations import ReturnMutations

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
            **OrderMutations(self._ground).root(),
            **DraftMutations(self._ground).root(),
            **FieldMutations(self._ground).root(),
            **ReturnMutations(self._ground).root(),
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
    errors = [error(field, message) for field, message in found]
    return {"refund": None, "order": None, "userErrors": errors}
