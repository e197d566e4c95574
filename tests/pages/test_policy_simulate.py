"""What would this have done? Shown before anything is published, and nothing is sent."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from plugin import timeline as t
from plugin import trial
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.store import outbox, tables
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import OTHER, REFUND, Browser
from tests.pages.test_policy import policy_form
from tests.story import SHIP_BY, order_seen, purchase

DAY = timedelta(days=1)


def plain(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture
def late(browser: Browser, clock: Clock) -> Browser:
    """A second order, a day and a half late and not yet urged."""
    with browser.db.write() as tx:
        work = Casework(tx, SHOP, 1002, MONDAY)
        work.record([order_seen(name="#1002")], by="store")
        work.record([purchase(purchase_id="Huanyu/T2", reference="T2")], by="import")
    clock.turn_to(SHIP_BY + DAY * 3 / 2)
    return browser


def counts(browser: Browser) -> list[int]:
    with browser.db.read() as tx:
        return [
            tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (tables.events, tables.outbox, tables.terms, tables.cases)
        ]


def test_a_changed_number_shows_what_it_would_have_done_and_to_which_order(late: Browser) -> None:
    before = counts(late)
    page = late.post("/policy/simulate", 200, **{**policy_form(late), "urge_supplier": "1"})
    said = plain(page)
    assert "2 orders had news." in said
    assert re.search(r"Cases opened 1 → 2 1 more", said)
    assert re.search(r"Suppliers urged 0 → 1 1 more", said)
    assert 'href="/orders/1002"' in page
    assert f'href="/orders/{ORDER_ID}"' not in page
    assert "Urge the supplier: before: 2 days → 1 days" in said
    assert counts(late) == before


def test_the_form_is_kept_and_can_be_published_from_there(late: Browser) -> None:
    page = late.post("/policy/simulate", 200, **{**policy_form(late), "urge_supplier": "1"})
    assert re.search(r'name="urge_supplier"[^>]*value="1"', page)
    assert 'data-dirty="yes"' in page


def test_money_is_shown_per_currency_and_by_whose_word(browser: Browser) -> None:
    form = {**policy_form(browser), "no_stock.refund": "auto"}
    form |= {"per_refund": "100", "per_day": "500"}
    said = plain(browser.post("/policy/simulate", 200, **form))
    assert re.search(r"Refunds that go by themselves 0 → 1 1 more \+\$24\.90", said)
    assert re.search(r"Refunds that wait for your word 1 → 0 1 fewer −\$24\.90", said)
    assert browser.row(REFUND).state == "asked"


def test_a_cap_that_holds_the_money_back_is_seen(browser: Browser) -> None:
    form = {**policy_form(browser), "no_stock.refund": "auto"}
    said = plain(
        browser.post("/policy/simulate", 200, **{**form, "per_refund": "5", "per_day": "5"})
    )
    assert re.search(r"Steps held back[^→]* 0 → 1", said)


def test_the_same_form_changes_nothing(browser: Browser) -> None:
    said = plain(browser.post("/policy/simulate", 200, **policy_form(browser)))
    assert "Nothing would have been different." in said
    assert "says the same as the version in force" in said


def test_a_bad_number_is_named_and_kept(browser: Browser) -> None:
    form = {**policy_form(browser), "urge_supplier": "soon"}
    page = browser.post("/policy/simulate", 422, **form)
    assert 'id="wrong-urge_supplier"' in page
    assert 'value="soon"' in page


def test_a_page_that_stays_gets_only_the_outcome(browser: Browser) -> None:
    headers = {"HX-Request": "true", "Sec-Fetch-Site": "same-origin"}
    form = policy_form(browser)
    answer = browser.client.post("/policy/simulate", data=form, headers=headers)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<html" not in text
    assert "On your last 30 days" in text
    bad = browser.client.post(
        "/policy/simulate", data={**form, "urge_supplier": "x"}, headers=headers
    )
    assert bad.status_code == 422
    assert "Urge the supplier" in bad.get_data(as_text=True)


def test_more_orders_than_can_be_looked_at_are_cut_and_that_is_said(
    late: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "MOST_ORDERS", 1)
    said = plain(late.post("/policy/simulate", 200, **policy_form(late)))
    assert "1 order had news." in said
    assert "There were more" in said


def test_orders_without_news_and_those_of_others_are_left_out(
    browser: Browser, clock: Clock
) -> None:
    with browser.db.write() as tx:
        Casework(tx, OTHER, 7001, MONDAY).record([order_seen(name="#B7")], by="store")
    clock.turn_to(MONDAY + 31 * DAY)
    said = plain(browser.post("/policy/simulate", 200, **policy_form(browser)))
    assert "No order had news in the last 30 days." in said
    assert "#B7" not in said


# --- Earned autonomy --------------------------------------------------------------------------


def approvals(browser: Browser, count: int, *, declined_after: bool = False) -> None:
    """Orders of the past whose refund was asked for and approved."""
    with browser.db.write() as tx:
        for n in range(count):
            at = MONDAY - timedelta(hours=count - n)
            work = Casework(tx, SHOP, 5000 + n, at)
            bought = purchase(purchase_id=f"Huanyu/P{n}", reference=f"P{n}")
            work.record([order_seen(name=f"#{5000 + n}"), bought], by="store")
            work.record([t.OutOfStockReported(f"Huanyu/P{n}")], by="supplier")
            outbox.approve(tx, SHOP, 5000 + n, REFUND, at)
            mine = (tables.outbox.c.order_id == 5000 + n) & (tables.outbox.c.key == REFUND)
            ended = {"state": "done", "settled_at": at}
            if declined_after and n == count - 1:
                ended = {"state": "refused", "settled_at": at, "why": "not this one"}
            tx.execute(sa.update(tables.outbox).where(mine).values(**ended))


CAP = {"per_refund": "100", "per_day": "500"}
OFFER = "in a row without changing anything"


def test_after_twenty_approvals_in_a_row_auto_is_offered_with_the_numbers(
    browser: Browser,
) -> None:
    browser.post("/policy", 303, **{**policy_form(browser), **CAP})
    approvals(browser, 20)
    page = browser.get("/policy")
    assert "20 times in a row" in plain(page)
    assert 'data-choose="no_stock.refund"' in page


def test_money_is_never_offered_without_a_cap(browser: Browser) -> None:
    approvals(browser, 20)
    assert OFFER not in browser.get("/policy")


@pytest.mark.parametrize(("count", "declined"), [(19, False), (21, True)])
def test_too_few_or_a_no_among_them_and_nothing_is_offered(
    browser: Browser, count: int, *, declined: bool
) -> None:
    browser.post("/policy", 303, **{**policy_form(browser), **CAP})
    approvals(browser, count, declined_after=declined)
    assert OFFER not in browser.get("/policy")


def test_what_goes_by_itself_already_is_not_offered(browser: Browser) -> None:
    browser.post("/policy", 303, **{**policy_form(browser), **CAP, "no_stock.refund": "auto"})
    approvals(browser, 20)
    assert OFFER not in browser.get("/policy")


def test_the_page_asks_as_many_questions_however_many_orders_there_are(browser: Browser) -> None:
    def questions() -> int:
        asked: list[str] = []

        def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        sa.event.listen(browser.db.engine, "before_cursor_execute", note)
        browser.get("/policy")
        sa.event.remove(browser.db.engine, "before_cursor_execute", note)
        return len(asked)

    few = questions()
    approvals(browser, 30)
    assert questions() == few
