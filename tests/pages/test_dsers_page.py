"""Connecting DSers from the desk: there, back, tried, and taken back."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests

from clients.errors import NeedsAuthorisation
from plugin.clock import Clock
from plugin.connections import LiveConnections
from plugin.pages import connections_page, dsers_page
from plugin.pages.desk import Desk
from plugin.sandbox.dsers_oauth import Authority
from plugin.sandbox.dsers_server import DsersServer
from plugin.store import dsers, privacy
from tests.conftest import MONDAY
from tests.fakes import SHOP
from tests.pages.conftest import OTHER, Browser


@pytest.fixture(scope="module")
def running() -> Iterator[DsersServer]:
    server = DsersServer().start()
    yield server
    server.stop()


@pytest.fixture
def server(running: DsersServer, monkeypatch: pytest.MonkeyPatch) -> DsersServer:
    """DSers, and a desk that knows where it is."""
    running.authority, running.without = Authority(), set()

    def ways_out(desk: Desk) -> LiveConnections:
        settings = replace(desk.settings, dsers_url=running.url)
        return LiveConnections(settings, desk.db, desk.clock)

    monkeypatch.setattr(connections_page, "ways_out", ways_out)
    monkeypatch.setattr(dsers_page, "ways_out", ways_out)
    return running


def live(browser: Browser, server: DsersServer, clock: Clock) -> LiveConnections:
    settings = replace(browser.settings, dsers_url=server.url)
    return LiveConnections(settings, browser.db, clock)


def sent_to(page: str) -> str:
    """The address the page leads to."""
    found = re.search(r'href="(http[^"]+/oauth/authorize[^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def say_yes(address: str) -> str:
    """What DSers sends the browser back to."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def connect(browser: Browser) -> None:
    back = say_yes(sent_to(browser.post("/connections/dsers/connect", 200)))
    assert back.startswith("/connections/dsers/back?code=")
    browser.get(back, 303)


def test_a_shop_connects_itself_and_sees_what_it_can_do(
    browser: Browser, server: DsersServer
) -> None:
    assert "Connect DSers" in browser.get("/connections")
    server.without.add("cancel_supplier_order")
    connect(browser)
    page = browser.post("/connections/dsers", 200)
    does, desk = page.split("Done by DSers")[1].split("Stays with you")
    assert "Read the purchase and its shipment" in does
    assert "Customs holds" in does
    assert "Stop what has not left" in desk
    assert "Urge the seller" in desk
    assert "Disconnect" in page


def test_the_tokens_are_kept_sealed_and_only_for_the_shop(
    browser: Browser, server: DsersServer
) -> None:
    connect(browser)
    with browser.db.read() as tx:
        kept = dsers.read(tx, SHOP)
        assert dsers.read(tx, OTHER) is None
    assert kept is not None
    assert kept.access is not None
    assert (kept.state, kept.verifier) == ("", None)
    given = next(iter(server.authority.access))
    assert given.encode() not in kept.access
    assert given not in browser.get("/connections")


def test_an_answer_nobody_asked_for_is_refused(browser: Browser, server: DsersServer) -> None:
    back = say_yes(sent_to(browser.post("/connections/dsers/connect", 200)))
    assert "nobody asked" in browser.get("/connections/dsers/back?code=x&state=y")
    assert "nobody asked" in browser.get("/connections/dsers/back?code=x&state=")
    assert "nobody asked" in browser.get("/connections/dsers/back")
    browser.get(back, 303)
    assert "nobody asked" in browser.get(back)


def test_the_yes_of_one_shop_is_not_another_s(browser: Browser, server: DsersServer) -> None:
    back = say_yes(sent_to(browser.post("/connections/dsers/connect", 200)))
    browser.sign_in(OTHER)
    assert "nobody asked" in browser.get(back)
    with browser.db.read() as tx:
        assert dsers.read(tx, OTHER) is None


def test_a_yes_after_a_quarter_of_an_hour_is_too_late(
    browser: Browser, server: DsersServer, clock: Clock
) -> None:
    back = say_yes(sent_to(browser.post("/connections/dsers/connect", 200)))
    clock.turn_to(MONDAY + timedelta(minutes=16))
    assert "too long ago" in browser.get(back)


def test_an_ended_token_is_renewed_and_a_refused_one_leaves_it_to_the_desk(
    browser: Browser, server: DsersServer, clock: Clock
) -> None:
    connect(browser)
    connections = live(browser, server, clock)
    access = connections.dsers.access(SHOP)
    first = access.current()
    clock.turn_to(MONDAY + timedelta(hours=1))
    second = access.current()
    assert first != second
    assert server.authority.refreshed == 1
    assert access.renewed is not None
    assert access.renewed(first) == second
    assert server.authority.refreshed == 1

    server.authority.refresh.clear()
    with pytest.raises(NeedsAuthorisation):
        access.renewed(second)
    assert connections.supplier(SHOP, "dsers") is None
    assert "connect it again" in browser.get("/connections")
    connect(browser)
    assert connections.supplier(SHOP, "dsers") is not None


def test_it_is_taken_back_and_gone_with_the_shop(
    browser: Browser, server: DsersServer, clock: Clock
) -> None:
    connect(browser)
    connections = live(browser, server, clock)
    assert connections.supplier(OTHER, "dsers") is None
    browser.post("/connections/dsers/forget")
    assert connections.supplier(SHOP, "dsers") is None
    connect(browser)
    with browser.db.write() as tx:
        privacy.erase_shop(tx, SHOP)
        assert dsers.read(tx, SHOP) is None


def test_a_dsers_that_is_not_there_is_said_in_words(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ways_out(desk: Desk) -> LiveConnections:
        nowhere = replace(desk.settings, dsers_url="http://127.0.0.1:9/mcp")
        return LiveConnections(nowhere, desk.db, desk.clock)

    monkeypatch.setattr(dsers_page, "ways_out", ways_out)
    assert "could not be reached" in browser.post("/connections/dsers/connect", 200)
