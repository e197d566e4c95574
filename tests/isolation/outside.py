"""Everything the app calls: written down, and answered by each shop's own store."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import responses
from graphql import execute_sync, get_operation_ast, parse

from clients import outgoing
from clients.shopify.schema import load
from tests.clients.shop import bag, connection, line, order, quantity
from tests.isolation.town import SAME_ORDER, Who
from tests.story import LAMP

ANY_STORE = re.compile(r"https://[^/]+\.myshopify\.com/admin/.*")
MAILER = "https://api.resend.com/emails"
ALIBABA = re.compile(r"https://gw\.open\.1688\.com/.*")


@dataclass(frozen=True)
class Call:
    """One call that went out."""

    host: str
    name: str
    """Of the document, for a store."""
    token: str
    text: str
    """Address, headers and body."""


@dataclass
class Outside:
    """The world outside; `stores` is what each store answers, by its host."""

    stores: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def to_stores(self) -> list[Call]:
        return [call for call in self.calls if call.host.endswith(".myshopify.com")]

    @contextmanager
    def around(self) -> Iterator[Outside]:
        """While this is open nothing gets out."""
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            mock.add_callback(responses.POST, ANY_STORE, callback=self._store)
            mock.add_callback(responses.POST, MAILER, callback=self._mail)
            mock.add_callback(responses.POST, ALIBABA, callback=self._alibaba)
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(outgoing, "post", self._hook)
                yield self

    def _note(self, request: Any, name: str = "") -> str:
        body = request.body or b""
        said = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
        token = request.headers.get("X-Shopify-Access-Token", "")
        host = urlsplit(request.url).hostname or ""
        text = f"{request.url} {dict(request.headers)} {said}"
        self.calls.append(Call(host, name, str(token), text))
        return host

    def _store(self, request: Any) -> tuple[int, dict[str, str], str]:
        sent = json.loads(request.body)
        document = parse(sent["query"])
        operation = get_operation_ast(document)
        host = self._note(request, operation.name.value if operation and operation.name else "")
        root = self.stores.get(host)
        if root is None:
            return 503, {}, "{}"
        # Not validated: the clients' own tests do that, and it takes longer than all the rest.
        done = execute_sync(load(), document, root, variable_values=sent["variables"])
        return 200, {}, json.dumps(done.formatted)

    def _mail(self, request: Any) -> tuple[int, dict[str, str], str]:
        self._note(request)
        return 200, {}, json.dumps({"id": f"mail-from-{json.loads(request.body)['from']}"})

    def _alibaba(self, request: Any) -> tuple[int, dict[str, str], str]:
        self._note(request)
        return 200, {}, "{}"

    def _hook(self, url: str, body: bytes, headers: dict[str, str], *, near: bool = False) -> int:
        said = f"{url} {headers} {body.decode()}"
        self.calls.append(Call(urlsplit(url).hostname or "", "", "", said))
        return 200


def store_of(who: Who) -> dict[str, Any]:
    """What the store's own system answers: the order both have, as this shop has it."""
    goods = line(
        LAMP, title=f"Lamp {who.canary}", sku="SKU-11", currentQuantity=2, refundableQuantity=2,
        originalTotalSet=bag("24.90", "USD"), discountAllocations=[], taxLines=[],
    )  # fmt: skip
    preview = {
        "amountSet": bag("24.90", "USD"),
        "maximumRefundableSet": bag("24.90", "USD"),
        "shipping": {"amountSet": bag("0.00", "USD")},
        "refundLineItems": [quantity(LAMP, 2)],
        "suggestedTransactions": [
            {
                "gateway": "bogus",
                "amountSet": bag("24.90", "USD"),
                "parentTransaction": {"id": "gid://shopify/OrderTransaction/30"},
            }
        ],
    }
    made = {
        "id": "gid://shopify/Refund/21", "createdAt": "2026-11-03T02:00:00Z",
        "processedAt": "2026-11-03T02:00:00Z", "note": who.canary,
        "totalRefundedSet": bag("24.90", "USD"),
        "refundLineItems": connection(quantity(LAMP, 2)), "transactions": connection(),
    }  # fmt: skip
    whole = order(
        id=f"gid://shopify/Order/{SAME_ORDER}", name="#1001", presentmentCurrencyCode="USD",
        totalReceivedSet=bag("24.90", "USD"), totalRefundedSet=bag("0.00", "USD"),
        shippingLines=connection(), lineItems=connection(goods), refunds=[], fulfillments=[],
        disputes=[], fulfillmentOrders=connection(), suggestedRefund=preview, tags=[who.canary],
    )  # fmt: skip
    return {
        "order": whole,
        "orders": connection(whole),
        "refundCreate": {"refund": made, "userErrors": []},
        "metafieldDefinitions": {"nodes": []},
        "metafieldDefinitionCreate": {"createdDefinition": _known("status"), "userErrors": []},
        "metafieldsSet": {"metafields": [_known("status")], "userErrors": []},
        "metafieldsDelete": {"deletedMetafields": [_known("status")], "userErrors": []},
        "tagsAdd": {"node": {"__typename": "Order", "id": whole["id"]}, "userErrors": []},
    }


def _known(key: str) -> dict[str, str]:
    return {"id": "gid://shopify/Metafield/1", "key": key}
