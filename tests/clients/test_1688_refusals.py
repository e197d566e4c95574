"""1688: what each refusal means for each method."""

from __future__ import annotations

import pytest
import requests

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from tests.clients.buyer import (
    ACTIONS,
    REFERENCE,
    SECRET,
    TOKEN,
    WRITES,
    ask,
    listed,
    model,
    nested,
)


def refused(code):
    return {"result": {"success": False, "code": code, "message": "不行"}}


def gateway(code):
    return {"error_code": code, "error_message": "no", "exception": "no"}


REFUSALS = [
    (200, refused("5010"), Refused, OutcomeUnknown),
    (200, refused("5011"), Refused, Refused),
    (200, refused("5005"), Refused, Refused),
    (200, refused("4001"), Retriable, OutcomeUnknown),
    (200, refused("500_1"), Retriable, OutcomeUnknown),
    (200, refused("400_2"), NeedsAuthorisation, NeedsAuthorisation),
    (200, refused("400_3"), Refused, Refused),
    (200, {"success": "false"}, Refused, Refused),
    (200, gateway("gw.QosAppFrequencyLimit"), Retriable, Retriable),
    (403, gateway("gw.QosAppFrequencyLimit"), Retriable, Retriable),
    (400, gateway("gw.SignatureInvalid"), NeedsAuthorisation, NeedsAuthorisation),
    (401, gateway("gw.AuthenticationInvalid"), NeedsAuthorisation, NeedsAuthorisation),
    (400, gateway("401"), NeedsAuthorisation, NeedsAuthorisation),
    (404, gateway("gw.APINotFound"), Refused, Refused),
    (400, b"<html>", Refused, Refused),
    (401, b"<html>", NeedsAuthorisation, NeedsAuthorisation),
    (429, {}, Retriable, Retriable),
    (500, gateway("gw.ServiceError"), Retriable, OutcomeUnknown),
    (502, b"<html>", Retriable, OutcomeUnknown),
    (200, b"<html>", Retriable, OutcomeUnknown),
    (200, b"[]", Retriable, OutcomeUnknown),
    (200, requests.ReadTimeout(), Retriable, OutcomeUnknown),
    (200, requests.ConnectTimeout(), Retriable, Retriable),
    (200, requests.exceptions.ChunkedEncodingError(), Retriable, OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "body", "read", "write"), REFUSALS)
@pytest.mark.parametrize("name", ACTIONS)
def test_what_a_refusal_means(supplier, answer, mock, name, status, body, read, write):
    expected = write if name in WRITES else read
    answer(name, body, status)

    with pytest.raises(expected) as caught:
        ACTIONS[name](supplier)

    assert expected is type(caught.value)
    assert not any(canary in f"{caught.value!r}" for canary in (SECRET, TOKEN))
    assert len(mock.calls) == 1


@pytest.mark.parametrize("name", ["order", "reasons", "maximum", "refunds", "upload"])
@pytest.mark.parametrize("body", [{}, {"result": {}}, {"result": 1}, {"result": {"result": []}}])
def test_an_answer_that_lacks_something_may_be_asked_for_again(supplier, answer, name, body):
    answer(name, body)

    with pytest.raises(Retriable):
        ACTIONS[name](supplier)


@pytest.mark.parametrize("body", [{}, {"result": 1}, {"result": {"success": True}}, nested()])
def test_a_refund_without_a_number_is_open(supplier, answer, body):
    answer("ask", body)

    with pytest.raises(OutcomeUnknown):
        ask(supplier)


@pytest.mark.parametrize("name", ["complain", "address"])
@pytest.mark.parametrize("body", [{}, {"result": 1}, {"result": {"success": True}}, nested()])
def test_a_write_that_is_answered_by_nothing_is_open(supplier, answer, name, body):
    answer(name, body)

    with pytest.raises(OutcomeUnknown):
        ACTIONS[name](supplier)


@pytest.mark.parametrize("body", [{}, {"result": 1}, {"result": {}}, {"success": True}])
def test_an_urge_without_a_word_is_open(supplier, answer, body):
    answer("urge", body)

    with pytest.raises(OutcomeUnknown):
        supplier.urge(REFERENCE)


@pytest.mark.parametrize("value", ["12.5", 12.5, True, "x", None, "１２"])
def test_a_broken_amount_is_never_rounded(supplier, answer, value):
    answer("refunds", listed(model("waitselleragree", applyPayment=value)))

    with pytest.raises(Retriable):
        supplier.refunds(REFERENCE)
