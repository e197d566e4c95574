"""Draft orders made and completed over GraphQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLResolveInfo

from plugin.sandbox import drafts
from plugin.sandbox.graph_drafts import draft_node
from plugin.sandbox.graph_money import Node, parse_gid
from plugin.sandbox.ground import Ground
from plugin.sandbox.order_mutations import error

Info = GraphQLResolveInfo[Any]


class DraftMutations:
    """Writes of one call that concern draft orders. Neither is safe to repeat, as at Shopify."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def root(self) -> dict[str, Callable[..., Node]]:
        """The resolvers, by the name of the root field."""
        return {"draftOrderCreate": self._create, "draftOrderComplete": self._complete}

    def _create(self, info: Info, input: Node) -> Node:
        try:
            draft_id = drafts.write(self._ground, input, self._ground.now())
        except ValueError as problem:
            return _objected("input", problem)
        return self._shown(draft_id)

    def _complete(
        self,
        info: Info,
        id: str,
        paymentGatewayId: str | None = None,
        paymentPending: bool = False,
        sourceName: str | None = None,
    ) -> Node:
        try:
            if paymentPending:
                raise drafts.NoDraft("The sandbox knows no draft orders with pending payment.")
            draft_id = parse_gid(id, "DraftOrder")
            drafts.complete(self._ground, draft_id, self._ground.now())
        except ValueError as problem:
            return _objected("id", problem)
        return self._shown(draft_id)

    def _shown(self, draft_id: int) -> Node:
        made = drafts.find(self._ground, draft_id) or {}
        return {"draftOrder": draft_node(self._ground, made), "userErrors": []}


def _objected(field: str, problem: ValueError) -> Node:
    return {"draftOrder": None, "userErrors": [error([field], str(problem))]}
