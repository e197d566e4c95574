"""Paying back: what is previewed, frozen and sent, and what each answer means."""

from __future__ import annotations

import pytest
import requests
from graphql import GraphQLError

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from clients.money import Money
from clients.shopify.records import RefundPreview, SuggestedTransaction
from tests.clients.conftest import bag, quantity, refund

ORDER = 9007199254740993
KEY = "0d9c4a1e-4e0b-5b52-9a43-c3e6a3b4a1de"
REFUSED_IN_WORDS = {"refund": None, "userErrors": [{"field": None, "message": "Too much"}]}


def eur(minor):
    return Money(minor, "EUR")


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


def preview(**changes):
    values = {
        "amount": eur(1420),
        "maximum": eur(2815),
        "shipping": eur(500),
        "lines": ((11, 1),),
        "transactions": (SuggestedTransaction(30, "shopify_payments", eur(1420)),),
    }
    return RefundPreview(**{**values, **changes})


def frozen(admin, **changes):
    return admin.refund_input(ORDER, preview(**changes), note="pv:1234", currency="EUR")


def answer(**payload):
    return {"data": {"refundCreate": {"refund": None, "userErrors": [], **payload}}}


def error(code="", message="no", **more):
    return {"message": message, "extensions": {"code": code}, **more}


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


CONCURRENT = "IDEMPOTENCY_CONCURRENT_REQUEST"
MISMATCH = "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
FAILED = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"


@pytest.mark.parametrize(
    ("code", "kind"), [(CONCURRENT, Retriable), (MISMATCH, Refused), (FAILED, Refused)]
)
@pytest.mark.parametrize(
    "place",
    [
        pytest.param(
            lambda code: answer(userErrors=[{"field": None, "message": f"No: {code}."}]),
            id="in the words of a userError",
        ),
        pytest.param(
            lambda code: answer(userErrors=[{"message": "No", "code": code}]),
            id="as the code of a userError",
        ),
        pytest.param(
            lambda code: {"data": None, "errors": [error(code, path=["refundCreate"])]},
            id="as the code of an error",
        ),
        pytest.param(
            lambda code: {"data": {"refundCreate": None}, "errors": [error(message=code)]},
            id="in the words of an error",
        ),
    ],
)
def test_the_codes_of_idempotent_requests_are_known_wherever_they_show(
    shop, admin, code, kind, place
):
    shop.answers(place(code))

    with pytest.raises(kind) as caught:
        admin.create_refund(frozen(admin), KEY)

    assert code == caught.value.code


OUTCOMES = [
    pytest.param(200, {"data": {"refundCreate": REFUSED_IN_WORDS}}, Refused, id="userErrors"),
    pytest.param(200, answer(), OutcomeUnknown, id="neither a refund nor an error"),
    pytest.param(200, {"data": {"refundCreate": None}}, OutcomeUnknown, id="no payload"),
    pytest.param(200, {"data": None}, OutcomeUnknown, id="no data"),
    pytest.param(200, {}, OutcomeUnknown, id="nothing"),
    pytest.param(200, [], OutcomeUnknown, id="a list"),
    pytest.param(
        200,
        answer(refund=refund(), userErrors=[{"message": "and yet"}]),
        OutcomeUnknown,
        id="a refund and a userError",
    ),
    pytest.param(
        200, answer(refund={"id": "gid://shopify/Refund/1"}), OutcomeUnknown, id="half a refund"
    ),
    pytest.param(200, {"data": None, "errors": [error("THROTTLED")]}, Retriable, id="throttled"),
    pytest.param(
        200,
        {**answer(), "errors": [error("THROTTLED")]},
        OutcomeUnknown,
        id="throttled with partial data",
    ),
    pytest.param(
        200,
        {"data": {"refundCreate": None}, "errors": [error("ACCESS_DENIED", path=["refundCreate"])]},
        NeedsAuthorisation,
        id="scope missing",
    ),
    pytest.param(
        200,
        {
            "data": {"refundCreate": None},
            "errors": [error("ACCESS_DENIED", path=["refundCreate", "refund", "note"])],
        },
        OutcomeUnknown,
        id="denied after it began",
    ),
    pytest.param(200, {"errors": [error("SHOP_INACTIVE")]}, NeedsAuthorisation, id="shop inactive"),
    pytest.param(
        200, {"errors": [error("INTERNAL_SERVER_ERROR")]}, OutcomeUnknown, id="internal error"
    ),
    pytest.param(200, {"errors": [error("NEVER_HEARD")]}, OutcomeUnknown, id="unknown code"),
    pytest.param(200, {"errors": "what?"}, OutcomeUnknown, id="an unknown sentence"),
    pytest.param(
        200,
        {"errors": "[API] Invalid API key or access token (unrecognized login)"},
        NeedsAuthorisation,
        id="the sentence for a dead token",
    ),
    pytest.param(
        200,
        {"errors": [error("undefinedField", locations=[{"line": 1, "column": 1}])]},
        Refused,
        id="a document that does not fit",
    ),
    pytest.param(200, {"errors": [error("MAX_COST_EXCEEDED")]}, Refused, id="too expensive"),
    pytest.param(401, {"errors": "Invalid API key or access token"}, NeedsAuthorisation, id="401"),
    pytest.param(402, {"errors": "Payment"}, NeedsAuthorisation, id="shop frozen"),
    pytest.param(423, {"errors": "Locked"}, NeedsAuthorisation, id="shop locked"),
    pytest.param(404, {"errors": "Not Found"}, Refused, id="404"),
    pytest.param(429, {"errors": "Slow"}, Retriable, id="429"),
    pytest.param(500, {"errors": "Oops"}, OutcomeUnknown, id="500"),
    pytest.param(503, {}, OutcomeUnknown, id="503"),
    pytest.param(302, {}, Refused, id="redirect"),
]


@pytest.mark.parametrize(("status", "body", "kind"), OUTCOMES)
def test_what_an_answer_to_a_refund_means(shop, admin, status, body, kind):
    shop.fails(status, body)

    with pytest.raises(kind):
        admin.create_refund(frozen(admin), KEY)

    assert len(shop.asked) == 1, "the client itself never asks again"


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (requests.ConnectTimeout(), Retriable),
        (requests.ReadTimeout(), OutcomeUnknown),
        (requests.ConnectionError("reset"), OutcomeUnknown),
        (requests.exceptions.ChunkedEncodingError(), OutcomeUnknown),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_a_refund_whose_answer_never_came(shop, admin, problem, kind):
    shop.breaks(problem)

    with pytest.raises(kind):
        admin.create_refund(frozen(admin), KEY)


def test_a_refund_with_a_redacted_field_is_still_made(shop, admin):
    body = answer(refund=refund(note=None))
    body["errors"] = [error("ACCESS_DENIED", path=["refundCreate", "refund", "note"])]
    shop.answers(body)

    assert (
        (made := admin.create_refund(frozen(admin), KEY)).id,
        made.note,
    ) == (21, "")


def test_the_words_of_a_refusal_are_kept_and_cut(shop, admin):
    shop.answers(answer(userErrors=[{"message": "x" * 5000}]))

    with pytest.raises(Refused) as caught:
        admin.create_refund(frozen(admin), KEY)

    assert (caught.value.code, caught.value.what) == ("user_error", "x" * 200)


def test_an_internal_error_raised_while_executing_leaves_it_open(shop, admin):
    def explode(*_, **__):
        raise GraphQLError("boom")

    shop.root = {"refundCreate": explode}

    with pytest.raises(OutcomeUnknown):
        admin.create_refund(frozen(admin), KEY)
