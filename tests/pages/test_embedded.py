"""The desk inside a store's admin: known by a token of one minute, by nothing else."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask.testing import FlaskClient
from jwt.utils import base64url_encode

from clients.errors import NeedsAuthorisation, Retriable
from clients.shopify.oauth import OAuth, Tokens
from clients.shopify.records import ShopFacts
from plugin.clock import Clock
from plugin.installing import Installer
from plugin.pages import create_pages
from plugin.secrets import Vault
from plugin.settings import read
from plugin.store import shops, tokens
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from plugin.tokens import TokenKeeper
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from webhooks.app import create_app

SECRET, CLIENT = "s" * 64, "client-1"
ALICE, BOB = "alice-store.myshopify.com", "bob-store.myshopify.com"
SECOND = timedelta(seconds=1)
RETRY = "X-Shopify-Retry-Invalid-Session-Request"


class Grants(OAuth):
    """Shopify's side of the exchange."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.problem: Exception | None = None

    def exchange(self, session_token: str) -> Tokens:
        self.asked.append(session_token)
        if self.problem:
            raise self.problem
        return Tokens("a1", "read_orders", 3600, "r1")


@pytest.fixture
def grants() -> Grants:
    return Grants()


@pytest.fixture
def frame(db: Database, clock: Clock, grants: Grants) -> FlaskClient:
    """A browser's frame, which keeps no cookies."""
    settings = read({**GOOD, "SHOPIFY_API_KEY": CLIENT, "SHOPIFY_API_SECRET": SECRET})
    keeper = TokenKeeper(db, clock, Vault([b"k" * 32]), lambda _shop: grants)
    installer = Installer(
        db,
        clock,
        keeper,
        lambda _shop: grants,
        lambda shop, _token: ShopFacts(shop, "Alice's", "a@example.com", "EUR", "Europe/Rome"),
    )
    app = create_app(
        inbox=Inbox(db),
        clock=clock,
        shopify_secrets=["s"],
        supplier_secrets=[],
        secret_key=settings.secret_key,
        base_url="http://localhost",
        readiness=lambda: {"ok": True},
        metrics=str,
        pages=create_pages(db, clock, settings, installer),
    )
    return app.test_client(use_cookies=False)


def token(shop: str = ALICE, **changes: Any) -> str:
    begins = int(MONDAY.timestamp())
    claims = {
        "iss": f"https://{shop}/admin",
        "dest": f"https://{shop}",
        "aud": CLIENT,
        "sub": "42",
        "exp": begins + 60,
        "nbf": begins,
    }
    return jwt.encode({**claims, **changes}, SECRET, algorithm="HS256")


def uninstall(db: Database) -> None:
    with db.write() as tx:
        shops.change(tx, ALICE, state=shops.UNINSTALLED, uninstalled_at=MONDAY + SECOND)
        tokens.drop(tx, ALICE)


def by_hand(algorithm: str, sign: bytes | None) -> str:
    """A token with any head: libraries refuse to make some of these."""
    head = {"alg": algorithm, "typ": "JWT"}
    claims = jwt.decode(token(), options={"verify_signature": False})
    parts = [base64url_encode(json.dumps(part).encode()) for part in (head, claims)]
    said = b".".join(parts)
    proof = base64url_encode(hmac.digest(sign, said, "sha256")) if sign else b""
    return b".".join((said, proof)).decode()


def with_an_rsa_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = jwt.decode(token(), options={"verify_signature": False})
    return jwt.encode(claims, key, algorithm="RS256")


def bearer(carried: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {carried}"}


def test_the_first_opening_installs_and_watches_only(db: Database, frame: FlaskClient) -> None:
    answer = frame.get(f"/?embedded=1&shop={ALICE}&id_token={token()}")
    assert answer.status_code == 200
    assert 'data-api-key="client-1"' in answer.get_data(as_text=True)
    with db.read() as tx:
        shop, kept = shops.find(tx, ALICE), tokens.read(tx, ALICE)
    assert shop is not None
    assert (shop.currency, shop.zone, shop.watching) == ("EUR", "Europe/Rome", True)
    assert kept is not None
    assert b"a1" not in kept.access


def test_a_shop_that_is_known_is_not_asked_again(frame: FlaskClient, grants: Grants) -> None:
    for _ in range(3):
        assert frame.get("/cases", headers=bearer(token())).status_code == 200
    assert len(grants.asked) == 1


def test_the_shop_is_the_tokens_whatever_the_address_says(db: Database, frame: FlaskClient) -> None:
    frame.get(f"/?id_token={token(ALICE)}&shop={BOB}")
    with db.read() as tx:
        assert shops.find(tx, BOB) is None


def test_only_the_shops_own_admin_may_frame_it(frame: FlaskClient) -> None:
    policy = frame.get(f"/?id_token={token()}").headers["Content-Security-Policy"]
    assert f"frame-ancestors https://{ALICE} https://admin.shopify.com" in policy
    assert "unsafe-inline" not in policy


def test_a_page_without_a_token_goes_to_fetch_one(frame: FlaskClient) -> None:
    answer = frame.get("/cases?status=closed", headers={"Sec-Fetch-Dest": "iframe"})
    assert answer.status_code == 302
    assert answer.location == "/bounce?shopify-reload=%2Fcases%3Fstatus%3Dclosed"
    assert frame.get(answer.location).status_code == 200


def test_an_old_token_in_an_address_goes_to_fetch_a_new_one(
    frame: FlaskClient, clock: Clock
) -> None:
    clock.turn_to(MONDAY + timedelta(seconds=71))
    answer = frame.get(f"/cases?id_token={token()}&hmac=1")
    assert answer.location == "/bounce?shopify-reload=%2Fcases"


def test_a_call_with_a_bad_token_is_told_to_try_again(frame: FlaskClient, clock: Clock) -> None:
    clock.turn_to(MONDAY + timedelta(seconds=71))
    answer = frame.get("/cases", headers=bearer(token()))
    assert (answer.status_code, answer.headers[RETRY]) == (401, "1")


BEGAN = int(MONDAY.timestamp())
HOSTILE: dict[str, Callable[[], str]] = {
    "expired 11 s": lambda: token(nbf=BEGAN - 71, exp=BEGAN - 11),
    "not yet valid": lambda: token(nbf=BEGAN + 11, exp=BEGAN + 71),
    "wrong aud": lambda: token(aud="client-2"),
    "wrong signature": lambda: by_hand("HS256", b"x" * 64),
    "alg none": lambda: by_hand("none", None),
    "alg none, signed": lambda: by_hand("none", SECRET.encode()),
    "RS256 with our secret": lambda: by_hand("RS256", SECRET.encode()),
    "RS256 with a key of its own": with_an_rsa_key,
    "missing dest": lambda: token(dest=""),
    "dest and iss disagree": lambda: token(iss=f"https://{BOB}/admin"),
    "dest other shop": lambda: token(dest=f"https://{BOB}"),
    "nonsense": lambda: "nonsense",
    "very long": lambda: "a" * 20_000,
}


@pytest.mark.parametrize("known", [False, True], ids=["new", "installed"])
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_a_bad_token_opens_nothing(
    db: Database, frame: FlaskClient, make: Callable[[], str], *, known: bool
) -> None:
    if known:
        frame.get("/", headers=bearer(token()))
    carried = make()
    assert frame.get("/cases", headers=bearer(carried)).status_code == 401
    assert frame.get(f"/cases?id_token={carried}").status_code == 302, "to fetch a better one"
    with db.read() as tx:
        assert (shops.find(tx, ALICE) is not None) is known


def test_what_is_refused_is_told_from_what_is_good_by_that_alone(frame: FlaskClient) -> None:
    assert frame.get("/cases", headers=bearer(by_hand("HS256", SECRET.encode()))).status_code == 200


@pytest.mark.parametrize(
    "reload", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1", ""]
)
def test_nobody_is_sent_to_another_host(frame: FlaskClient, reload: str) -> None:
    assert frame.get("/bounce", query_string={"shopify-reload": reload}).status_code == 400


def test_an_exchange_that_fails_leaves_no_half_installed_shop(
    db: Database, frame: FlaskClient, grants: Grants
) -> None:
    grants.problem = Retriable("shopify", "no answer")
    answer = frame.get("/", headers=bearer(token()))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    with db.read() as tx:
        assert shops.find(tx, ALICE) is None
        assert tokens.read(tx, ALICE) is None


def test_a_token_shopify_will_not_exchange_is_asked_for_anew(
    frame: FlaskClient, grants: Grants
) -> None:
    grants.problem = NeedsAuthorisation("shopify", "no", code="invalid_subject_token")
    assert frame.get("/", headers=bearer(token())).headers[RETRY] == "1"


def test_a_token_from_before_the_uninstall_is_not_used_again(
    db: Database, frame: FlaskClient, grants: Grants
) -> None:
    carried = token()
    assert frame.get("/", headers=bearer(carried)).status_code == 200
    uninstall(db)
    for _ in range(2):
        answer = frame.get("/", headers=bearer(carried))
        assert (answer.status_code, answer.headers[RETRY]) == (401, "1")
    with db.read() as tx:
        found = shops.find(tx, ALICE)
    assert found is not None
    assert (found.state, len(grants.asked)) == (shops.UNINSTALLED, 1)


def test_a_reinstall_updates_the_shop_that_was_there(
    db: Database, frame: FlaskClient, clock: Clock
) -> None:
    frame.get("/", headers=bearer(token()))
    uninstall(db)
    clock.turn_to(MONDAY + timedelta(seconds=2))
    later = int(MONDAY.timestamp()) + 1
    assert frame.get("/", headers=bearer(token(nbf=later, exp=later + 60))).status_code == 200
    with db.read() as tx:
        found = shops.find(tx, ALICE)
    assert found is not None
    assert (found.state, found.uninstalled_at) == (shops.ACTIVE, None)


def test_opening_the_app_ends_a_refused_token(db: Database, frame: FlaskClient) -> None:
    frame.get("/", headers=bearer(token()))
    with db.write() as tx:
        tokens.needs_authorisation(tx, ALICE, "invalid_grant", MONDAY)
    frame.get("/", headers=bearer(token()))
    with db.read() as tx:
        kept = tokens.read(tx, ALICE)
    assert kept is not None
    assert kept.problem == ""


def test_without_a_client_id_a_token_means_nothing(db: Database, clock: Clock) -> None:
    settings = read(GOOD)
    keeper = TokenKeeper(db, clock, Vault([b"k" * 32]), lambda _shop: Grants())
    installer = Installer(db, clock, keeper, lambda _shop: Grants(), lambda *_: None)  # type: ignore[arg-type,return-value]  # never asked
    app = create_app(
        inbox=Inbox(db),
        clock=clock,
        shopify_secrets=["s"],
        supplier_secrets=[],
        secret_key=settings.secret_key,
        base_url="http://localhost",
        readiness=lambda: {"ok": True},
        metrics=str,
        pages=create_pages(db, clock, settings, installer),
    )
    assert app.test_client().get("/", headers=bearer(token())).status_code == 401


def test_a_store_that_lets_nobody_in_is_not_asked_for_ever(
    frame: FlaskClient, grants: Grants
) -> None:
    grants.problem = NeedsAuthorisation("shopify", "no", code="invalid_client")
    assert frame.get(f"/?id_token={token()}").status_code == 403
