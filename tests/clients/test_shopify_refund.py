"""Paying back: what is previewed, frozen and sent."""

from __future__ import annotations

import pytest

from clients.errors import Refused
from clients.money import Money
from clients.shopify.records import SuggestedTransaction
from tests.clients.refunding import KEY, ORDER, eur, frozen, preview
from tests.clients.shop import bag, quantity, refund


def suggestion(**changes):
    node = {
        "amountSet": bag("14.20"),
        "maximumRefundableSet": bag("28.15"),
        "shipping": {"amountSet": bag("5.00")},
        "refundLineItems": [quantity(11, 1)],
        "suggestedTransactions": [
            {
                "gateway": "shopify_payments",
                "amountSet": bag("14.20"),
                "parentTransaction": {"id": "gid://shopify/OrderTransaction/30"},
            },
            {"gateway": "gift_card", "amountSet": bag("0.00"), "parentTransaction": None},
        ],
    }
    return {**node, **changes}


def test_the_preview_is_what_shopify_suggests(shop, admin):
    shop.root = {"order": {"suggestedRefund": suggestion()}}

    found = admin.preview_refund(ORDER, [(11, 1)], eur(500))

    assert preview() == found
    assert [
        (
            "PreviewRefund",
            {
                "id": f"gid://shopify/Order/{ORDER}",
                "lines": [
                    {
                        "lineItemId": "gid://shopify/LineItem/11",
                        "quantity": 1,
                        "restockType": "NO_RESTOCK",
                    }
                ],
                "shipping": "5.00",
            },
        )
    ] == shop.asked


@pytest.mark.parametrize("shipping", [None, Money(0, "EUR")])
def test_no_shipping_is_asked_for_unless_some_is_wanted(shop, admin, shipping):
    shop.root = {"order": {"suggestedRefund": suggestion()}}

    admin.preview_refund(ORDER, [(11, 1)], shipping)

    assert "shipping" not in shop.asked[0][1]


@pytest.mark.parametrize(
    ("order", "code"),
    [(None, "not_found"), ({"suggestedRefund": None}, "nothing_to_refund")],
)
def test_nothing_to_preview_is_refused(shop, admin, order, code):
    shop.root = {"order": order}

    with pytest.raises(Refused) as caught:
        admin.preview_refund(ORDER, [(11, 1)], None)

    assert code == caught.value.code


def test_the_input_is_exactly_the_preview_and_never_over_refunds(shop, admin):
    assert {
        "orderId": f"gid://shopify/Order/{ORDER}",
        "currency": "EUR",
        "note": "pv:1234",
        "notify": False,
        "allowOverRefunding": False,
        "refundLineItems": [
            {
                "lineItemId": "gid://shopify/LineItem/11",
                "quantity": 1,
                "restockType": "NO_RESTOCK",
            }
        ],
        "transactions": [
            {
                "orderId": f"gid://shopify/Order/{ORDER}",
                "parentId": "gid://shopify/OrderTransaction/30",
                "gateway": "shopify_payments",
                "kind": "REFUND",
                "amount": "14.20",
            }
        ],
        "shipping": {"amount": "5.00"},
    } == frozen(admin)
    assert shop.asked == []


def test_without_shipping_the_input_names_none(admin):
    assert "shipping" not in frozen(admin, shipping=eur(0))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"transactions": ()}, id="no way to pay back"),
        pytest.param({"amount": eur(1421)}, id="a cent more than the ways"),
        pytest.param({"amount": eur(0), "transactions": ()}, id="nothing"),
        pytest.param({"amount": Money(1420, "USD")}, id="another currency"),
        pytest.param(
            {"transactions": (SuggestedTransaction(30, "x", Money(1420, "USD")),)},
            id="a way in another currency",
        ),
    ],
)
def test_a_preview_that_does_not_add_up_is_refused(admin, changes):
    with pytest.raises(Refused) as caught:
        frozen(admin, **changes)

    assert caught.value.code == "preview_mismatch"


def test_a_refund_is_sent_as_frozen_under_its_key(shop, admin):
    shop.root = {"refundCreate": {"refund": refund(), "userErrors": []}}
    variables = frozen(admin)

    made = admin.create_refund(variables, KEY)

    assert [("RefundCreate", {"input": variables, "key": KEY})] == shop.asked
    assert b"@idempotent(key: $key)" in shop.requests[0].body
    assert (21, "pv:1234", eur(925)) == (made.id, made.note, made.total)
    assert made.transactions[0].status == "PENDING", "made is not yet paid"


@pytest.mark.parametrize("key", ["", "  "])
def test_a_refund_needs_a_key(admin, key):
    with pytest.raises(ValueError, match="key"):
        admin.create_refund(frozen(admin), key)
