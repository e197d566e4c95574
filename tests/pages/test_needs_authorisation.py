"""A store that has to let the app in again: said on every page, waited for, never an uninstall."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clients.errors import NeedsAuthorisation
from clients.shopify.oauth import Tokens
from plugin.clock import Clock
from plugin.ports import Storefront
from plugin.secrets import Vault
from plugin.settings import read
from plugin.store import shops, tokens
from plugin.store.database import Database
from plugin.tokens import TokenKeeper
from scheduler import sweeps
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import (
    ORDER_ID,
    SHOP,
    FakeConnections,
    FakePostbox,
    FakeStorefront,
    FakeSupplier,
    store_order,
)
from tests.pages.conftest import OTHER, REFUND, Browser

SAYS = "let the app in again"
ADMIN = f'href="https://{SHOP}/admin/apps/'
HOUR = timedelta(hours=1)


class Guarded(FakeConnections):
    """Ways out with a keeper in front of the store, as the real ones have."""

    keeper: TokenKeeper

    def storefront(self, shop: str) -> Storefront:
        self.keeper.access(shop)
        return self.store


@pytest.fixture
def keeper(sqlite_db: Database, browser: Browser, clock: Clock) -> TokenKeeper:
    """Alice's shop, whose access was taken back."""
    vault = Vault([b"k" * 32])
    made = TokenKeeper(sqlite_db, clock, vault, lambda _shop: pytest.fail("nothing is asked"))
    made.keep(SHOP, Tokens("a0", "read_orders", 3600, "r0"))
    with sqlite_db.write() as tx:
        tokens.needs_authorisation(tx, SHOP, "invalid_grant", MONDAY)
    return made


def test_every_page_says_so_until_the_app_is_opened(browser: Browser, keeper: TokenKeeper) -> None:
    for path in ("/", "/cases", browser.case, "/settings", "/audit"):
        page = browser.get(path)
        assert SAYS in page, path
        assert ADMIN in page, path
    keeper.keep(SHOP, Tokens("a1", "read_orders", 3600, "r1"))
    assert SAYS not in browser.get("/cases")


def test_it_is_said_to_that_shop_alone_and_is_no_uninstall(
    browser: Browser, keeper: TokenKeeper, sqlite_db: Database
) -> None:
    with sqlite_db.read() as tx:
        found = shops.find(tx, SHOP)
    assert found is not None
    assert found.state == shops.ACTIVE
    browser.sign_in(OTHER, "Bob")
    assert SAYS not in browser.get("/cases")


def test_a_refund_waits_and_goes_out_once_the_app_was_opened(
    browser: Browser, keeper: TokenKeeper, sqlite_db: Database, clock: Clock
) -> None:
    ways = Guarded(FakeStorefront(clock), FakeSupplier(clock), FakePostbox())
    ways.keeper = keeper
    ways.store.orders[ORDER_ID] = store_order()
    runtime = Runtime(read(GOOD), sqlite_db, clock, ways)
    with pytest.raises(NeedsAuthorisation):
        ways.storefront(SHOP)
    browser.post(f"{browser.case}/approve", key=REFUND)
    sweeps.empty_outbox(runtime)
    waiting = browser.row(REFUND)
    assert waiting.state == "planned"
    assert "needs authorisation" in waiting.why
    keeper.keep(SHOP, Tokens("a1", "read_orders", 36_000, "r1"))
    clock.turn_to(clock.now() + HOUR)
    sweeps.empty_outbox(runtime)
    assert browser.row(REFUND).state == "done"
    assert len(ways.store.orders[ORDER_ID].refunds) == 1
