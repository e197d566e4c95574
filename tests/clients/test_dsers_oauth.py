"""Access to DSers: found by its own metadata, proved with PKCE, refused in words."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from clients.dsers.oauth import DsersOAuth, Proof
from clients.errors import NeedsAuthorisation, Refused, Retriable

URL, BACK = "https://ai.dsers.com/mcp", "https://desk.example.com/connections/dsers/back"
RESOURCE = "https://ai.dsers.com/.well-known/oauth-protected-resource"
SERVER = "https://auth.dsers.example/.well-known/oauth-authorization-server"
TOKEN = "https://auth.dsers.example/oauth/token"
METADATA: dict[str, Any] = {
    "issuer": "https://auth.dsers.example",
    "authorization_endpoint": "https://auth.dsers.example/oauth/authorize",
    "token_endpoint": TOKEN,
    "registration_endpoint": "https://auth.dsers.example/oauth/register",
    "code_challenge_methods_supported": ["S256"],
}


def tells(**changes: Any) -> None:
    """What the two metadata addresses say."""
    servers = changes.pop("servers", ["https://auth.dsers.example"])
    told = {"resource": URL, "authorization_servers": servers, "scopes_supported": ["a", "b"]}
    responses.get(RESOURCE, json=told)
    responses.get(SERVER, json=METADATA | changes)


def test_the_challenge_is_the_one_of_the_standard_s_own_example() -> None:
    proof = Proof.of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert proof.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert "dBjft" not in repr(proof)
    assert 43 <= len(Proof.new().verifier) <= 128


@responses.activate
def test_the_merchant_is_sent_to_the_address_dsers_names() -> None:
    tells()
    responses.post(METADATA["registration_endpoint"], status=201, json={"client_id": "c1"})
    oauth = DsersOAuth(URL)
    authority = oauth.authority()
    client = oauth.register(authority, BACK)
    proof = Proof.new()
    address = oauth.address(authority, client, BACK, "s1", proof)
    assert address.startswith("https://auth.dsers.example/oauth/authorize?")
    assert {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()} == {
        "response_type": "code",
        "client_id": "c1",
        "redirect_uri": BACK,
        "state": "s1",
        "code_challenge": proof.challenge,
        "code_challenge_method": "S256",
        "resource": URL,
        "scope": "a b",
    }
    assert proof.verifier not in address


@responses.activate
def test_a_code_is_redeemed_with_its_proof() -> None:
    asked = {"access_token": "A", "refresh_token": "R", "expires_in": 3600, "scope": "a"}
    responses.post(TOKEN, json=asked)
    pair = DsersOAuth(URL).redeem(TOKEN, "c1", BACK, "code", "v1")
    assert (pair.access, pair.refresh, pair.expires_in) == ("A", "R", 3600)
    assert "'A'" not in repr(pair)
    body = responses.calls[0].request.body
    assert isinstance(body, bytes)
    sent = parse_qs(body.decode())
    assert {name: value[0] for name, value in sent.items()} == {
        "grant_type": "authorization_code",
        "code": "code",
        "redirect_uri": BACK,
        "code_verifier": "v1",
        "client_id": "c1",
        "resource": URL,
    }


@responses.activate
def test_a_renewal_may_leave_out_what_it_does_not_change() -> None:
    responses.post(TOKEN, json={"access_token": "A2"})
    pair = DsersOAuth(URL).refresh(TOKEN, "c1", "R")
    assert (pair.access, pair.refresh, pair.expires_in) == ("A2", "", None)


@responses.activate
def test_a_refresh_token_that_is_no_longer_good_needs_a_person() -> None:
    responses.post(TOKEN, status=400, json={"error": "invalid_grant"})
    with pytest.raises(NeedsAuthorisation) as caught:
        DsersOAuth(URL).refresh(TOKEN, "c1", "R")
    assert caught.value.code == "invalid_grant"


@responses.activate
@pytest.mark.parametrize(
    "body", ["", "[]", '{"access_token": 5}', '{"access_token": ""}', "<html>"]
)
def test_an_answer_without_a_token_is_none(body: str) -> None:
    responses.post(TOKEN, body=body)
    with pytest.raises(Retriable):
        DsersOAuth(URL).refresh(TOKEN, "c1", "R")


@responses.activate
@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": None},
        {"token_endpoint": "http://auth.dsers.example/oauth/token"},
        {"token_endpoint": None},
        {"authorization_endpoint": "http://127.0.0.1/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"servers": ["http://auth.dsers.example"]},
    ],
)
def test_metadata_that_would_weaken_it_is_refused(changes: dict[str, Any]) -> None:
    tells(**changes)
    with pytest.raises(Refused):
        DsersOAuth(URL).authority()


@responses.activate
def test_a_server_that_registers_nobody_is_said_so() -> None:
    tells(registration_endpoint=None)
    oauth = DsersOAuth(URL)
    with pytest.raises(Refused, match="does not register"):
        oauth.register(oauth.authority(), BACK)
