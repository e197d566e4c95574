"""Settings: what may be set, what is refused, and whether the ways out work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from clients.email.smtp import Message
from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, RemoteError, Retriable
from plugin import shop_settings
from plugin.clock import Clock
from plugin.connections import LiveConnections
from plugin.pages import connection_ways, connections_page, sender_page
from plugin.settings import read
from plugin.store import members, shops
from plugin.store.database import Database
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.fakes import SHOP, FakeConnections, FakePostbox, FakeStorefront, FakeSupplier
from tests.pages.conftest import CANARY, OTHER, Browser

BASICS: dict[str, Any] = {
    "shop_name": "Lanterna",
    "zone": "Asia/Shanghai",
    "tongue": "zh",
    "email": "a@b.example",
}


def shop(browser: Browser, name: str = SHOP) -> shops.Shop:
    with browser.db.read() as tx:
        found = shops.find(tx, name)
    assert found is not None
    return found


def change(browser: Browser, **values: object) -> None:
    with browser.db.write() as tx:
        shops.change(tx, SHOP, **values)


# --- The hub and the shop itself ------------------------------------------------------------------


def test_it_leads_to_every_page_that_is_there_and_to_no_other(browser: Browser) -> None:
    page = browser.get("/settings")
    for path in ("/connections", "/sender", "/letters", "/measures", "/parked", "/members"):
        assert f'href="{path}"' in page
        browser.get(path)


def test_the_shop_is_named_and_placed(browser: Browser) -> None:
    browser.post("/settings/basics", **BASICS)
    found = shop(browser)
    assert (found.name, found.zone, found.language) == ("Lanterna", "Asia/Shanghai", "zh")
    assert found.email == "a@b.example"
    assert shop(browser, OTHER).name == ""


def test_an_empty_address_is_one_nobody_is_written_to(browser: Browser) -> None:
    browser.post("/settings/basics", **{**BASICS, "email": ""})
    assert shop(browser).email == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("shop_name", ""),
        ("zone", "Mars/Olympus"),
        ("zone", "../etc/passwd"),
        ("tongue", "de"),
        ("email", "nobody"),
        ("email", "a@b.example, c@d.example"),
        ("email", "a@b.example\r\nBcc: c@d.example"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(browser: Browser, field: str, value: str) -> None:
    page = browser.post("/settings/basics", 422, **{**BASICS, field: value})
    assert f'id="wrong-{field}"' in page
    assert shop(browser).name == ""
    assert "Lanterna" in page or field == "shop_name", "what was typed is kept"


def test_everything_stops_and_goes_on_from_here(browser: Browser) -> None:
    browser.post("/pause")
    assert 'action="/resume"' in browser.get("/settings")
    browser.post("/resume")
    assert 'action="/pause"' in browser.get("/settings")
    browser.post("/watching", on="no")
    assert "/#watching" in browser.get("/settings")


# --- How long data is kept ------------------------------------------------------------------------


@pytest.mark.parametrize("days", ["29", "3651", "-1", "a year", "1e3", "９０"])
def test_days_beyond_the_bounds_are_refused(browser: Browser, days: str) -> None:
    page = browser.post("/settings/retention", 422, keep_days=days, sure="yes")
    assert 'id="wrong-keep_days"' in page
    assert shop(browser).keep_days == shops.KEEP_DAYS


def test_fewer_days_have_to_be_said_twice(browser: Browser) -> None:
    assert 'id="wrong-sure"' in browser.post("/settings/retention", 422, keep_days="60")
    browser.post("/settings/retention", keep_days="60", sure="yes")
    assert shop(browser).keep_days == 60
    browser.post("/settings/retention", keep_days="365")
    assert shop(browser).keep_days == 365
    browser.post("/settings/retention", 422, keep_days="30")
    browser.post("/settings/retention", keep_days="")
    assert shop(browser).keep_days is None


def test_who_may_not_change_settings_sees_them_and_has_no_buttons(browser: Browser) -> None:
    with browser.db.write() as tx:
        members.add(tx, SHOP, "o@b.example", "owner", MONDAY, by="x")
        members.add(tx, SHOP, "v@b.example", "viewer", MONDAY, by="x")
    browser.sign_in(person="v@b.example")
    assert 'action="/settings/retention"' not in browser.get("/settings")
    assert "disabled" in browser.get("/settings")
    for path in ("/settings/basics", "/settings/retention", "/sender", "/sender/test"):
        browser.post(path, 403)
    browser.post("/connections/store", 403)
    assert "<form" not in browser.get("/connections").split("<main", 1)[1]


# --- Connections ----------------------------------------------------------------------------------


@dataclass
class Broken(FakeStorefront):
    """A store whose next answer is an error."""

    error: RemoteError | None = None

    def orders_page(self, *_: Any, **__: Any) -> tuple[list[int], str]:
        if self.error:
            raise self.error
        return [], ""


@pytest.fixture
def ways(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> FakeConnections:
    """The outside world of the pages."""
    made = FakeConnections(Broken(clock), FakeSupplier(clock), FakePostbox())
    monkeypatch.setattr(connections_page, "ways_out", lambda _desk: made)
    monkeypatch.setattr(sender_page, "ways_out", lambda _desk: made)
    return made


def test_each_way_names_its_setting_and_no_key_is_shown(db: Database, clock: Clock) -> None:
    settings = read(
        {
            **GOOD,
            "POSTVENDITA_MAIL_URL": "smtps://robot:tops3cret@mail.example.com",
            "POSTVENDITA_MAIL_FROM": "desk@example.com",
            "POSTVENDITA_SUPPLIER_KEY": "k3y",
            "POSTVENDITA_SUPPLIER_SECRET": "s3cret",
            "POSTVENDITA_SUPPLIER_TOKEN": "t0ken",
            "POSTVENDITA_SUPPLIER_SHOP": SHOP,
        }
    )
    with db.write() as tx:
        shops.install(tx, SHOP, MONDAY, currency="USD")
    with db.read() as tx:
        found = connection_ways.ways(tx, SHOP, settings)
    by_name = {way.name: way for way in found}
    assert not by_name["store"].is_set
    assert by_name["mail"].detail == "mail.example.com"
    assert by_name["1688"].is_set
    assert not by_name["openmall"].is_set
    shown = repr(found)
    for secret in ("tops3cret", "robot", "k3y", "s3cret", "t0ken", "hush"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, "all is well"),
        (NeedsAuthorisation("shopify", "token dead"), "our access is refused"),
        (Refused("shopify", "no"), "It answered and refused"),
        (Retriable("shopify", "busy"), "could not be reached"),
        (OutcomeUnknown("shopify", "lost"), "The answer was lost"),
    ],
)
def test_a_store_is_tried_and_its_answer_is_said_in_words(
    browser: Browser, ways: FakeConnections, error: RemoteError | None, said: str
) -> None:
    ways.store.error = error  # type: ignore[attr-defined]  # a Broken one
    assert said in browser.post("/connections/store", 200)


def test_a_supplier_is_tried_with_a_number_no_purchase_has(
    browser: Browser, ways: FakeConnections
) -> None:
    assert "all is well" in browser.post("/connections/1688", 200)
    assert ways.api.urged == []
    assert "by hand" in browser.post("/connections/openmall", 200)


@pytest.mark.parametrize("way", ["mail", "incoming", "by_hand", "nothing"])
def test_what_cannot_be_tried_is_not_found(browser: Browser, way: str) -> None:
    browser.post(f"/connections/{way}", 404)


def test_a_store_without_a_token_says_so_over_the_real_connections(browser: Browser) -> None:
    assert "our access is refused" in browser.post("/connections/store", 200)


# --- The sender -----------------------------------------------------------------------------------


def test_the_test_letter_goes_to_the_merchant_and_to_nobody_else(
    browser: Browser, ways: FakeConnections
) -> None:
    change(browser, email="alice@example.com", name=f"Lumi {CANARY}\nBcc: x@y.example")
    assert "alice@example.com" in browser.post("/sender/test", 200)
    (mail,) = ways.mail.mails
    assert (mail.to, mail.sender) == ("alice@example.com", "desk@example.com")
    assert "\n" not in mail.subject
    setup = shop(browser).setup
    assert setup is not None
    assert setup["sender"] == "done"


def test_without_an_address_it_asks_for_one(browser: Browser, ways: FakeConnections) -> None:
    change(browser, email="")
    assert 'id="wrong-email"' in browser.post("/sender/test", 422)
    assert ways.mail.mails == []


def test_a_test_that_failed_leaves_the_step_open(
    browser: Browser, ways: FakeConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(_message: Message) -> str:
        raise Refused("mail", "the sender is not yours")

    change(browser, email="alice@example.com")
    monkeypatch.setattr(ways.mail, "send", no)
    assert "the sender is not yours" in browser.post("/sender/test", 200)
    assert not shop(browser).setup


def test_letters_come_from_the_address_the_shop_chose(browser: Browser) -> None:
    settings = replace(browser.settings, mail_from="desk@example.com")
    live = LiveConnections(settings, browser.db, Clock())
    assert live.sender(SHOP) == "desk@example.com"
    browser.post("/sender", sender="help@lanterna.example")
    assert live.sender(SHOP) == "help@lanterna.example"
    assert live.sender(OTHER) == "desk@example.com"
    browser.post("/sender", sender="")
    assert live.sender(SHOP) == "desk@example.com"


@pytest.mark.parametrize("sender", ["Lumi", "a@b", "a@b.example\nBcc: c@d.example", "<a@b.ex>"])
def test_a_sender_that_is_no_address_is_refused(browser: Browser, sender: str) -> None:
    assert 'id="wrong-sender"' in browser.post("/sender", 422, sender=sender)
    assert shop(browser).sender == ""


def test_the_zones_are_those_of_the_world_without_aliases() -> None:
    found = shop_settings.zones()
    assert {"UTC", "Europe/Rome", "Asia/Shanghai"} <= set(found)
    assert not [zone for zone in found if zone.startswith("Etc/")]
