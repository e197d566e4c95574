"""What Shopify's token address may answer to a refresh, and what the shop can still do then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
import responses

from clients.errors import NeedsAuthorisation, RemoteError
from clients.shopify.oauth import OAuth, Tokens
from plugin.clock import Clock
from plugin.secrets import Vault
from plugin.store import tokens
from plugin.store.database import Database
from plugin.tokens import SOON, TokenKeeper
from tests.conftest import MONDAY
from tests.fakes import SHOP
from tests.pages.conftest import Browser, desk_on

URL = f"https://{SHOP}/admin/oauth/access_token"
HOUR = timedelta(hours=1)
NEXT = {"access_token": "a1", "scope": "read_orders", "expires_in": 3600, "refresh_token": "r1"}


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as made:
        yield made


@pytest.fixture
def desk(db: Database, clock: Clock) -> Browser:
    return desk_on(db, clock)


@pytest.fixture
def keeper(desk: Browser, clock: Clock) -> TokenKeeper:
    """Of a shop whose token is over, while its refresh token is good."""
    vault = Vault([b"k" * 32])
    made = TokenKeeper(desk.db, clock, vault, lambda shop: OAuth(shop, "client-1", "secret-1"))
    made.keep(SHOP, Tokens("a0", "read_orders", 3600, "r0"))
    clock.turn_to(MONDAY + HOUR)
    return made


def said(desk: Browser) -> bool:
    """Every page says that the store has to let the app in again."""
    return "/admin/apps/" in desk.get("/cases")


@pytest.mark.parametrize("forgotten", ["expires_in", "scope", "refresh_token_expires_in"])
def test_an_answer_that_forgets_something_leaves_the_shop_at_work(
    desk: Browser,
    keeper: TokenKeeper,
    clock: Clock,
    mock: responses.RequestsMock,
    forgotten: str,
) -> None:
    first, second = ({**NEXT, "access_token": f"a{n}", "refresh_token": f"r{n}"} for n in (1, 2))
    first.pop(forgotten, None)
    mock.post(URL, json=first)
    mock.post(URL, json=second)
    assert keeper.access(SHOP) == "a1"
    clock.turn_to(MONDAY + 2 * HOUR - SOON - timedelta(seconds=1))
    assert keeper.access(SHOP) == "a1", "for the hour all of them have"
    clock.turn_to(MONDAY + 2 * HOUR - SOON)
    assert keeper.access(SHOP) == "a2"
    assert not said(desk)


@pytest.mark.parametrize(
    "refusal",
    [{"error": "invalid_grant"}, {"error": "invalid_client"}, {}, {"errors": "[API] revoked"}],
)
def test_a_401_says_what_is_needed_and_asks_no_more(
    desk: Browser, keeper: TokenKeeper, mock: responses.RequestsMock, refusal: dict[str, Any]
) -> None:
    mock.post(URL, json=refusal, status=401)
    for _ in range(3):
        with pytest.raises(NeedsAuthorisation):
            keeper.access(SHOP)
    assert len(mock.calls) == 1
    assert said(desk)
    with desk.db.read() as tx:
        kept = tokens.read(tx, SHOP)
    assert kept is not None
    assert kept.problem


@pytest.mark.parametrize(
    "lost",
    [
        {"body": requests.ReadTimeout()},
        {"body": requests.ConnectionError()},
        {"status": 502, "body": "bad gateway"},
        {"status": 200, "body": '{"access_token": "a'},
        {"status": 200, "json": {}},
    ],
    ids=["timeout", "reset", "502", "cut off", "empty"],
)
def test_after_a_lost_answer_the_same_refresh_token_is_good_again(
    desk: Browser, keeper: TokenKeeper, mock: responses.RequestsMock, lost: dict[str, Any]
) -> None:
    mock.post(URL, **lost)
    with pytest.raises(RemoteError) as caught:
        keeper.access(SHOP)
    assert not isinstance(caught.value, NeedsAuthorisation)
    assert not said(desk), "nothing is needed of anybody"
    mock.reset()
    mock.post(URL, json=NEXT)
    assert keeper.access(SHOP) == "a1"
    (call,) = mock.calls
    assert "refresh_token=r0" in str(call.request.body)
