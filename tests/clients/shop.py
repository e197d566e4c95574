"""A shop behind `responses` that executes the real documents against the real schema."""

from __future__ import annotations

import json
from typing import Any

import responses
from graphql import get_operation_ast, graphql_sync, parse

from clients.shopify.schema import load

SHOP = "alice.myshopify.com"
TOKEN = "shpat_canary"
URL = f"https://{SHOP}/admin/api/2026-10/graphql.json"


class Shop:
    """`root` answers the fields by name; `asked` is what was sent: (operation, variables)."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self.mock = mock
        self.root: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.requests: list[Any] = []
        self.raw: Any = None
        self.status = 200
        self.headers: dict[str, str] = {}
        mock.add_callback(responses.POST, URL, callback=self._answer)

    def answers(self, document: dict[str, Any]) -> None:
        """From now on this JSON, whatever is asked."""
        self.raw = document

    def fails(self, status: int, body: Any = None, **headers: str) -> None:
        """From now on this status."""
        self.status, self.headers = status, headers
        self.raw = body if body is not None else {"errors": "no"}

    def breaks(self, problem: Exception) -> None:
        """From now on no answer at all."""
        self.mock.reset()
        self.mock.add(responses.POST, URL, body=problem)

    def _answer(self, request: Any) -> tuple[int, dict[str, str], str | bytes]:
        sent = json.loads(request.body)
        name = get_operation_ast(parse(sent["query"])).name.value
        self.asked.append((name, sent["variables"]))
        self.requests.append(request)
        if self.raw is not None:
            raw = self.raw if isinstance(self.raw, bytes) else json.dumps(self.raw)
            return self.status, self.headers, raw
        done = graphql_sync(load(), sent["query"], self.root, variable_values=sent["variables"])
        return 200, self.headers, json.dumps(done.formatted)


def bag(amount: str, currency: str = "EUR") -> dict[str, Any]:
    """Money in the customer's currency, next to another amount in the shop's."""
    shop_money = {"amount": "999.99", "currencyCode": "USD"}
    return {
        "presentmentMoney": {"amount": amount, "currencyCode": currency},
        "shopMoney": shop_money,
    }


def connection(*nodes: Any, more: bool = False, cursor: str | None = None) -> dict[str, Any]:
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": more, "endCursor": cursor}}


def line(number: int = 11, **changes: Any) -> dict[str, Any]:
    node = {
        "id": f"gid://shopify/LineItem/{number}",
        "title": "Cup",
        "sku": "CUP-1",
        "quantity": 2,
        "currentQuantity": 2,
        "refundableQuantity": 2,
        "unfulfilledQuantity": 2,
        "requiresShipping": True,
        "product": {"id": "gid://shopify/Product/7"},
        "variant": None,
        "weight": None,
        "originalTotalSet": bag("20.00"),
        "discountAllocations": [{"allocatedAmountSet": bag("1.50")}],
        "taxLines": [{"priceSet": bag("3.70")}],
    }
    return {**node, **changes}


def refund(number: int = 21, **changes: Any) -> dict[str, Any]:
    node = {
        "id": f"gid://shopify/Refund/{number}",
        "createdAt": "2026-11-03T10:00:00+08:00",
        "processedAt": "2026-11-03T02:00:00Z",
        "note": "pv:1234",
        "totalRefundedSet": bag("9.25"),
        "refundLineItems": connection(quantity(11, 1)),
        "transactions": connection(
            {
                "id": "gid://shopify/OrderTransaction/31",
                "kind": "REFUND",
                "status": "PENDING",
                "amountSet": bag("9.25"),
            }
        ),
    }
    return {**node, **changes}


def quantity(number: int, units: int) -> dict[str, Any]:
    return {"quantity": units, "lineItem": {"id": f"gid://shopify/LineItem/{number}"}}


def order(**changes: Any) -> dict[str, Any]:
    node = {
        "id": "gid://shopify/Order/9007199254740993",
        "name": "#1001",
        "createdAt": "2026-11-01T09:00:00Z",
        "processedAt": "2026-11-01T09:00:01Z",
        "updatedAt": "2026-11-02T12:00:00-05:00",
        "cancelledAt": None,
        "displayFinancialStatus": "PAID",
        "currencyCode": "USD",
        "presentmentCurrencyCode": "EUR",
        "taxesIncluded": False,
        "tags": ["vip"],
        "test": False,
        "customerLocale": None,
        "shippingAddress": None,
        "totalReceivedSet": bag("28.15"),
        "totalRefundedSet": bag("9.25"),
        "shippingLines": connection(
            {"discountedPriceSet": bag("5.00"), "taxLines": [{"priceSet": bag("0.95")}]}
        ),
        "lineItems": connection(line()),
        "refunds": [refund()],
        "fulfillments": [
            {
                "id": "gid://shopify/Fulfillment/41",
                "status": "SUCCESS",
                "createdAt": "2026-11-02T17:00:00Z",
                "trackingInfo": [
                    {"company": "Yanwen", "number": "UA1"},
                    {"company": None, "number": "UA2"},
                ],
                "fulfillmentLineItems": connection(quantity(11, 2)),
            }
        ],
        "disputes": [
            {
                "id": "gid://shopify/OrderDisputeSummary/51",
                "initiatedAs": "CHARGEBACK",
                "status": "NEEDS_RESPONSE",
            }
        ],
        "fulfillmentOrders": connection(
            {
                "id": "gid://shopify/FulfillmentOrder/61",
                "status": "ON_HOLD",
                "fulfillmentHolds": [
                    {
                        "id": "gid://shopify/FulfillmentHold/71",
                        "handle": "pv-address",
                        "reason": "INCORRECT_ADDRESS",
                    }
                ],
            }
        ),
    }
    return {**node, **changes}
