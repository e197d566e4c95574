"""Resend over a mocked HTTP: one letter, one key, and what each answer means."""

from __future__ import annotations

import json

import pytest
import requests
import responses

from clients.email.message import Message
from clients.email.resend import ResendPostbox
from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable

URL = "https://api.resend.com/emails"
LETTER = Message(
    message_id="<mark@postvendita>",
    sender="Desk <desk@example.com>",
    to="bianca@example.com",
    subject="Rimborso €24,90",
    text="Gentile cliente",
)


@pytest.fixture
def mock():
    with responses.RequestsMock() as mocked:
        yield mocked


def send(**changes):
    return ResendPostbox("re_canary").send(LETTER if not changes else Message(**changes))


def test_a_letter_goes_with_its_key_and_comes_back_with_an_id(mock):
    mock.post(URL, json={"id": "e1"})

    assert send() == "e1"
    request = mock.calls[0].request
    assert request.headers["Idempotency-Key"] == "mark@postvendita"
    assert request.headers["Authorization"] == "Bearer re_canary"
    body = json.loads(request.body)
    assert body["to"] == ["bianca@example.com"]
    assert body["subject"] == "Rimborso €24,90"
    assert body["headers"]["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 409, "json": {"name": "concurrent_idempotent_requests"}}, Retriable),
        ({"status": 409, "json": {"name": "invalid_idempotent_request"}}, Refused),
        ({"status": 429, "headers": {"retry-after": "7"}}, Retriable),
        ({"status": 401}, NeedsAuthorisation),
        ({"status": 403}, NeedsAuthorisation),
        ({"status": 422, "json": {"message": "bad"}}, Refused),
        ({"status": 500}, OutcomeUnknown),
        ({"status": 200, "body": "<html>"}, OutcomeUnknown),
        ({"status": 200, "json": {}}, OutcomeUnknown),
        ({"body": requests.ReadTimeout()}, OutcomeUnknown),
        ({"body": requests.ConnectTimeout()}, Retriable),
    ],
)
def test_what_each_answer_means(mock, answer, error):
    mock.post(URL, **answer)
    with pytest.raises(error):
        send()
    assert len(mock.calls) == 1, "repeated by the caller, never here"


@pytest.mark.parametrize("wait", ["-1", "999999999", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_any_wait_the_service_names_is_kept_within_reason(mock, wait):
    mock.post(URL, status=429, headers={"retry-after": wait})
    with pytest.raises(Retriable) as caught:
        send()
    assert 1 <= caught.value.after <= 900


def test_a_letter_to_two_people_never_leaves(mock):
    with pytest.raises(Refused):
        send(
            message_id="<m@p>", sender="a@example.com", to="b@example.com, c@example.com",
            subject="x", text="y",
        )  # fmt: skip
    assert not mock.calls
