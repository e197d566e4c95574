"""Every setting is checked at start; a bad one is named, with the fix."""

from __future__ import annotations

import base64

import pytest

from plugin.secrets import Vault
from plugin.settings import BadSettings, read

KEY = base64.b64encode(b"k" * 32).decode()
OTHER_KEY = base64.b64encode(b"o" * 32).decode()
GOOD = {
    "SHOPIFY_API_SECRET": "hush",
    "POSTVENDITA_SECRET_KEY": "s" * 32,
    "POSTVENDITA_ENCRYPTION_KEYS": KEY,
    "POSTVENDITA_DSERS_URL": "http://127.0.0.1:9/mcp",
}
"""DSers' own address has a default; no test knocks there."""


def test_the_defaults_are_enough_with_three_secrets() -> None:
    settings = read(GOOD)
    assert settings.database_url == "sqlite:///postvendita.db"
    assert settings.shopify_base_url == "https://{shop}"
    assert settings.shopify_secrets == ("hush",)


def test_the_previous_secret_is_good_too() -> None:
    settings = read({**GOOD, "SHOPIFY_API_SECRET_PREVIOUS": "old"})
    assert settings.shopify_secrets == ("hush", "old")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOPIFY_API_SECRET", ""),
        ("POSTVENDITA_SECRET_KEY", "dev"),
        ("POSTVENDITA_ENCRYPTION_KEYS", ""),
        ("POSTVENDITA_ENCRYPTION_KEYS", "c2hvcnQ="),
        ("POSTVENDITA_ENCRYPTION_KEYS", "not base64!"),
        ("POSTVENDITA_DATABASE_URL", "mysql://localhost/x"),
        ("POSTVENDITA_BASE_URL", "http://desk.example.com"),
        ("POSTVENDITA_BASE_URL", "desk.example.com"),
        ("POSTVENDITA_SHOPIFY_BASE_URL", "https://example.com"),
        ("POSTVENDITA_SHOPIFY_BASE_URL", "http://{shop}"),
        ("POSTVENDITA_SUPPLIER_URL", "ftp://example.com"),
        ("POSTVENDITA_SUPPLIER_KEY", "alone"),
        ("POSTVENDITA_MAIL_URL", "localhost:25"),
        ("POSTVENDITA_SUPPLIER_WEBHOOK_SECRET", "hush"),
        ("POSTVENDITA_SUPPLIER_WEBHOOK_SECRET", "whsec_aGk="),
        ("POSTVENDITA_TICK_SECONDS", "two"),
        ("POSTVENDITA_TICK_SECONDS", "1e9"),
        ("POSTVENDITA_TICK_SECONDS", "-1"),
        ("POSTVENDITA_TICK_SECONDS", "١"),
        ("POSTVENDITA_WORKERS", "0x2"),
        ("POSTVENDITA_WORKERS", "65"),
        ("POSTVENDITA_BODY_DAYS", "1"),
        ("POSTVENDITA_LOG_LEVEL", "loud"),
        ("POSTVENDITA_BACKUP_KEY", "c2hvcnQ="),
        ("POSTVENDITA_BACKUP_KEY", f"{OTHER_KEY} {OTHER_KEY}"),
        ("POSTVENDITA_BACKUP_KEY", KEY),
        ("POSTVENDITA_POSTGRES_TOOLS", "/nowhere/at/all"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"^{name}: "):
        read({**GOOD, name: value})


def test_the_desk_is_open_to_all_on_this_machine_only() -> None:
    opened = {**GOOD, "POSTVENDITA_DESK_OPEN_TO": "a.myshopify.com"}
    assert read(opened).desk_open_to == "a.myshopify.com"
    with pytest.raises(BadSettings, match="POSTVENDITA_DESK_OPEN_TO"):
        read({**opened, "POSTVENDITA_BASE_URL": "https://desk.example.com"})


def test_mail_needs_a_sender() -> None:
    with pytest.raises(BadSettings, match="POSTVENDITA_MAIL_FROM"):
        read({**GOOD, "POSTVENDITA_MAIL_URL": "smtp://127.0.0.1:25"})


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(BadSettings) as told:
        read({})
    assert len(str(told.value).splitlines()) == 3


class TestVault:
    """Tokens are sealed for one shop and one column."""

    vault = Vault([b"n" * 32, b"o" * 32])

    def test_what_was_sealed_opens_again(self) -> None:
        sealed = self.vault.encrypt("shpat_1", shop="a", column="token")
        assert b"shpat" not in sealed
        assert self.vault.decrypt(sealed, shop="a", column="token") == "shpat_1"

    def test_an_older_key_still_opens(self) -> None:
        sealed = Vault([b"o" * 32]).encrypt("shpat_1", shop="a", column="token")
        assert self.vault.decrypt(sealed, shop="a", column="token") == "shpat_1"

    @pytest.mark.parametrize(("shop", "column"), [("b", "token"), ("a", "other")])
    def test_in_another_row_or_column_it_does_not_open(self, shop: str, column: str) -> None:
        sealed = self.vault.encrypt("shpat_1", shop="a", column="token")
        with pytest.raises(ValueError, match="no key opens"):
            self.vault.decrypt(sealed, shop=shop, column=column)
