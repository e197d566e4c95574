"""The history of the terms: what each version changed, and how an old one comes back."""

from __future__ import annotations

import html
import re

from plugin import timeline as t
from plugin.store import shops, timelines
from plugin.terms import Autonomy, Cap, Terms
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import OTHER, Browser
from tests.pages.test_policy import policy_form, terms


def plain(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def publish(browser: Browser, **changes: str) -> None:
    browser.post("/policy", 303, **{**policy_form(browser), **changes})


def test_each_version_says_in_words_what_it_changed_by_whom_and_why(browser: Browser) -> None:
    publish(browser, urge_supplier="1", note="quicker")
    page = plain(browser.get("/policy/versions"))
    assert "Urge the supplier: before: 2 days → 1 days" in page
    assert "Published by Alice" in page
    assert "quicker" in page
    assert "The guide’s numbers, as the app came." in page


def test_levels_switches_and_caps_are_told_too(browser: Browser) -> None:
    form = {"no_stock.letter": "ask", "per_refund": "50", "per_day": "200"}
    form["limit.large.grams"] = "20000"
    changed = {**policy_form(browser), **form}
    changed.pop("festivals_pause")
    browser.post("/policy", 303, **changed)
    page = plain(browser.get("/policy/versions"))
    assert "No stock, Write to the customer: before: Auto → Ask" in page
    assert re.search(r"Most per refund: before: \S+ → \$50\.00", page)
    assert re.search(r"Days of festivals[^:]*: before: on → off", page)
    assert "heaviest parcel, in grams: before: 30000 → 20000" in page
    assert terms(browser).cap == Cap(5000, 20000, "USD")


def test_restoring_publishes_the_old_version_again_under_a_new_number(browser: Browser) -> None:
    publish(browser, urge_supplier="1")
    publish(browser, urge_supplier="3", handling_days="9")
    browser.post("/policy/versions/2/restore")
    now = terms(browser)
    assert (now.version, dict(now.deadlines), now.handling_days) == (4, {"urge_supplier": 1}, 3)
    page = plain(browser.get("/policy/versions"))
    assert "Version 2 restored" in page
    assert browser.get("/policy?restored=2").count('role="status"') >= 1


def test_a_case_keeps_the_version_it_began_under(browser: Browser) -> None:
    publish(browser, urge_supplier="1")
    assert "keep the version they began under" in browser.get("/policy/versions")
    with browser.db.read() as tx:
        (opened,) = [
            e.what for e in timelines.read(tx, SHOP, ORDER_ID) if isinstance(e.what, t.CaseOpened)
        ]
    assert (opened.terms_version, terms(browser).version) == (1, 2)


def test_what_was_never_published_cannot_be_restored(browser: Browser) -> None:
    for version in ("7", "0", "99999999999"):
        browser.post(f"/policy/versions/{version}/restore", 404)
    assert terms(browser).version == 1


def test_versions_of_another_shop_are_not_to_be_seen(browser: Browser) -> None:
    with browser.db.write() as tx:
        shops.publish(tx, OTHER, Terms(handling_days=8), MONDAY, author="Bob", note="bobs secret")
    assert "bobs secret" not in browser.get("/policy/versions")
    browser.post("/policy/versions/2/restore", 404)


def test_a_long_history_is_read_page_by_page(browser: Browser) -> None:
    with browser.db.write() as tx:
        for days in range(1, 26):
            shops.publish(tx, SHOP, Terms(handling_days=days), MONDAY, author="Alice")
    page = browser.get("/policy/versions")
    older = re.search(r'href="(/policy/versions\?before=\d+)"', page)
    assert older
    assert page.count('<li class="card"') == 20
    assert browser.get(older[1]).count('<li class="card"') == 6


def test_a_note_that_is_too_long_is_named_and_kept(browser: Browser) -> None:
    page = browser.post("/policy", 422, **{**policy_form(browser), "note": "x" * 501})
    assert 'id="wrong-note"' in page
    assert "x" * 501 in page


def test_money_on_auto_stays_refused_without_a_cap(browser: Browser) -> None:
    form = {**policy_form(browser), "damaged.refund": str(Autonomy.AUTO)}
    assert 'id="wrong-per_refund"' in browser.post("/policy", 422, **form)


def test_before_the_first_version_there_is_none(browser: Browser) -> None:
    assert 'class="versions"' in browser.get("/policy/versions?before=1")
