"""Tokens, as Shopify gives, renews and refuses them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses

from clients.errors import NeedsAuthorisation, Retriable
from clients.shopify.oauth import OAuth

URL = "https://alice.myshopify.com/admin/oauth/access_token"
GIVEN = {
    "access_token": "shpua_1",
    "scope": "read_orders",
    "expires_in": 3600,
    "refresh_token": "shprt_1",
    "refresh_token_expires_in": 7776000,
}


@pytest.fixture
def oauth() -> OAuth:
    return OAuth("alice.myshopify.com", "client-1", "secret-1")


def sent(mock: responses.RequestsMock) -> dict[str, str]:
    body = mock.calls[-1].request.body
    assert isinstance(body, bytes)
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def test_a_session_token_is_exchanged_for_a_token_that_expires(
    mock: responses.RequestsMock, oauth: OAuth
) -> None:
    mock.post(URL, json=GIVEN)
    found = oauth.exchange("id.token.x")
    assert (found.access_token, found.refresh_token, found.expires_in) == (
        "shpua_1",
        "shprt_1",
        3600,
    )
    told = sent(mock)
    assert told["expiring"] == "1"
    assert told["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange"
    assert told["subject_token"] == "id.token.x"
    assert "shpua_1" not in repr(found)


def test_a_refresh_brings_a_new_pair(mock: responses.RequestsMock, oauth: OAuth) -> None:
    mock.post(URL, json={**GIVEN, "refresh_token": "shprt_2"})
    assert oauth.refresh("shprt_1").refresh_token == "shprt_2"
    assert sent(mock)["refresh_token"] == "shprt_1"


@pytest.mark.parametrize("forgotten", [None, 0, -1, "3600", True, 2**40])
def test_an_answer_that_forgets_its_hour_still_has_one(
    mock: responses.RequestsMock, oauth: OAuth, forgotten: Any
) -> None:
    mock.post(URL, json={**GIVEN, "expires_in": forgotten})
    assert oauth.redeem("code").expires_in == 3600


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, "invalid_subject_token"), (401, "invalid_client"), (400, "invalid_grant")],
)
def test_a_refusal_says_what_is_needed(
    mock: responses.RequestsMock, oauth: OAuth, status: int, error: str
) -> None:
    mock.post(URL, json={"error": error}, status=status)
    with pytest.raises(NeedsAuthorisation) as caught:
        oauth.exchange("id")
    assert caught.value.code == error
    assert "secret-1" not in str(caught.value)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"access_token": 1}', '{"access_token": ""}'])
def test_an_answer_without_a_token_may_be_asked_for_again(
    mock: responses.RequestsMock, oauth: OAuth, body: str
) -> None:
    mock.post(URL, body=body)
    with pytest.raises(Retriable):
        oauth.refresh("shprt_1")


def test_a_lost_answer_may_be_asked_for_again(mock: responses.RequestsMock, oauth: OAuth) -> None:
    mock.post(URL, body=requests.ReadTimeout())
    with pytest.raises(Retriable):
        oauth.refresh("shprt_1")
