"""A shop's token is always a good one, and its pair is never torn apart."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

import pytest

from clients.errors import NeedsAuthorisation, Retriable
from clients.shopify.oauth import OAuth, Tokens
from plugin.clock import Clock
from plugin.secrets import Vault
from plugin.store import shops, tables, tokens
from plugin.store.database import Database
from plugin.tokens import CLAIM, KEEP_WARM, SOON, TokenKeeper
from tests.conftest import MONDAY
from tests.fakes import SHOP

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


class Given(OAuth):
    """Shopify's side: every refresh gives the next pair, and only the last one is good."""

    def __init__(self) -> None:
        self.count = 0
        self.good = {"r0"}
        self.lost = 0
        self.refusing = ""
        self._lock = Lock()

    def refresh(self, refresh_token: str) -> Tokens:
        with self._lock:
            if self.refusing or refresh_token not in self.good:
                code = self.refusing or "invalid_grant"
                raise NeedsAuthorisation("shopify", "no", code=code)
            self.count += 1
            self.good = {refresh_token, f"r{self.count}"}
            if self.lost:
                self.lost -= 1
                raise Retriable("shopify", "no answer")
            return Tokens(f"a{self.count}", "read_orders", 3600, f"r{self.count}")


@pytest.fixture
def shopify() -> Given:
    return Given()


@pytest.fixture
def keeper(db: Database, clock: Clock, shopify: Given) -> TokenKeeper:
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
    made = new_keeper(db, clock, shopify)
    made.keep(SHOP, Tokens("a0", "read_orders", 3600, "r0"))
    return made


def new_keeper(
    db: Database, clock: Clock, shopify: Given, wait: Callable[[float], object] | None = None
) -> TokenKeeper:
    return TokenKeeper(db, clock, Vault([b"k" * 32]), lambda _shop: shopify, wait=wait)


def test_a_token_is_used_until_five_minutes_before_its_end(
    keeper: TokenKeeper, clock: Clock, shopify: Given
) -> None:
    clock.turn_to(MONDAY + HOUR - SOON - SECOND)
    assert keeper.access(SHOP) == "a0"
    clock.turn_to(MONDAY + HOUR - SOON)
    assert keeper.access(SHOP) == "a1"
    assert shopify.count == 1


def test_twenty_threads_at_once_refresh_once(
    db: Database, keeper: TokenKeeper, clock: Clock, shopify: Given
) -> None:
    clock.turn_to(MONDAY + HOUR)
    keepers = [keeper, new_keeper(db, clock, shopify)]
    with ThreadPoolExecutor(20) as threads:
        found = set(threads.map(lambda n: keepers[n % 2].access(SHOP), range(20)))
    assert found == {"a1"}
    assert shopify.count == 1


def test_a_lost_answer_leaves_the_shop_at_work(
    keeper: TokenKeeper, clock: Clock, shopify: Given
) -> None:
    shopify.lost = 1
    clock.turn_to(MONDAY + HOUR - SOON)
    assert keeper.access(SHOP) == "a0", "still good for a while"
    assert keeper.access(SHOP) == "a2", "the same refresh token was good once more"


def test_a_lost_answer_after_its_hour_is_tried_again(
    keeper: TokenKeeper, clock: Clock, shopify: Given
) -> None:
    shopify.lost = 1
    clock.turn_to(MONDAY + 2 * HOUR)
    with pytest.raises(Retriable):
        keeper.access(SHOP)
    assert keeper.access(SHOP) == "a2"


def test_a_refusal_is_said_and_not_taken_for_an_uninstall(
    db: Database, keeper: TokenKeeper, clock: Clock, shopify: Given
) -> None:
    shopify.refusing = "invalid_client"
    clock.turn_to(MONDAY + HOUR)
    for _ in range(2):
        with pytest.raises(NeedsAuthorisation):
            keeper.access(SHOP)
    with db.read() as tx:
        kept, shop = tokens.read(tx, SHOP), shops.find(tx, SHOP)
    assert kept is not None
    assert kept.problem == "invalid_client"
    assert shop is not None
    assert shop.state == shops.ACTIVE


def test_a_new_grant_ends_the_problem(keeper: TokenKeeper, clock: Clock, shopify: Given) -> None:
    shopify.refusing = "invalid_client"
    clock.turn_to(MONDAY + HOUR)
    with pytest.raises(NeedsAuthorisation):
        keeper.access(SHOP)
    keeper.keep(SHOP, Tokens("b0", "read_orders", 3600, "s0"))
    assert keeper.access(SHOP) == "b0"


def test_while_another_machine_renews_the_old_token_goes_on(
    db: Database, keeper: TokenKeeper, clock: Clock
) -> None:
    clock.turn_to(MONDAY + HOUR - SOON)
    with db.write() as tx:
        assert tokens.claim(tx, SHOP, clock.now(), clock.now() + CLAIM)
    assert keeper.access(SHOP) == "a0"


def test_who_waits_for_another_machine_gets_what_it_brought(
    db: Database, keeper: TokenKeeper, clock: Clock, shopify: Given
) -> None:
    clock.turn_to(MONDAY + HOUR)
    with db.write() as tx:
        assert tokens.claim(tx, SHOP, clock.now(), clock.now() + CLAIM)

    def other_machine(_seconds: float) -> None:
        keeper.keep(SHOP, Tokens("z1", "read_orders", 3600, "z"))

    assert new_keeper(db, clock, shopify, wait=other_machine).access(SHOP) == "z1"
    assert shopify.count == 0


def test_a_claim_that_died_is_taken_over(db: Database, keeper: TokenKeeper, clock: Clock) -> None:
    clock.turn_to(MONDAY + HOUR)
    with db.write() as tx:
        assert tokens.claim(tx, SHOP, clock.now(), clock.now() + CLAIM)
    clock.turn_to(MONDAY + HOUR + CLAIM)
    assert keeper.access(SHOP) == "a1"


def test_a_refused_token_is_renewed_whatever_its_time(keeper: TokenKeeper) -> None:
    assert keeper.renew(SHOP, used="a0") == "a1"
    assert keeper.renew(SHOP, used="a0") == "a1", "somebody had renewed it already"


def test_a_shop_nobody_works_in_is_kept_warm(
    keeper: TokenKeeper, clock: Clock, shopify: Given
) -> None:
    clock.turn_to(MONDAY + KEEP_WARM)
    assert keeper.keep_warm() == 0
    clock.turn_to(MONDAY + KEEP_WARM + SECOND)
    assert keeper.keep_warm() == 1
    assert shopify.count == 1


def test_a_token_is_useless_in_another_shops_row(
    db: Database, keeper: TokenKeeper, clock: Clock, shopify: Given
) -> None:
    other = "bob.myshopify.com"
    with db.write() as tx:
        shops.install(tx, other, MONDAY, currency="USD")
        row = dict(tx.execute(tables.tokens.select()).mappings().one())
        tx.execute(tables.tokens.insert().values(**{**row, "shop": other}))
    with pytest.raises(ValueError, match="no key opens"):
        keeper.access(other)


def test_without_any_token_a_person_is_needed(db: Database, clock: Clock, shopify: Given) -> None:
    with pytest.raises(NeedsAuthorisation):
        new_keeper(db, clock, shopify).access("nobody.myshopify.com")
