"""The way in over the store's grant page: every step of it, and everything that is turned away."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from clients.errors import NeedsAuthorisation, Retriable
from clients.shopify.oauth import OAuth, Tokens
from clients.shopify.query_hmac import signature
from clients.shopify.records import ShopFacts
from plugin.clock import Clock
from plugin.installing import Installer
from plugin.pages import create_pages
from plugin.pages.authorisation import COOKIE
from plugin.scopes import ASKED
from plugin.secrets import Vault
from plugin.settings import read
from plugin.store import shops, tables, tokens
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from plugin.tokens import TokenKeeper
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from webhooks.app import create_app

SECRET, CLIENT = "s" * 64, "client-1"
ALICE, BOB = "alice-store.myshopify.com", "bob-store.myshopify.com"
BASE = "https://desk.example.com"
Query = dict[str, str]


class Grants(OAuth):
    """Shopify's side of the exchange: a code is good once."""

    def __init__(self) -> None:
        super().__init__(ALICE, CLIENT, SECRET)
        self.asked: list[str] = []
        self.scope = ",".join(ASKED)
        self.problem: Exception | None = None

    def redeem(self, code: str) -> Tokens:
        self.asked.append(code)
        if self.problem:
            raise self.problem
        return Tokens("a1", self.scope, 3600, "r1")


@pytest.fixture
def grants() -> Grants:
    return Grants()


@pytest.fixture
def browsers(sqlite_db: Database, clock: Clock, grants: Grants) -> Callable[[], FlaskClient]:
    """Makes browsers that know nothing yet."""
    db = sqlite_db
    environment = {**GOOD, "SHOPIFY_API_KEY": CLIENT, "SHOPIFY_API_SECRET": SECRET}
    settings = read({**environment, "POSTVENDITA_BASE_URL": BASE})
    keeper = TokenKeeper(db, clock, Vault([b"k" * 32]), lambda _shop: grants)

    def facts(shop: str, _token: str) -> ShopFacts:
        return ShopFacts(shop, "Alice's", "a@example.com", "EUR", "Europe/Rome")

    installer = Installer(db, clock, keeper, lambda _shop: grants, facts)
    app = create_app(
        inbox=Inbox(db),
        clock=clock,
        shopify_secrets=[SECRET],
        supplier_secrets=[],
        secret_key=settings.secret_key,
        base_url=BASE,
        readiness=lambda: {"ok": True},
        metrics=str,
        pages=create_pages(db, clock, settings, installer),
    )

    def browser() -> FlaskClient:
        app.config["SESSION_COOKIE_SECURE"] = True
        made = app.test_client()
        made.environ_base["wsgi.url_scheme"] = "https"
        made.environ_base["HTTP_HOST"] = "desk.example.com"
        return made

    return browser


@pytest.fixture
def browser(browsers: Callable[[], FlaskClient]) -> FlaskClient:
    return browsers()


def invited(browser: FlaskClient, shop: str = ALICE) -> Query:
    """Sent to the grant page; what Shopify would send the browser back with."""
    answer = browser.get(f"{BASE}/auth?shop={shop}")
    assert answer.status_code == 302
    state = parse_qs(urlsplit(answer.location).query)["state"][0]
    return {
        "code": "code-1",
        "host": base64.b64encode(b"admin.shopify.com/store/alice-store").decode().rstrip("="),
        "shop": shop,
        "state": state,
        "timestamp": str(int(MONDAY.timestamp())),
    }


def signed(query: Query, secret: str = SECRET) -> Query:
    return {**query, "hmac": signature(query.items(), secret)}


def back(browser: FlaskClient, query: Query, status: int) -> str:
    answer = browser.get(f"{BASE}/auth/callback", query_string=query)
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.location or ""


def installed(db: Database) -> bool:
    with db.read() as tx:
        kept = [tx.execute(table.select()).first() for table in (tables.shops, tables.tokens)]
    return any(kept)


def test_the_merchant_is_sent_to_the_grant_page_of_his_store(browser: FlaskClient) -> None:
    answer = browser.get(f"{BASE}/auth?shop={ALICE}")
    to = urlsplit(answer.location)
    asked = {name: values[0] for name, values in parse_qs(to.query).items()}
    assert f"{to.scheme}://{to.netloc}{to.path}" == f"https://{ALICE}/admin/oauth/authorize"
    assert asked["client_id"] == CLIENT
    assert asked["scope"] == ",".join(ASKED)
    assert asked["redirect_uri"] == f"{BASE}/auth/callback"
    cookie = browser.get_cookie(COOKIE, "desk.example.com", "/auth")
    assert cookie is not None
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Lax")


def test_coming_back_with_a_code_installs_watching_only_and_signs_in(
    sqlite_db: Database, browser: FlaskClient, grants: Grants
) -> None:
    assert back(browser, signed(invited(browser)), 302) == "/"
    assert browser.get(f"{BASE}/cases").status_code == 200
    with sqlite_db.read() as tx:
        shop, kept = shops.find(tx, ALICE), tokens.read(tx, ALICE)
    assert shop is not None
    assert kept is not None
    assert (shop.currency, shop.watching, grants.asked) == ("EUR", True, ["code-1"])
    assert (kept.scope, kept.refresh is not None) == (",".join(ASKED), True)


def without(name: str) -> Callable[[Query], Query]:
    return lambda query: signed({k: v for k, v in query.items() if k != name})


def with_(**changes: str) -> Callable[[Query], Query]:
    return lambda query: signed({**query, **changes})


def host(place: bytes) -> str:
    return base64.b64encode(place).decode().rstrip("=")


LATE = str(int(MONDAY.timestamp()) - 91)
SPOILED: dict[str, Callable[[Query], Query]] = {
    "no state": without("state"),
    "another state": with_(state="x" * 43),
    "another shop than invited": with_(shop=BOB),
    "no hmac": dict,
    "hmac by another secret": lambda query: signed(query, "t" * 64),
    "hmac of another query": lambda query: {**signed(query), "code": "code-2"},
    "hmac in base64": lambda query: {**query, "hmac": "c2lnbmF0dXJl"},
    "hmac not ascii": lambda query: {**query, "hmac": "é" * 64},
    "timestamp too old": with_(timestamp=LATE),
    "no timestamp": without("timestamp"),
    "no code": without("code"),
    "empty code": with_(code=""),
    "endless code": with_(code="c" * 5000),
    "shop on another domain": with_(shop=f"{ALICE}.evil.example"),
    "shop with a path": with_(shop=f"evil.example/{ALICE}"),
    "shop with a line break": with_(shop=f"{ALICE}\n"),
    "no shop": without("shop"),
    "host points elsewhere": with_(host=host(b"evil.example/store/alice-store")),
    "host of another shop's admin": with_(host=host(f"{BOB}/admin".encode())),
    "host that is not base64": with_(host="admin.shopify.com"),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_bad_way_back_is_refused_and_nothing_is_asked_or_kept(
    sqlite_db: Database, browser: FlaskClient, grants: Grants, spoil: Callable[[Query], Query]
) -> None:
    assert back(browser, spoil(invited(browser)), 400) == ""
    assert not grants.asked
    assert not installed(sqlite_db)
    assert browser.get(f"{BASE}/cases").status_code == 401


def test_an_invitation_is_good_once(browser: FlaskClient, grants: Grants) -> None:
    query = signed(invited(browser))
    cookie = browser.get_cookie(COOKIE, "desk.example.com", "/auth")
    assert cookie is not None
    back(browser, query, 302)
    back(browser, query, 400)
    browser.set_cookie(COOKIE, cookie.value, domain="desk.example.com", path="/auth")
    back(browser, query, 400)
    assert len(grants.asked) == 1


def test_an_invitation_is_good_in_its_own_browser_alone(
    sqlite_db: Database, browsers: Callable[[], FlaskClient], grants: Grants
) -> None:
    query, other = signed(invited(browsers())), browsers()
    back(other, query, 400)
    invited(other)
    back(other, query, 400)
    assert not grants.asked
    assert not installed(sqlite_db)


def test_an_invitation_is_over_after_ten_minutes(
    browser: FlaskClient, clock: Clock, grants: Grants
) -> None:
    query = invited(browser)
    clock.turn_to(MONDAY + timedelta(minutes=10, seconds=1))
    back(browser, signed({**query, "timestamp": str(int(clock.now().timestamp()))}), 400)
    assert not grants.asked


def test_the_same_name_twice_is_refused(browser: FlaskClient, grants: Grants) -> None:
    query = signed(invited(browser))
    pairs = [*query.items(), ("shop", BOB)]
    assert browser.get(f"{BASE}/auth/callback", query_string=pairs).status_code == 400
    assert not grants.asked


@pytest.mark.parametrize(
    ("scope", "problem", "status"),
    [
        ("read_orders,write_products", None, 403),
        ("", None, 403),
        (None, NeedsAuthorisation("shopify", "no", code="invalid_request"), 400),
        (None, Retriable("shopify", "answered 502"), 503),
    ],
    ids=["fewer scopes", "no scopes", "code used before", "answer lost"],
)
def test_a_store_that_gives_less_leaves_no_half_installed_shop(
    sqlite_db: Database,
    browser: FlaskClient,
    grants: Grants,
    scope: str | None,
    problem: Exception | None,
    status: int,
) -> None:
    grants.scope, grants.problem = scope if scope is not None else grants.scope, problem
    answer = browser.get(f"{BASE}/auth/callback", query_string=signed(invited(browser)))
    assert answer.status_code == status
    assert f"/auth?shop={ALICE}" in answer.get_data(as_text=True)
    assert not installed(sqlite_db)
    grants.scope, grants.problem = ",".join(ASKED), None
    back(browser, signed(invited(browser)), 302)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "shop=evil.example",
        f"shop={ALICE}%0a",
        f"shop={ALICE}&shop={BOB}",
        f"shop={ALICE}&hmac=1",
    ],
)
def test_nobody_is_sent_to_another_place_than_a_store(browser: FlaskClient, query: str) -> None:
    answer = browser.get(f"{BASE}/auth?{query}")
    assert (answer.status_code, answer.location) == (400, None)
    assert browser.get_cookie(COOKIE, "desk.example.com", "/auth") is None


def test_a_shop_that_comes_again_keeps_its_place(
    sqlite_db: Database, browser: FlaskClient, clock: Clock
) -> None:
    back(browser, signed(invited(browser)), 302)
    with sqlite_db.write() as tx:
        shops.change(tx, ALICE, watching=False)
    back(browser, signed(invited(browser)), 302)
    with sqlite_db.read() as tx:
        found = shops.find(tx, ALICE)
    assert found is not None
    assert (found.watching, found.installed_at) == (False, MONDAY)
