"""Resend over a mocked HTTP: one letter, one key, and what each answer means."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import requests

from clients.email.resend import ResendPostbox
from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from tests.clients.mailroom import letter

URL = "https://api.resend.com/emails"
KEY = "re_canary"


def send(**changes):
    return ResendPostbox(KEY).send(letter(**changes))


def test_a_letter_goes_with_its_key_and_comes_back_with_an_id(mock):
    mock.post(URL, json={"id": "e1"})

    assert send(subject="Rimborso €24,90", text="Gentile cliente", language="it") == "e1"

    request = mock.calls[0].request
    assert request.headers["Idempotency-Key"] == "0d9c4a1e@postvendita"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert json.loads(request.body) == {
        "from": "Caffè Alice <hello@shop.example>",
        "to": ["Bob <bob@customer.example>"],
        "subject": "Rimborso €24,90",
        "text": "Gentile cliente",
        "headers": {"Auto-Submitted": "auto-generated", "Content-Language": "it"},
    }


def test_all_of_a_letter_goes_along(mock):
    mock.post(URL, json={"id": "e1"})

    send(html="<p>x</p>", headers={"X-Case": "42"}, references=("<first@p>", "<second@p>"))

    body = json.loads(mock.calls[0].request.body)
    assert body["html"] == "<p>x</p>"
    assert body["headers"] == {
        "Auto-Submitted": "auto-generated",
        "References": "<first@p> <second@p>",
        "In-Reply-To": "<second@p>",
        "Content-Language": "en",
        "X-Case": "42",
    }


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("bob@customer.example", "bob@customer.example"),
        ('"Rossi, Bianca" <bianca@example.com>', '"Rossi, Bianca" <bianca@example.com>'),
        ("李雷 <li@example.com>", "李雷 <li@example.com>"),
        ("bob@köln.example", "bob@xn--kln-sna.example"),
    ],
)
def test_an_address_is_written_as_the_wire_wants_it(mock, written, sent):
    mock.post(URL, json={"id": "e1"})

    send(to=written)

    assert json.loads(mock.calls[0].request.body)["to"] == [sent]


def test_a_second_sending_is_word_for_word_the_first(mock):
    mock.post(URL, status=500)
    mock.post(URL, json={"id": "e1"})

    with pytest.raises(OutcomeUnknown):
        send(sent_at=datetime(2026, 11, 22, 10, tzinfo=UTC))
    assert send(sent_at=datetime(2026, 11, 22, 11, tzinfo=UTC)) == "e1"

    first, second = (call.request for call in mock.calls)
    assert first.body == second.body
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (
            {"status": 409, "json": {"name": "concurrent_idempotent_requests"}},
            Retriable,
            "concurrent_idempotent_requests",
        ),
        (
            {"status": 409, "json": {"name": "invalid_idempotent_request"}},
            Refused,
            "invalid_idempotent_request",
        ),
        ({"status": 409, "body": "<html>"}, Refused, "409"),
        ({"status": 429, "json": {"name": "rate_limit_exceeded"}}, Retriable, "429"),
        ({"status": 401, "json": {"name": "missing_api_key"}}, NeedsAuthorisation, "unauthorised"),
        ({"status": 403, "json": {"name": "invalid_api_key"}}, NeedsAuthorisation, "forbidden"),
        ({"status": 400, "json": {"name": "validation_error"}}, Refused, "400"),
        ({"status": 404}, Refused, "404"),
        ({"status": 422, "json": {"message": "bob@customer.example?"}}, Refused, "422"),
        ({"status": 500, "json": {"name": "application_error"}}, OutcomeUnknown, "500"),
        ({"status": 503}, OutcomeUnknown, "503"),
        ({"status": 408}, OutcomeUnknown, "408"),
        ({"status": 200, "body": "<html>"}, OutcomeUnknown, "no_id"),
        ({"status": 200, "body": "[]"}, OutcomeUnknown, "no_id"),
        ({"status": 200, "json": {}}, OutcomeUnknown, "no_id"),
        ({"status": 200, "json": {"id": 5}}, OutcomeUnknown, "no_id"),
        ({"body": requests.ReadTimeout()}, OutcomeUnknown, ""),
        ({"body": requests.ConnectTimeout()}, Retriable, "not_sent"),
    ],
)
def test_what_each_answer_means(mock, answer, error, code):
    mock.post(URL, **answer)

    with pytest.raises(error) as caught:
        send()

    assert (type(caught.value), caught.value.code) == (error, code)
    assert not any(word in f"{caught.value!r}" for word in (KEY, "bob"))
    assert len(mock.calls) == 1, "repeated by the caller, never here"


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ({}, 30),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "-1"}, 1),
        ({"retry-after": "999999999"}, 900),
        ({"retry-after": "inf"}, 900),
        ({"retry-after": "nan"}, 30),
        ({"retry-after": "soon"}, 30),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 30),
    ],
)
@pytest.mark.parametrize(("status", "name"), [(429, ""), (409, "concurrent_idempotent_requests")])
def test_any_wait_the_service_names_is_kept_within_reason(mock, status, name, said, wait):
    mock.post(URL, status=status, headers=said, json={"name": name})

    with pytest.raises(Retriable) as caught:
        send()

    assert caught.value.after == wait


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "b@example.com, c@example.com"},
        {"to": ""},
        {"subject": "x\r\nBcc: eve@example.com"},
        {"headers": {"Bcc": "eve@example.com"}},
        {"message_id": "mark@postvendita"},
    ],
)
def test_what_is_not_one_letter_to_one_address_never_leaves(mock, changes):
    with pytest.raises(Refused):
        send(**changes)

    assert not mock.calls


@pytest.mark.parametrize("key", ["", "re canary", "re_canary\n", "ré"])
def test_a_key_that_is_none_is_no_postbox(key):
    with pytest.raises(ValueError, match="key"):
        ResendPostbox(key)


def test_a_key_goes_over_no_open_line():
    with pytest.raises(ValueError, match="https"):
        ResendPostbox(KEY, base_url="http://api.resend.com")


def test_another_address_of_the_service(mock):
    mock.post("https://mail.example/v1/emails", json={"id": "e1"})

    assert ResendPostbox(KEY, base_url="https://mail.example/v1/").send(letter()) == "e1"
