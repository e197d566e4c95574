"""Sample cases: to be looked at, never acted for, never counted, gone when they are removed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bench import addresses
from plugin.clock import Clock
from plugin.pages import create_pages
from plugin.settings import read
from plugin.store import caselists, members, outbox, privacy, shops, tables, timelines
from plugin.store.database import Database
from plugin.store.inbox import Inbox
from plugin.terms import Situation
from scheduler import samples as making
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.pages.conftest import OTHER, OWN, Browser
from webhooks.app import create_app

SHOP = "alice.myshopify.com"
SAMPLES = shops.sample_name(SHOP)
A_YEAR_ON = MONDAY + timedelta(days=365)


@pytest.fixture(autouse=True)
def few_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of each situation."""
    monkeypatch.setattr(making, "LIVES", 9)


@pytest.fixture
def browser(db: Database, clock: Clock) -> Browser:
    """The desk of a shop that has no orders yet; Bob's shop beside it."""
    settings = read(GOOD)
    with db.write() as tx:
        for shop in (SHOP, OTHER):
            shops.install(tx, shop, MONDAY, currency="EUR", zone="Europe/Rome")
    app = create_app(
        inbox=Inbox(db), clock=clock, shopify_secrets=["s"], supplier_secrets=[],
        secret_key=settings.secret_key, base_url="http://localhost",
        readiness=lambda: {"ok": True}, metrics=str,
        pages=create_pages(db, clock, settings, load=making.load),
    )  # fmt: skip
    return Browser(app.test_client(), settings, db).sign_in(SHOP)


@pytest.fixture
def loaded(browser: Browser) -> Browser:
    browser.post("/samples/load")
    return browser


def rows(db: Database, shop: str) -> dict[str, int]:
    """How many rows a shop has in each table that has any."""
    with db.read() as tx:
        counts = {
            table.name: tx.execute(
                sa.select(sa.func.count()).select_from(table).where(table.c.shop == shop)
            ).scalar_one()
            for table in tables.metadata.sorted_tables
            if "shop" in table.c
        }
    return {name: count for name, count in counts.items() if count}


def test_an_empty_shop_is_told_so_and_offered_sample_cases(browser: Browser) -> None:
    page = browser.get("/")
    assert "Nothing has gone wrong" in page
    assert "No order has been read yet" in page
    assert "Load sample cases" in page
    assert "/policy#simulated" in page
    assert "Load sample cases" in browser.get("/cases")


def test_one_click_shows_them_marked_and_another_leads_back(loaded: Browser) -> None:
    for path in ("/", "/cases", "/recovery", "/suppliers", "/analytics"):
        assert "These cases are invented" in loaded.get(path)
    with loaded.db.read() as tx:
        found = tx.execute(sa.select(tables.cases.c.situation, tables.cases.c.case_id)).all()
    assert {situation for situation, _ in found} == set(Situation)
    for _, case_id in found:
        loaded.get(f"/cases/{case_id}")
    loaded.post("/samples/leave")
    page = loaded.get("/")
    assert "These cases are invented" not in page
    assert "Look at the sample cases" in page
    assert loaded.client.get(f"/cases/{found[0].case_id}").status_code == 404
    loaded.post("/samples/open")
    assert "These cases are invented" in loaded.get("/cases")


def test_every_page_opens_on_them(loaded: Browser) -> None:
    app = loaded.client.application
    app.testing = True
    for _name, path in addresses.of(app, loaded.db, SAMPLES):
        assert loaded.client.get(path).status_code in {200, 401, 403, 404}, path


def test_nothing_can_be_changed_while_looking_at_them(loaded: Browser) -> None:
    before = rows(loaded.db, SAMPLES)
    with loaded.db.read() as tx:
        case_id = tx.execute(sa.select(tables.cases.c.case_id)).scalars().first()
    for path in (f"/cases/{case_id}/note", "/policy", "/pause", "/members", "/keys", "/sender"):
        answer = loaded.client.post(path, data={"text": "x"}, headers=OWN)
        assert answer.status_code in {403, 404, 405}, path
    assert rows(loaded.db, SAMPLES) == before


def test_whoever_else_is_in_the_shop_sees_the_shop(loaded: Browser) -> None:
    assert "These cases are invented" in loaded.get("/")
    assert "These cases are invented" not in loaded.sign_in(SHOP, "Carol").get("/")
    bobs = loaded.sign_in(OTHER, "Bob").get("/")
    assert "Look at the sample cases" not in bobs
    assert "Load sample cases" in bobs


def test_nothing_of_them_is_ever_acted_on(loaded: Browser) -> None:
    with loaded.db.write() as tx:
        assert outbox.claim(tx, A_YEAR_ON, limit=100) == []
        assert outbox.ready_count(tx, A_YEAR_ON) == 0
        assert timelines.due(tx, A_YEAR_ON, limit=100) == []
        assert caselists.recovering(tx, read_before=A_YEAR_ON, limit=100) == []
        assert caselists.open_orders(tx, limit=9) == []
        assert [shop.shop for shop in shops.installed(tx)] == [SHOP, OTHER]


def test_nothing_of_them_is_counted_for_the_shop(loaded: Browser) -> None:
    loaded.post("/samples/leave")
    assert set(rows(loaded.db, SHOP)) == {"shops", "terms", "deeds", "chain"}
    with loaded.db.read() as tx:
        assert outbox.counts(tx) == {}
        assert outbox.counts(tx, SAMPLES) != {}
    assert "Nothing has gone wrong" in loaded.get("/")


def test_removing_them_leaves_no_trace(loaded: Browser) -> None:
    before = rows(loaded.db, OTHER)
    loaded.post("/samples/remove")
    assert rows(loaded.db, SAMPLES) == {}
    with loaded.db.read() as tx:
        found = shops.find(tx, SHOP)
    assert found is not None
    assert found.setup == {}
    assert rows(loaded.db, OTHER) == before
    assert "Load sample cases" in loaded.get("/")


def test_loading_twice_makes_them_once(loaded: Browser) -> None:
    before = rows(loaded.db, SAMPLES)
    loaded.post("/samples/load")
    assert rows(loaded.db, SAMPLES) == before


def test_two_shops_may_have_them_side_by_side(loaded: Browser) -> None:
    before = rows(loaded.db, SAMPLES)
    loaded.sign_in(OTHER, "Bob").post("/samples/load")
    loaded.post("/samples/remove")
    assert rows(loaded.db, SAMPLES) == before


def test_a_row_of_the_real_shop_never_gets_a_number_of_theirs(loaded: Browser) -> None:
    with loaded.db.write() as tx:
        highest = tx.execute(sa.select(sa.func.max(tables.outbox.c.id))).scalar_one()
        row = {
            **dict.fromkeys(("case_id", "key", "mark", "action"), "x"),
            **{"shop": SHOP, "order_id": 1, "body": {}, "level": "ask", "state": "asked"},
            **{"planned_at": MONDAY, "look_at": MONDAY},
        }
        made = tx.execute(sa.insert(tables.outbox).values(row)).inserted_primary_key
    assert made is not None
    assert made[0] > highest


def test_a_shop_that_is_erased_takes_them_along(loaded: Browser) -> None:
    with loaded.db.write() as tx:
        privacy.erase_shop(tx, SHOP)
    assert rows(loaded.db, SAMPLES) == {}


def test_a_viewer_neither_loads_nor_removes_them(loaded: Browser) -> None:
    with loaded.db.write() as tx:
        members.add(tx, SHOP, "viewer@example.com", "viewer", MONDAY, by="Alice")
    loaded.sign_in(SHOP, "viewer@example.com")
    loaded.post("/samples/load", 403)
    loaded.post("/samples/remove", 403)
    loaded.post("/samples/open")
    page = loaded.get("/")
    assert "Back to my shop" in page
    assert "Remove the sample cases" not in page
    assert rows(loaded.db, SAMPLES)
