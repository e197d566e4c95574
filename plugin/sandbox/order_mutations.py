"""What the storefront does to an order when it is told to: tags, address, holds, the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from graphql import GraphQLResolveInfo

from plugin.sandbox import addresses, cancelling, orders, shipments
from plugin.sandbox.accounts import Account, demand, read
from plugin.sandbox.graph_drafts import job_node
from plugin.sandbox.graph_money import Node, gid, parse_gid
from plugin.sandbox.graph_orders import fulfilment_order, hold, order_node
from plugin.sandbox.ground import Ground

Info = GraphQLResolveInfo[Any]

ABSENT = "Order does not exist."
LONGEST_TAG, MOST_TAGS = 40, 250
HOLDABLE = frozenset({"OPEN", "ON_HOLD", "SCHEDULED", "IN_PROGRESS"})


class OrderMutations:
    """Writes of one call that concern one order."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def root(self) -> dict[str, Callable[..., Node]]:
        """The resolvers, by the name of the root field."""
        return {
            "tagsAdd": self._tags_add,
            "tagsRemove": self._tags_remove,
            "orderUpdate": self._update,
            "orderCancel": self._cancel,
            "fulfillmentOrderHold": self._hold,
            "fulfillmentOrderReleaseHold": self._release,
        }

    def _tags_add(self, info: Info, id: str, tags: Iterable[str]) -> Node:
        return self._retag(id, lambda old: old | set(tags))

    def _tags_remove(self, info: Info, id: str, tags: Iterable[str]) -> Node:
        return self._retag(id, lambda old: old - set(tags))

    def _retag(self, id: str, change: Callable[[set[str]], set[str]]) -> Node:
        account = self._owner(id, "Order")
        if account is None:
            return {"node": None, "userErrors": [error(["id"], ABSENT)]}
        order_id, old = account.order["id"], set(account.order["tags"])
        new = change(old)
        if any(len(tag) > LONGEST_TAG for tag in new) or len(new) > MOST_TAGS:
            return {"node": None, "userErrors": [error(["tags"], "Tags are too long or too many.")]}
        if new != old:
            orders.retag(self._ground, order_id, sorted(new), self._ground.now())
        return {"node": order_node(demand(self._ground.ledger, order_id)), "userErrors": []}

    def _update(self, info: Info, input: Node) -> Node:
        """Only the shipping address: anything else is refused rather than passed over."""
        account, wanted = self._owner(input["id"], "Order"), input.get("shippingAddress")
        if account is None:
            return {"order": None, "userErrors": [error(["id"], ABSENT)]}
        if set(input) != {"id", "shippingAddress"} or wanted is None:
            says = "The sandbox changes nothing of an order but its shipping address."
            return {"order": None, "userErrors": [error(["input"], says)]}
        if wrong := addresses.objection(wanted):
            return {"order": None, "userErrors": [error(["shippingAddress"], wrong)]}
        order_id = account.order["id"]
        orders.readdress(self._ground, order_id, addresses.row(wanted), self._ground.now())
        return {"order": order_node(demand(self._ground.ledger, order_id)), "userErrors": []}

    def _cancel(
        self,
        info: Info,
        orderId: str,
        reason: str,
        restock: bool,
        refund: bool | None = None,
        refundMethod: Node | None = None,
        notifyCustomer: bool = False,
        staffNote: str | None = None,
    ) -> Node:
        account = self._owner(orderId, "Order")
        if account is None:
            return _not_cancelled(ABSENT, "NOT_FOUND")
        wrong = cancelling.objection(account)
        if cancelling.under_way(self._ground, account.order["id"]):
            wrong = "The order is being canceled already"
        if wrong:
            return _not_cancelled(wrong, "INVALID")
        asked = {
            "reason": reason,
            "restock": restock,
            "notify": notifyCustomer,
            "note": staffNote,
            "pays_back": _pays_back(refund, refundMethod),
        }
        job = cancelling.begin(self._ground, account, asked, self._ground.now())
        plain = {"__typename": "Job", "id": gid("Job", job["id"]), "done": False}
        return {"job": plain, "jobResult": job_node(job), "orderCancelUserErrors": []}

    def _hold(self, info: Info, id: str, fulfillmentHold: Node) -> Node:
        account = self._owner(id, "FulfillmentOrder")
        if account is None:
            return _not_held("Fulfillment order not found.", "FULFILLMENT_ORDER_NOT_FOUND")
        handle = fulfillmentHold.get("handle") or ""
        if handle and any(row["handle"] == handle for row in account.holds):
            return _not_held("Handle is taken.", "DUPLICATE_FULFILLMENT_HOLD_HANDLE")
        if fulfilment_order(account)["status"] not in HOLDABLE:
            return _not_held("Fulfillment order can't be put on hold.", None)
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
        info: Info,
        id: str,
        holdIds: Iterable[str] | None = None,
        externalId: str | None = None,
    ) -> Node:
        account = self._owner(id, "FulfillmentOrder")
        if account is None:
            return _not_held("Fulfillment order not found.", "FULFILLMENT_ORDER_NOT_FOUND")
        chosen = None if holdIds is None else {parse_gid(each) for each in holdIds}
        order_id, now = account.order["id"], self._ground.now()
        with self._ground.ledger.writing():
            for row in account.holds:
                if chosen is None or row["id"] in chosen:
                    self._ground.ledger.run("DELETE FROM holds WHERE id = ?", row["id"])
            orders.touch(self._ground, order_id, now)
            shipments.fulfil_waiting(self._ground, order_id, now)
        free = demand(self._ground.ledger, order_id)
        return {"fulfillmentOrder": fulfilment_order(free), "userErrors": []}

    def _owner(self, id: str, kind: str) -> Account | None:
        try:
            number = parse_gid(id, kind)
        except ValueError:
            return None
        return read(self._ground.ledger, number - (3 if kind == "FulfillmentOrder" else 0))


def error(field: list[str], message: str) -> Node:
    """A UserError."""
    return {"field": field, "message": message}


def _pays_back(refund: bool | None, method: Node | None) -> bool:
    """What Shopify does when nothing is said is not written anywhere; here it costs money, so
    that whoever leaves it out finds out."""
    if method is not None:
        return bool(method.get("originalPaymentMethodsRefund", True))
    return refund is not False


def _not_cancelled(message: str, code: str) -> Node:
    errors = [error(["orderId"], message) | {"code": code}]
    return {"job": None, "jobResult": None, "orderCancelUserErrors": errors}


def _not_held(message: str, code: str | None) -> Node:
    return {
        "fulfillmentHold": None,
        "fulfillmentOrder": None,
        "remainingFulfillmentOrder": None,
        "userErrors": [error(["id"], message) | {"code": code}],
    }
