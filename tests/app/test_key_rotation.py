"""Every secret comes under the newest key, one at a time; what cannot be read is named."""

from __future__ import annotations

import base64

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from clients.shopify.oauth import Tokens
from plugin.clock import Clock
from plugin.secrets import Vault
from plugin.store import hooks, shops, tables, tokens
from plugin.store.database import Database
from plugin.tokens import ACCESS, ONE_TOKEN, REFRESH, TokenKeeper
from scheduler import key_rotation
from scheduler.cli import main
from scheduler.telling import SECRET
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY

OLD, NEW, OTHER = b"k" * 32, b"n" * 32, b"o" * 32
ALICE, BOB = "alice.myshopify.com", "bob.myshopify.com"
URL = "https://till.example/hook"


@pytest.fixture
def filled(db: Database, clock: Clock) -> Database:
    """Two shops with every kind of secret under the old key."""
    vault = Vault([OLD])
    for shop in (ALICE, BOB):
        secret = vault.encrypt(f"hook of {shop}", shop=shop, column=SECRET)
        token = vault.encrypt(f"one of {shop}", shop=shop, column=ONE_TOKEN)
        with db.write() as tx:
            shops.install(tx, shop, MONDAY, currency="USD", token=token)
            hooks.add(tx, shop, URL, secret, ["case.opened"], MONDAY, by="Alice")
        keeper = TokenKeeper(db, clock, vault, lambda _shop: pytest.fail("nothing is asked"))
        keeper.keep(shop, Tokens(f"access of {shop}", "read_orders", 3600, f"refresh of {shop}"))
    return db


def rotate(database_url: str, *keys: bytes) -> Result:
    environment = {
        **GOOD,
        "POSTVENDITA_DATABASE_URL": database_url,
        "POSTVENDITA_LOG_LEVEL": "error",
        "POSTVENDITA_ENCRYPTION_KEYS": " ".join(base64.b64encode(key).decode() for key in keys),
    }
    return CliRunner(env=environment).invoke(main, ["keys", "rotate"])


def secrets_of(db: Database, shop: str, key: bytes) -> list[str]:
    vault = Vault([key])
    with db.read() as tx:
        pair, found, (hook,) = tokens.read(tx, shop), shops.find(tx, shop), hooks.of_shop(tx, shop)
    assert pair is not None
    assert pair.refresh is not None
    assert found is not None
    assert found.token is not None
    kept = [(found.token, ONE_TOKEN), (pair.access, ACCESS), (pair.refresh, REFRESH)]
    kept.append((hook.secret, SECRET))
    return [vault.decrypt(sealed, shop=shop, column=column) for sealed, column in kept]


def test_the_old_key_is_not_needed_any_more(filled: Database, database_url: str) -> None:
    result = rotate(database_url, NEW, OLD)
    assert result.exit_code == 0, result.output
    assert "8 encrypted anew, 0 were" in result.output
    assert "may be removed" in result.output
    for shop in (ALICE, BOB):
        words = ("one", "access", "refresh", "hook")
        assert secrets_of(filled, shop, NEW) == [f"{word} of {shop}" for word in words]


def test_what_was_done_before_is_skipped(filled: Database, database_url: str) -> None:
    vault = Vault([NEW, OLD])
    for place in key_rotation.places(filled)[:3]:
        assert key_rotation.rotate(filled, vault, place) is key_rotation.Outcome.ROTATED
    result = rotate(database_url, NEW, OLD)
    assert "5 encrypted anew, 3 were" in result.output


def test_what_no_key_opens_is_named_and_the_rest_goes_on(
    filled: Database, database_url: str
) -> None:
    foreign = Vault([OTHER]).encrypt("canary", shop=BOB, column=ACCESS)
    with filled.write() as tx:
        mine = tables.tokens.c.shop == BOB
        tx.execute(sa.update(tables.tokens).where(mine).values(access=foreign))
    result = rotate(database_url, NEW, OLD)
    assert result.exit_code == 1
    assert f"{BOB}: {ACCESS}" in result.output
    assert "7 encrypted anew" in result.output
    assert "may be removed" not in result.output
    assert "canary" not in result.output
    assert len(secrets_of(filled, ALICE, NEW)) == 4


def test_no_encrypted_column_is_forgotten() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in tables.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }
    raw = {"inbox.body"}
    assert found - raw == {str(column) for _, column, _ in key_rotation.SEALED}
