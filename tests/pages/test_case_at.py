"""The time machine: a case as of any moment, and what today's terms would have done."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from plugin import caselist
from plugin.case import Case
from plugin.casework import Casework
from plugin.fold import fold
from plugin.pages.case_goods import safety
from plugin.store import caselists, shops, timelines
from plugin.terms import Autonomy, Terms
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import OTHER, REFUND, Browser, the_page_itself
from tests.story import order_seen, purchase


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def told(page: str) -> list[str]:
    """The timeline's lines."""
    return [plain(line) for line in re.findall(r'<li id="entry-.*?</p>', page, re.DOTALL)]


def money(page: str) -> list[str]:
    found = re.search(r'id="safety">.*?</dl>', page, re.DOTALL)
    assert found is not None
    return re.findall(r'class="num[^"]*">([^<]*)<', found[0])


def last(browser: Browser) -> int:
    with browser.db.read() as tx:
        return len(timelines.read(tx, SHOP, ORDER_ID))


def test_at_the_last_entry_it_says_what_the_case_itself_says(browser: Browser) -> None:
    browser.post(f"{browser.case}/note", text="Called them")
    now, then = browser.get(browser.case), browser.get(f"{browser.case}/at?seq={last(browser)}")
    assert told(then) == told(now)
    assert money(then) == money(now)
    causes = [re.findall(r'<p class="cause">(.*?)</p>', page) for page in (then, now)]
    assert causes[0] == causes[1] != []
    steps = r'<div class="what"><span>(.*?)</span><span class="badge (\w+)"'
    assert [s for s, _ in re.findall(steps, then)] == [s for s, _ in re.findall(steps, now)]


def test_every_stored_row_equals_the_timeline_folded_again(browser: Browser) -> None:
    browser.post(f"{browser.case}/approve", key=REFUND)
    with browser.db.write() as tx:
        work = Casework(tx, SHOP, 7, MONDAY)
        work.record([order_seen(name="#7"), purchase(purchase_id="Huanyu/T7")], by="store")
        Casework(tx, SHOP, 7, MONDAY + timedelta(days=8)).look()
    with browser.db.read() as tx:
        for order_id in (ORDER_ID, 7):
            entries = timelines.read(tx, SHOP, order_id)
            order = fold(entries)
            for stored in caselists.of_order(tx, SHOP, order_id):
                record = order.cases[stored["case_id"]]
                opened = record.opened
                terms = shops.terms_of(tx, SHOP, opened.terms_version)
                case = Case(
                    order, opened.situation, opened.purchase_id, terms, opened.line_ids, record
                )
                row = caselist.list_row(
                    order, record, None if case.closed else case, stored["updated_at"]
                )
                assert {name: stored[name] for name in row} == row


def test_an_earlier_moment_knows_only_what_was_known_then(browser: Browser) -> None:
    page = browser.get(f"{browser.case}/at?seq=2")
    assert "not opened yet" in page
    assert len(told(page)) == 2
    with browser.db.read() as tx:
        then = safety(fold(timelines.read(tx, SHOP, ORDER_ID)[:2]))
    assert then["reserved"] == 0
    assert money(page)[3] == "$0.00"
    assert money(browser.get(f"{browser.case}/at"))[3] == "$24.90"


def test_the_past_says_so_and_has_no_button_that_acts(browser: Browser) -> None:
    for seq in range(1, last(browser) + 1):
        page = browser.get(f"{browser.case}/at?seq={seq}")
        assert "You are looking at the past" in page
        assert 'method="post"' not in the_page_itself(page)


def test_a_slider_and_two_links_lead_through_time(browser: Browser) -> None:
    count = last(browser)
    middle = browser.get(f"{browser.case}/at?seq=2")
    assert f'type="range" name="seq" min="1" max="{count}" step="1" value="2"' in middle
    assert 'rel="prev" href="' + f'{browser.case}/at?seq=1"' in middle
    assert 'rel="next" href="' + f'{browser.case}/at?seq=3"' in middle
    assert 'rel="prev"' not in browser.get(f"{browser.case}/at?seq=1")
    assert 'rel="next"' not in browser.get(f"{browser.case}/at?seq={count}")


def test_a_moment_nobody_knows_is_the_last_one(browser: Browser) -> None:
    newest = told(browser.get(f"{browser.case}/at"))
    for odd in ("0", "-1", "99999", "nonsense", "²", "9" * 40):
        assert told(browser.get(f"{browser.case}/at?seq={odd}")) == newest


def test_another_shops_past_is_unknown(browser: Browser) -> None:
    case = browser.case
    browser.sign_in(OTHER, "Bob")
    browser.get(f"{case}/at", 404)
    browser.get(f"{case}/replay", 404)


# --- Replay ---------------------------------------------------------------------------------------


def test_under_the_terms_it_was_decided_by_nothing_would_differ(browser: Browser) -> None:
    page = browser.get(f"{browser.case}/replay")
    assert "Nothing would differ." in page


def test_under_other_terms_the_first_difference_is_shown_with_a_way_to_look(
    browser: Browser,
) -> None:
    with browser.db.write() as tx:
        changed = replace(Terms(), autonomy={"no_stock.refund": Autonomy.OFF})
        shops.publish(tx, SHOP, changed, MONDAY, author="Alice")
    page = browser.get(f"{browser.case}/replay")
    assert "The first difference" in page
    assert "refund $24.90" in page.lower()
    look = re.search(r'href="([^"]*/at\?seq=\d+)"', page)
    assert look is not None
    browser.get(look[1])


def test_replaying_changes_nothing(browser: Browser) -> None:
    before = last(browser)
    browser.get(f"{browser.case}/replay")
    assert last(browser) == before
    assert browser.row(REFUND).state == "asked"
