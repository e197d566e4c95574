"""Draft orders, jobs and variants as GraphQL shows them."""

from __future__ import annotations

from plugin.sandbox import cancelling, drafts
from plugin.sandbox.accounts import demand
from plugin.sandbox.graph_money import Node, gid, money
from plugin.sandbox.graph_orders import customer, mailing_address, order_node
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row


def draft_node(ground: Ground, draft: Row) -> Node:
    """A DraftOrder."""
    order_id = draft["order_id"]
    total = money(drafts.total(draft), drafts.CURRENCY)
    return {
        "__typename": "DraftOrder",
        "id": gid("DraftOrder", draft["id"]),
        "legacyResourceId": str(draft["id"]),
        "name": draft["name"],
        "status": "OPEN" if order_id is None else "COMPLETED",
        "ready": True,
        "tags": list(draft["tags"]),
        "note2": draft["note"],
        "email": draft["email"],
        "createdAt": draft["created_at"],
        "updatedAt": draft["updated_at"],
        "completedAt": None if order_id is None else draft["updated_at"],
        "currencyCode": drafts.CURRENCY,
        "presentmentCurrencyCode": drafts.CURRENCY,
        "totalPriceSet": {"shopMoney": total, "presentmentMoney": total},
        "customer": customer(draft["customer"], "en"),
        "shippingAddress": mailing_address(draft["address"], draft["id"]),
        "order": None if order_id is None else order_node(demand(ground.ledger, order_id)),
    }


def job_node(job: Row) -> Node:
    """An OrderCancelJobResult."""
    error = {"field": ["orderId"], "message": job["error"], "code": "INVALID"}
    return {
        "__typename": "OrderCancelJobResult",
        "id": gid("OrderCancelJobResult", job["id"]),
        "done": job["state"] != cancelling.STARTED,
        "status": job["state"],
        "errors": [error] if job["error"] else [],
    }
