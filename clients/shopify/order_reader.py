"""Reading one order whole: every line, every refund, and no more permissions than needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clients.errors import MISSHAPEN, NeedsAuthorisation
from clients.http import Kind
from clients.shopify import parse
from clients.shopify.channel import SERVICE, Channel
from clients.shopify.envelope import Envelope
from clients.shopify.paging import Connection, every_node
from clients.shopify.records import Order, gid

OWN_SCOPE = {"disputes": "disputes", "fulfillmentOrders": "fulfilmentOrders"}
"""Parts that need a permission of their own, and the variable that leaves each out."""

_Node = dict[str, Any]


class OrderReader:
    """Reads orders over one channel, and remembers which parts its token may not see."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._denied: set[str] = set()

    @property
    def denied(self) -> frozenset[str]:
        """The parts the token turned out not to see."""
        return frozenset(self._denied)

    def read(self, order_id: int) -> Order | None:
        """The order with all its pages; None when the shop shows none by that id."""
        head = self._page(order_id, None)
        self._channel.check(head)
        if head.payload is None:
            return None
        withheld = [f"order.{part}" for part in sorted(self._denied)]
        withheld += [".".join(problem.path) for problem in head.problems if problem.path]
        try:
            node = dict(head.payload)
            lines = list(self._lines(order_id, node["lineItems"]))
            withheld += _cut_short(node)
            return parse.order(self._complete(node), lines, withheld)
        except MISSHAPEN as problem:
            if "ACCESS_DENIED" in head.codes:
                what = "what is needed of the order is not shown"
                raise NeedsAuthorisation(SERVICE, what, code="ACCESS_DENIED") from None
            raise self._channel.unreadable(problem, Kind.READ) from None

    def _page(self, order_id: int, after: str | None) -> Envelope:
        """One page of an order, without the parts that turn out to be denied.

        By the schema those parts are never null, so a denied one makes the whole order null:
        ask again without it rather than lose the order.
        """
        while True:
            variables: _Node = {"id": gid("Order", order_id), "head": after is None}
            variables["after"] = after
            for part, variable in OWN_SCOPE.items():
                variables[variable] = after is None and part not in self._denied
            envelope = self._channel.ask("order", variables, Kind.READ)
            denied = _denied_parts(envelope) - self._denied
            self._denied |= denied
            if envelope.payload is not None or not denied:
                return envelope

    def _lines(self, order_id: int, first: Connection) -> Any:
        def following(cursor: str) -> Connection:
            envelope = self._page(order_id, cursor)
            self._channel.check(envelope)
            page: Connection = (envelope.payload or {})["lineItems"]
            return page

        return every_node(SERVICE, first, following)

    def _complete(self, node: _Node) -> _Node:
        """The node with every line of its refunds and shipments.

        A refund seen only in part would let the same units be paid back twice. For the same
        reason refunds that are not shown at all are an error, and not an empty list.
        """
        if node["refunds"] is None:
            raise TypeError("no refunds")
        for name, document, connection in (
            ("refunds", "refund_lines", "refundLineItems"),
            ("fulfillments", "fulfilment_lines", "fulfillmentLineItems"),
        ):
            node[name] = [
                {**item, connection: {"nodes": self._rest(item, document, connection)}}
                for item in node.get(name) or ()
            ]
        return node

    def _rest(self, item: Mapping[str, Any], document: str, connection: str) -> list[Any]:
        def following(cursor: str) -> Connection:
            variables = {"id": item["id"], "after": cursor}
            page: Connection = (self._channel.read(document, variables) or {})[connection]
            return page

        return list(every_node(SERVICE, item[connection], following))


def _denied_parts(envelope: Envelope) -> set[str]:
    """Parts with their own permission that an ACCESS_DENIED points at."""
    paths = [problem.path for problem in envelope.problems if problem.code == "ACCESS_DENIED"]
    return {path[1] for path in paths if len(path) > 1 and path[1] in OWN_SCOPE}


def _cut_short(node: _Node) -> list[str]:
    """Parts read without paging whose first page was not all: told, not hidden."""
    cut = [f"order.{name}" for name in ("shippingLines", "fulfillmentOrders") if _more(node, name)]
    if any(_more(refund, "transactions") for refund in node.get("refunds") or ()):
        cut.append("order.refunds.transactions")
    return cut


def _more(node: Mapping[str, Any], name: str) -> bool:
    connection = node.get(name) or {}
    return bool((connection.get("pageInfo") or {}).get("hasNextPage"))
