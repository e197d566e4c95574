"""The first page: what needs somebody, watching only, and the steps of the beginning."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from plugin import timeline as t
from plugin import watching
from plugin.actions import Topic
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.notices import notice
from plugin.setup_guide import preset
from plugin.store import backfills, caselists, outbox, shops, tables, ticks
from plugin.terms import Autonomy, Cap, Clause, Situation, Terms
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import OTHER, REFUND, Browser
from tests.story import order_seen, purchase

DAY = timedelta(days=1)


def shop(browser: Browser) -> shops.Shop:
    with browser.db.read() as tx:
        found = shops.find(tx, SHOP)
    assert found is not None
    return found


def change(browser: Browser, **values: object) -> None:
    with browser.db.write() as tx:
        shops.change(tx, SHOP, **values)


def test_each_figure_leads_to_the_rows_behind_it(browser: Browser) -> None:
    page = browser.get("/")
    assert 'href="/cases?status=needs_you">1 case needs you' in page
    assert 'href="/cases?risk=yes">$24.90 at risk' in page
    assert "#1001-1" in page


def test_a_shop_where_nothing_is_wrong_is_told_so(browser: Browser) -> None:
    with browser.db.write() as tx:
        tx.execute(tables.cases.update().values(status="waiting"))
    assert "Nothing needs you" in browser.get("/")
    with browser.db.write() as tx:
        tx.execute(tables.cases.delete())
    page = browser.get("/")
    assert "Nothing has gone wrong" in page
    assert "1 order is watched" in page


def test_the_number_of_queries_does_not_grow_with_the_shop(browser: Browser) -> None:
    from sqlalchemy import event

    counted: list[str] = []
    engine = browser.db._reader
    event.listen(engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    browser.get("/")
    assert len(counted) < 25


# --- Watching only --------------------------------------------------------------------------------


def test_while_watching_nothing_is_claimed_and_every_page_says_so(browser: Browser) -> None:
    change(browser, watching=True)
    with browser.db.write() as tx:
        assert outbox.claim(tx, MONDAY + DAY, limit=10) == []
        assert outbox.ready_count(tx, MONDAY + DAY) == 0
    assert "Nothing goes out" in browser.get("/")
    assert "Watching only" in browser.get("/cases")


def test_before_switching_on_it_says_what_would_go_out(browser: Browser) -> None:
    change(browser, watching=True)
    page = browser.get("/")
    with browser.db.read() as tx:
        would = watching.would_go(tx, SHOP)
    assert sum(would.values()) > 0
    for count in would.values():
        assert f"{count} ×" in page


def test_what_is_stale_asks_first_when_it_is_switched_on(browser: Browser) -> None:
    change(browser, watching=True)
    with browser.db.read() as tx:
        going = watching.would_go(tx, SHOP)
    flags = {kind: count for kind, count in going.items() if kind in outbox.CAN_WAIT}
    planned = sum(going.values()) - sum(flags.values())
    assert watching.switch_on(browser.db, SHOP, MONDAY + 2 * DAY) == planned
    assert not shop(browser).watching
    with browser.db.read() as tx:
        assert watching.would_go(tx, SHOP) == flags, "what says how things stand is never stale"
        assert outbox.counts(tx, SHOP)["asked"] >= planned


def test_what_is_fresh_goes_out_when_it_is_switched_on(browser: Browser) -> None:
    change(browser, watching=True)
    browser.post("/watching", on="yes")
    assert not shop(browser).watching
    with browser.db.read() as tx:
        assert watching.would_go(tx, SHOP)


def test_it_can_be_switched_back(browser: Browser) -> None:
    browser.post("/watching", on="no")
    assert shop(browser).watching


# --- The steps of the beginning -------------------------------------------------------------------


def test_steps_are_done_skipped_and_taken_up_again(browser: Browser) -> None:
    assert "0 of 4 steps" in browser.get("/")
    browser.post("/setup/connect", word="skip")
    browser.post("/setup/policy", word="done")
    assert "2 of 4 steps" in browser.get("/")
    browser.post("/setup/connect", word="again")
    assert "1 of 4 steps" in browser.get("/")


def test_they_can_be_hidden_and_brought_back(browser: Browser) -> None:
    browser.post("/setup/dismissed")
    assert "of 4 steps" not in browser.get("/")
    browser.post("/setup/dismissed", word="again")
    assert "of 4 steps" in browser.get("/")


@pytest.mark.parametrize(("step", "word"), [("nothing", "done"), ("policy", "nonsense")])
def test_a_step_that_is_none_is_not_found(browser: Browser, step: str, word: str) -> None:
    browser.post(f"/setup/{step}", 404, word=word)


def test_how_far_it_goes_is_a_new_version_of_the_terms(browser: Browser) -> None:
    browser.post("/setup-levels", preset="suggest", currency="USD")
    with browser.db.read() as tx:
        terms = shops.terms_of(tx, SHOP, shop(browser).terms_version)
    assert terms.goes(Situation.LATE_SHIPMENT, Clause.URGE) is Autonomy.ASK
    assert "1 of 4 steps" in browser.get("/")


def test_money_by_itself_needs_its_limits(browser: Browser) -> None:
    page = browser.post("/setup-levels", 422, preset="all", currency="USD")
    assert "aria-invalid" in page
    browser.post("/setup-levels", preset="all", currency="USD", per_refund="20", per_day="100")
    with browser.db.read() as tx:
        terms = shops.terms_of(tx, SHOP, shop(browser).terms_version)
    assert terms.cap == Cap(2000, 10000, "USD")
    assert terms.goes(Situation.NO_STOCK, Clause.REFUND) is Autonomy.AUTO
    assert terms.goes(Situation.DAMAGED, Clause.REMEDY) is Autonomy.ASK, "a choice stays one"


def test_no_preset_moves_money_without_a_cap() -> None:
    for name in ("suggest", "words"):
        made = preset(Terms(), name, Cap(1, 1, "USD"))
        assert made.cap is None
        assert made.goes(Situation.NO_STOCK, Clause.REFUND) is Autonomy.ASK


# --- The shop's past ------------------------------------------------------------------------------


def test_the_reading_of_the_past_is_seen_as_it_goes(browser: Browser) -> None:
    with browser.db.write() as tx:
        backfills.begin(tx, SHOP, MONDAY - 60 * DAY, MONDAY)
        backfills.change(tx, SHOP, done=120)
    assert "120 so far" in browser.get("/")
    with browser.db.write() as tx:
        backfills.change(tx, SHOP, total=480)
    page = browser.get("/")
    assert "120 of 480" in page
    assert '<progress id="backfill" max="480" value="120">' in page
    assert 'hx-trigger="every 2s"' in browser.get("/backfill")
    with browser.db.write() as tx:
        backfills.change(tx, SHOP, state="done", finished_at=MONDAY)
    line = browser.get("/backfill")
    assert "120 orders" in line
    assert "hx-trigger" not in line
    assert 'href="/"' in line


def test_the_past_that_was_read_is_old_news_a_day_later(browser: Browser, clock: Clock) -> None:
    with browser.db.write() as tx:
        backfills.begin(tx, SHOP, MONDAY - 60 * DAY, MONDAY)
        backfills.change(tx, SHOP, state="done", finished_at=MONDAY)
    assert "were read" in browser.get("/")
    clock.turn_to(MONDAY + DAY)
    assert "were read" not in browser.get("/")


def test_the_refund_that_was_asked_is_still_asked_after_watching(browser: Browser) -> None:
    change(browser, watching=True)
    watching.switch_on(browser.db, SHOP, MONDAY + 3 * DAY)
    assert browser.row(REFUND).state == "asked"
    with browser.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID, MONDAY + 3 * DAY)
        assert [e for e in work.entries if isinstance(e.what, t.Held)]


# --- After an outage, and in the morning ----------------------------------------------------------


def missed(browser: Browser, until: datetime) -> None:
    """The app comes back at a moment, and takes up what came due."""
    with browser.db.write() as tx:
        work = Casework(tx, SHOP, ORDER_ID + 1, MONDAY)
        work.record(
            [
                replace(order_seen(), name="#1002"),
                purchase(purchase_id="Huanyu/T2", reference="T2"),
            ],
            by="store",
        )
        late = Casework(tx, SHOP, ORDER_ID + 1, until).look()
        assert late.late
        ticks.was_away(tx, "clocks", MONDAY, until, late.late)


def test_after_an_outage_it_says_what_was_missed_and_what_became_of_it(
    browser: Browser, clock: Clock
) -> None:
    missed(browser, MONDAY + 20 * DAY)
    clock.turn_to(MONDAY + 20 * DAY + timedelta(hours=1))
    page = browser.get("/")
    assert "While the app was away" in page
    assert "#1002-1" in page
    clock.turn_to(MONDAY + 22 * DAY)
    assert "While the app was away" not in browser.get("/"), "a day later it is old news"


def test_another_shop_hears_nothing_of_it(browser: Browser, clock: Clock) -> None:
    missed(browser, MONDAY + 20 * DAY)
    clock.turn_to(MONDAY + 20 * DAY)
    browser.sign_in(OTHER)
    assert "While the app was away" not in browser.get("/")


def test_a_case_that_is_put_off_is_not_counted_as_its_list_does_not_show_it(
    browser: Browser, clock: Clock
) -> None:
    case_id = browser.case.removeprefix("/cases/")
    with browser.db.write() as tx:
        caselists.snooze(tx, SHOP, case_id, MONDAY + DAY)
    assert "0 cases need you" in browser.get("/")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"email": "a@example.com"}, "No mail is set up"),
        ({"email": ""}, "No mail is set up"),
    ],
)
def test_it_does_not_promise_a_letter_nobody_can_send(
    browser: Browser, values: dict[str, str], said: str
) -> None:
    change(browser, **values)
    assert said in browser.get("/")


def test_a_stale_line_about_the_whole_shop_is_left_out(browser: Browser) -> None:
    change(browser, watching=True)
    with browser.db.write() as tx:
        notice(tx, SHOP, Topic.MISSED_CLOCKS, "then", {"missed": 1}, MONDAY)
    watching.switch_on(browser.db, SHOP, MONDAY + 2 * DAY)
    with browser.db.read() as tx:
        row = outbox.by_key(tx, SHOP, 0, "tell:missed_clocks:then")
    assert row is not None
    assert row.state == "refused"


def test_what_a_person_said_yes_to_while_watching_needs_no_second_word(browser: Browser) -> None:
    change(browser, watching=True)
    with browser.db.write() as tx:
        assert outbox.approve(tx, SHOP, ORDER_ID, REFUND, MONDAY + 3 * DAY)
    watching.switch_on(browser.db, SHOP, MONDAY + 3 * DAY)
    assert browser.row(REFUND).state == "planned"
