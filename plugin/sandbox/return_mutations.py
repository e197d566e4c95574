"""What the storefront does with returns when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from plugin.sandbox import accounts, returns
from plugin.sandbox.graph_money import Node, parse_gid
from plugin.sandbox.graph_returns import handle_of, return_node
from plugin.sandbox.ground import Ground
from plugin.sandbox.returns import Wanted

Info = GraphQLResolveInfo[Any]
OLD_REASONS = {"DEFECTIVE": "damaged", "WRONG_ITEM": "wrong-item"}


class ReturnMutations:
    """Writes of one call that concern returns."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def root(self) -> dict[str, Callable[..., Node]]:
        """The resolvers, by the name of the root field."""
        return {"returnCreate": self._create, "returnClose": self._close}

    def _create(self, info: Info, returnInput: Mapping[str, Any]) -> Node:
        try:
            order_id = parse_gid(returnInput["orderId"], "Order")
            wanted = [_wanted(line) for line in returnInput["returnLineItems"]]
        except ValueError as error:
            return _refused("INVALID", str(error))
        account = accounts.read(self._ground.ledger, order_id)
        if account is None:
            return _refused("NOT_FOUND", "Order does not exist.")
        code, says = returns.objection(account, wanted)
        if code:
            return _refused(code, says)
        made = returns.begin(self._ground, account, wanted, returns.OPEN, self._ground.now())
        return self._shown(order_id, made)

    def _close(self, info: Info, id: str) -> Node:
        try:
            number = parse_gid(id, "Return")
        except ValueError as error:
            return _refused("NOT_FOUND", str(error))
        row, code, says = returns.close(self._ground, number, self._ground.now())
        return _refused(code, says) if row is None else self._shown(row["order_id"], number)

    def _shown(self, order_id: int, number: int) -> Node:
        account = accounts.demand(self._ground.ledger, order_id)
        row = next(one for one in account.returns if one["id"] == number)
        return {"return": return_node(account, row), "userErrors": []}


def _wanted(line: Mapping[str, Any]) -> Wanted:
    """Raises ValueError for ids that are none."""
    reason = line.get("returnReasonDefinitionId")
    handle = handle_of(parse_gid(reason, "ReturnReasonDefinition")) if reason else ""
    return Wanted(
        shipped=parse_gid(line["fulfillmentLineItemId"], "FulfillmentLineItem"),
        quantity=int(line["quantity"]),
        handle=handle or OLD_REASONS.get(str(line.get("returnReason")), ""),
        note=line.get("returnReasonNote") or "",
    )


def _refused(code: str, message: str) -> Node:
    error = {"field": ["returnInput"], "message": message, "code": code}
    return {"return": None, "userErrors": [error]}
