"""What each answer to a refund means."""

from __future__ import annotations

import pytest
import requests
from graphql import GraphQLError

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from tests.clients.refunding import KEY, REFUSED_IN_WORDS, answer, error, frozen
from tests.clients.shop import refund

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
