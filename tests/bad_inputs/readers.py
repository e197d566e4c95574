"""Every reader of what a service answers, with an answer it is content with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from clients.dsers import failures, reading
from clients.dsers.oauth import DsersOAuth
from clients.dsers.tools import Tool, Toolbox
from clients.email.message import Message
from clients.email.resend import ResendPostbox
from clients.http import Kind, Transport
from clients.money import Money
from clients.shopify.admin import ShopifyAdmin
from clients.shopify.flags import KEPT
from clients.shopify.oauth import OAuth
from clients.supplier.alibaba1688 import Alibaba1688
from clients.tmall.openmall import OpenMall
from clients.tmall.tmc import Tmc
from clients.tmall.top import Top
from tests.bad_inputs.spoiling import Canned
from tests.clients import buyer, shop
from tests.clients.test_1688 import trade
from tests.clients.test_1688_trace import INSIDE, abroad, told, way
from tests.clients.test_tmall import TRADE
from tests.conftest import MONDAY

Reader = tuple[Callable[[Canned], object], Any]
"""(asks over a session that answers, a whole answer)"""

LETTER = Message(sender="desk@example.com", to="bianca@example.com", subject="Your order",
                 text="Hello", message_id="<1@example.com>")  # fmt: skip


def over(session: Canned) -> Transport:
    return Transport("tokens", session=session)


def admin(session: Canned) -> ShopifyAdmin:
    return ShopifyAdmin(shop.SHOP, "shpat_1", session=session)


def supplier(session: Canned) -> Alibaba1688:
    return Alibaba1688(buyer.APP_KEY, "s", "t", session=session)


def top(session: Canned) -> Top:
    return Top("12345678", "helloworld", "session", now=lambda: MONDAY, http=session)


def mall(session: Canned) -> OpenMall:
    return OpenMall(top(session), "lanterna")


def of_top(method: str, **inside: Any) -> dict[str, Any]:
    return {f"openmall_{method.replace('.', '_')}_response": {"request_id": "r1", **inside}}


def flags() -> dict[str, Any]:
    kept = {"key": "situation", "value": "1", "compareDigest": "d"}
    return {"data": {"order": {"tags": ["a"], **dict.fromkeys(KEPT, kept)}}}


PAGE = {
    "data": {
        "orders": shop.connection(
            {"id": "gid://shopify/Order/1", "updatedAt": "2026-11-02T12:00:00Z"}, cursor="c"
        )
    }
}
FACTS = {
    "data": {
        "shop": {
            "myshopifyDomain": shop.SHOP, "name": "Alice", "contactEmail": "a@b.it",
            "currencyCode": "USD", "ianaTimezone": "Europe/Rome",
        }
    }
}  # fmt: skip
PREVIEW = {
    "data": {
        "order": {
            "suggestedRefund": {
                "amountSet": shop.bag("9.25"), "subtotalSet": shop.bag("9.25"),
                "maximumRefundableSet": shop.bag("20.00"), "totalTaxSet": shop.bag("1.85"),
                "shipping": {"amountSet": shop.bag("0.00"), "maximumRefundableSet": shop.bag("5")},
                "refundLineItems": [{**shop.quantity(11, 1), "restockType": "NO_RESTOCK"}],
                "suggestedTransactions": [
                    {
                        "amountSet": shop.bag("9.25"), "gateway": "bogus", "kind": "REFUND",
                        "parentTransaction": {"id": "gid://shopify/OrderTransaction/31"},
                    }
                ],
            }
        }
    }
}  # fmt: skip
RETURNS = {
    "data": {
        "order": {
            "returns": shop.connection(
                {
                    "id": "gid://shopify/Return/1", "status": "OPEN", "name": "#1-R1",
                    "createdAt": "2026-11-03T10:00:00Z",
                    "returnLineItems": shop.connection(
                        {"quantity": 1, "returnReasonDefinition": {"handle": "a"},
                         "returnReasonNote": "pv:1", "customerNote": "x",
                         "fulfillmentLineItem": {"lineItem": {"id": "gid://shopify/LineItem/11"}}}
                    ),
                }
            )
        }
    }
}  # fmt: skip
HELD = {
    **shop.order()["fulfillmentOrders"]["nodes"][0],
    "lineItems": shop.connection({"lineItem": {"id": "gid://shopify/LineItem/11"}}),
}
HOLDS = {"data": {"order": {"fulfillmentOrders": shop.connection(HELD)}}}
MONEY_BACK = {"data": {"refundCreate": {"refund": shop.refund(), "userErrors": []}}}
JOB = {
    "data": {
        "orderCancel": {
            "jobResult": {"id": "gid://shopify/Job/1", "done": False},
            "orderCancelUserErrors": [],
            "userErrors": [],
        }
    }
}
BULK = {
    "data": {
        "bulkOperation": {
            "id": "gid://shopify/BulkOperation/1", "status": "COMPLETED", "errorCode": None,
            "objectCount": "2", "fileSize": "9", "url": "https://storage.googleapis.com/x",
            "partialDataUrl": None, "createdAt": "2026-11-02T09:00:00Z", "query": "{}",
            "completedAt": "2026-11-02T09:00:01Z",
        }
    }
}  # fmt: skip
WEIGHTS = {
    "data": {
        "nodes": [
            {
                "__typename": "ProductVariant", "id": "gid://shopify/ProductVariant/1",
                "inventoryItem": {"measurement": {"weight": {"unit": "KILOGRAMS", "value": 1.5}}},
            }
        ]
    }
}  # fmt: skip
TOKENS = {"access_token": "shpat_1", "expires_in": 3600, "refresh_token": "r",
          "refresh_token_expires_in": 7_776_000, "scope": "read_orders"}  # fmt: skip
ASKED = {"refund_id": 88001, "status": "SUCCESS", "refund_fee": "88.00", "tid": 4001}
TALK = {"messages": {"refund_message": [
    {"created": "2026-11-03 10:00:00", "owner_role": 3, "content": "x"}]}}  # fmt: skip

SHOPIFY: Mapping[str, Reader] = {
    "shopify: an order": (lambda s: admin(s).order(1), {"data": {"order": shop.order()}}),
    "shopify: a page of changes": (lambda s: admin(s).changes_page(MONDAY), PAGE),
    "shopify: a page of orders": (lambda s: admin(s).orders_page(MONDAY), PAGE),
    "shopify: the shop": (lambda s: admin(s).shop_facts(), FACTS),
    "shopify: a preview of a refund": (
        lambda s: admin(s).preview_refund(1, [(11, 1)], None),
        PREVIEW,
    ),
    "shopify: a refund": (lambda s: admin(s).create_refund({"orderId": "1"}, "key"), MONEY_BACK),
    "shopify: flags": (lambda s: admin(s).flags(1), flags()),
    "shopify: returns": (lambda s: admin(s).returns(1), RETURNS),
    "shopify: fulfilment orders": (lambda s: admin(s).fulfilment_orders(1), HOLDS),
    "shopify: a cancellation": (
        lambda s: admin(s).cancel_order(1, reason="CUSTOMER", note="", restock=False),
        JOB,
    ),
    "shopify: a job": (
        lambda s: admin(s).job_done("gid://shopify/Job/1"),
        {"data": {"job": {"status": "DONE", "done": True, "errors": []}}},
    ),
    "shopify: work in bulk": (lambda s: admin(s).bulk_run("gid://shopify/BulkOperation/1"), BULK),
    "shopify: how many orders": (
        lambda s: admin(s).orders_count(MONDAY),
        {"data": {"ordersCount": {"count": 3, "precision": "EXACT"}}},
    ),
    "shopify: weights": (lambda s: admin(s).variant_weights([1]), WEIGHTS),
    "shopify: a token": (
        lambda s: OAuth(shop.SHOP, "id", "s", transport=over(s)).refresh("r"),
        TOKENS,
    ),
}
SUPPLIERS: Mapping[str, Reader] = {
    "1688: an order": (
        lambda s: supplier(s).order(buyer.REFERENCE),
        trade({"deliveredTime": "20261121090000000+0800"}),
    ),
    "1688: reasons": (
        lambda s: supplier(s).refund_reasons(buyer.REFERENCE, ["11"]),
        buyer.nested(
            reasons=[{"id": 20021, "name": "缺货", "needVoucher": False, "noRefundCarriage": False}]
        ),
    ),
    "1688: the most that may be asked": (
        lambda s: supplier(s).max_refund_fee(buyer.REFERENCE, [("11", 1)]),
        buyer.nested(maxRefundFee=1234, maxGoodsFee=1234, maxPostFee=0),
    ),
    "1688: a refund asked for": (lambda s: buyer.ask(supplier(s)), buyer.nested(refundId="TQ1")),
    "1688: refunds": (
        lambda s: supplier(s).refunds(buyer.REFERENCE),
        buyer.listed(buyer.model("refundsuccess")),
    ),
    "1688: a way": (
        lambda s: supplier(s).trace(buyer.REFERENCE),
        told(INSIDE, beside=[way(abroad())]),
    ),
    "1688: an urge": (lambda s: supplier(s).urge(buyer.REFERENCE), {"result": {"success": True}}),
    "1688: an address": (
        lambda s: supplier(s).change_address(buyer.REFERENCE, buyer.ADDRESS),
        {"success": True, "result": {"result": True}},
    ),
    "1688: a picture": (
        lambda s: supplier(s).upload_voucher(buyer.JPEG),
        buyer.nested(imageDomain="https://cbu01.alicdn.com", imageRelativeUrl="a.jpg"),
    ),
    "tmall: a trade": (lambda s: mall(s).order("4001"), of_top("trade.get", trade=TRADE)),
    "tmall: refunds": (
        lambda s: mall(s).refunds("4001"),
        of_top("trade.get", trade=TRADE) | of_top("refund.get", refund=ASKED),
    ),
    "tmall: a refund": (lambda s: mall(s).refund("88001"), of_top("refund.get", refund=ASKED)),
    "tmall: a refund asked for": (
        lambda s: mall(s).ask_refund("4001", [], Money(100, "CNY"), "OTHER_REASON", "x"),
        of_top("refund.create", refund_id=88001),
    ),
    "tmall: a conversation": (
        lambda s: mall(s).messages("88001"),
        of_top("refund.message.get", **TALK),
    ),
    "tmall: a way": (
        lambda s: mall(s).trace("4001"),
        of_top(
            "trace.search",
            trace_list={
                "transit_step_info": [
                    {"status_time": "2026-11-03 10:00:00", "status_desc": "x", "action": "GOT"}
                ]
            },
        ),
    ),
    "tmall: messages": (
        lambda s: Tmc(top(s)).consume(),
        {
            "tmc_messages_consume_response": {
                "messages": {
                    "tmc_message": [
                        {
                            "id": 1,
                            "topic": "taobao_openmall_TradeChanged",
                            "content": '{"tid": 1}',
                            "pub_time": "2026-11-03 10:00:00",
                        }
                    ]
                },
                "request_id": "r",
            }
        },
    ),
    "resend: a letter": (
        lambda s: ResendPostbox("re_key", session=s).send(LETTER),
        {"id": "49a3999c"},
    ),
    "dsers: who gives access": (
        lambda s: DsersOAuth("https://ai.dsers.com/mcp", transport=over(s)).authority(),
        {
            "authorization_servers": ["https://auth.dsers.com"],
            "scopes_supported": ["a"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_endpoint": "https://d/a",
            "token_endpoint": "https://d/t",
            "registration_endpoint": "https://d/r",
        },
    ),
    "dsers: a token": (
        lambda s: DsersOAuth("https://ai.dsers.com/mcp", transport=over(s)).refresh(
            "https://auth.dsers.com/t", "client", "r"
        ),
        TOKENS,
    ),
}
READERS = {**SHOPIFY, **SUPPLIERS}

DSERS_ORDER: Mapping[str, Any] = {
    "data": {
        "orders": [{"dsers_order_id": 1, "tab_status": "fulfilled"}],
        "pagination": {"next_cursor": "c"},
        "events": [{"normalized_time": "2026-11-03T10:00:00Z", "status": "IN", "description": "x"}],
        "items": [
            {
                "dsers_item_id": "1",
                "sku": "A",
                "cost": {"amount": "9.90", "currency": "CNY"},
                "tracking_numbers": ["YT1", {"number": "YT2"}],
                "suppliers": [
                    {
                        "supplier_platform_id": 2,
                        "status": "awaiting_shipment",
                        "supplier_product_url": "https://detail.1688.com/offer/1.html",
                        "cost": 9.9,
                        "currency": "CNY",
                        "shipped_at": "2026-11-03T10:00:00Z",
                    }
                ],
            }
        ],
        "dimensions": [{"dimension": "stock", "result": "fail"}],
        "error": {"code": "x", "message": "y"},
        "properties": {"dsers_order_id": {"type": "string"}},
        "required": ["dsers_order_id"],
    }
}


def read_dsers(answer: Mapping[str, Any]) -> None:
    """Everything that is read out of what its tools answer."""
    inside = reading.inside(answer, "data", "result")
    found = reading.rows(inside)
    reading.one_status(found, "unknown")
    total = reading.total(found)
    assert total is None or isinstance(total.minor, int)
    reading.listed(answer)
    reading.blockers(inside)
    for step in reading.steps(answer):
        assert step.at.astimezone(UTC) > datetime(1, 1, 1, tzinfo=UTC)
    list(reading.ids([inside], "dsers_order_id"))
    Toolbox.of([Tool.of("list_orders", inside)])
    failures.refused(answer, Kind.READ)
