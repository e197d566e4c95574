"""Fulfilment orders and the holds that keep them from shipping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clients.errors import Refused
from clients.http import Kind
from clients.shopify import parse
from clients.shopify.channel import SERVICE, Channel
from clients.shopify.paging import Connection, every_node, page
from clients.shopify.records import FulfilmentOrder, gid

LONGEST_HANDLE = 64


class Holds:
    """The part of ShopifyAdmin that stops what has not shipped yet, and lets it go again."""

    _channel: Channel

    def fulfilment_orders(self, order_id: int) -> list[FulfilmentOrder]:
        """What the store wants shipped of an order, each with all its lines and holds.

        A hold of ours is known again by its handle. Raises Refused with code `not_found` when
        there is no such order, NeedsAuthorisation without a scope for fulfilment orders.
        """
        first = self._page(order_id, None)
        nodes = every_node(SERVICE, first, lambda after: self._page(order_id, after))
        return [self._channel.parsed(self._whole, node, Kind.READ) for node in nodes]

    def hold(self, fulfilment_order_id: int, *, reason: str, notes: str, handle: str) -> str | None:
        """Stop a fulfilment order from shipping. Gives the hold's gid, None if it was there.

        `reason` is a FulfillmentHoldReason. `handle` names the hold, once per app and fulfilment
        order, in 1 to 64 characters (else ValueError): it makes a repetition harmless.
        """
        if not 0 < len(handle) <= LONGEST_HANDLE:
            raise ValueError("a hold needs a handle of 1 to 64 characters")
        hold = {"reason": reason, "reasonNotes": notes, "handle": handle}
        variables = {"id": gid("FulfillmentOrder", fulfilment_order_id), "hold": hold}
        try:
            payload = self._channel.write("hold", variables, result="fulfillmentHold")
        except Refused as problem:
            if problem.code == "DUPLICATE_FULFILLMENT_HOLD_HANDLE":
                return None
            raise
        made = payload["fulfillmentHold"]
        return self._channel.parsed(lambda hold: str(hold["id"]), made, Kind.IDEMPOTENT_WRITE)

    def release_hold(self, fulfilment_order_id: int, hold_ids: Sequence[str]) -> None:
        """Lift the holds with these gids. ValueError for none: Shopify would lift every app's."""
        if not hold_ids:
            raise ValueError("name the holds to lift")
        order = gid("FulfillmentOrder", fulfilment_order_id)
        variables = {"id": order, "holds": list(hold_ids)}
        self._channel.write("release_hold", variables, result="fulfillmentOrder")

    def _page(self, order_id: int, after: str | None) -> Connection:
        variables = {"id": gid("Order", order_id), "after": after}
        order = self._channel.read("fulfilment_orders", variables)
        if order is None:
            raise Refused(SERVICE, "no such order", code="not_found")
        return self._channel.parsed(lambda one: page(one["fulfillmentOrders"]), order, Kind.READ)

    def _whole(self, node: Mapping[str, Any]) -> FulfilmentOrder:
        def following(after: str) -> Connection:
            variables = {"id": node["id"], "after": after}
            return page(
                (self._channel.read("fulfilment_order_lines", variables) or {})["lineItems"]
            )

        lines = list(every_node(SERVICE, page(node["lineItems"]), following))
        return parse.fulfilment_order({**node, "lineItems": {"nodes": lines}})
