"""Shopify answers another version than the one asked for: said once, with what to do."""

from __future__ import annotations

import pytest
import responses

from clients.shopify.admin import Care, ShopifyAdmin
from plugin.clock import Clock
from plugin.store.database import Database
from plugin.versions import Versions
from tests.clients.shop import SHOP, TOKEN, Shop
from tests.pages.conftest import desk_on


def read_once(db: Database, version: str) -> None:
    """Two calls of a process that has just begun."""
    with responses.RequestsMock() as mock:
        shop = Shop(mock)
        shop.root, shop.headers = {"order": None}, {"X-Shopify-API-Version": version}
        admin = ShopifyAdmin(SHOP, TOKEN, care=Care(heard=Versions(db).heard))
        assert admin.order(1) is None
        assert admin.order(1) is None


def test_another_version_is_said_once_and_shown_until_ours_answers_again(
    sqlite_url: str, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    db = Database(sqlite_url)
    browser = desk_on(db, clock)
    for _ in range(2):
        read_once(db, "2027-01")
    assert capsys.readouterr().out.count("another version") == 1
    page = browser.get("/connections")
    assert "Shopify answers version 2027-01 of its API, not 2026-10" in page
    assert "Update the app" in page
    read_once(db, "2026-10")
    assert "Shopify answers version" not in browser.get("/connections")
    db.close()


def test_a_version_that_cannot_be_kept_does_not_lose_the_answer(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = Database(sqlite_url)

    def broken() -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(db, "write", broken)
    read_once(db, "2027-01")
    db.close()
