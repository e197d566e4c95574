"""The inbox at work: the next step, lists of one's own, and one action for many cases."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from plugin import case_words, urgency
from plugin import timeline as t
from plugin.casework import Casework
from plugin.customer_reports import Told, report
from plugin.merchant import Click
from plugin.pages import roles
from plugin.pages.roles import Right
from plugin.store import caselists, outbox, shops, tables
from plugin.terms import Autonomy, Clause, Route, Situation, Terms
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import CANARY, OTHER, OWN, Browser
from tests.pages.test_listing import link, listed, out_of_stock, set_on
from tests.story import HUANYU, LAMP, line, order_seen, purchase, shipped

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PICK = re.compile(r'name="pick" value="([^"]+)"')


@pytest.fixture
def desk(browser: Browser) -> Browser:
    """Alice's desk with three refunds to approve beside the first: $30.00, $30.01, $30.02."""
    out_of_stock(browser.db, range(3000, 3003))
    return browser


def ids(browser: Browser, *numbers: str) -> list[str]:
    with browser.db.read() as tx:
        rows = tx.execute(sa.select(tables.cases.c.number, tables.cases.c.case_id))
        found = {row.number: row.case_id for row in rows}
    return [found[number] for number in numbers]


def row(browser: Browser, number: str) -> dict[str, object]:
    with browser.db.read() as tx:
        found = caselists.one(tx, SHOP, *ids(browser, number))
    assert found is not None
    return found


def state(browser: Browser, order_id: int) -> str:
    with browser.db.read() as tx:
        found = outbox.by_key(tx, SHOP, order_id, f"refund:{order_id}:1")
    assert found is not None
    return found.state


def bulk(browser: Browser, do: str, *numbers: str, **more: str) -> str:
    return browser.post("/cases/bulk", 200, do=do, case=ids(browser, *numbers), **more)


def confirm(browser: Browser, do: str, preview: str, **more: str) -> str:
    return browser.post("/cases/bulk/confirm", 200, do=do, pick=PICK.findall(preview), **more)


# --- One row --------------------------------------------------------------------------------------


def test_a_row_says_whose_it_is_and_names_the_amount_on_its_button(desk: Browser) -> None:
    page = desk.get("/cases?q=3001")
    for said in ("Ann Lee3001", "#3001", "Refund $30.01", "Italy", "No stock"):
        assert said in page, said
    assert f'href="/cases/{ids(desk, "#3001-1")[0]}#next"' in page


def test_nothing_from_outside_is_read_as_markup(desk: Browser) -> None:
    page = desk.client.get("/cases", query_string={"q": CANARY, "supplier": CANARY})
    assert "<x onx" not in page.get_data(as_text=True)
    assert "<x onx" not in desk.get("/cases")


@pytest.mark.parametrize("language", ["en", "it", "zh"])
def test_every_text_of_the_inbox_is_known(desk: Browser, language: str) -> None:
    pages = [desk.get(f"/cases?lang={language}&problem=no_stock"), bulk(desk, "approve", "#3000-1")]
    pages.append(confirm(desk, "approve", pages[1]))
    for page in pages:
        assert not re.findall(r"\b(?:inbox|bulk|col|field)\.(?!js)[a-z_]+", page)


# --- Lists of one's own ---------------------------------------------------------------------------


def test_a_list_is_saved_shown_as_a_tab_and_deleted(desk: Browser) -> None:
    desk.post("/views", view_name="Italian damage", query="problem=damaged&country=IT&evil=1")
    page = desk.get("/cases?problem=damaged&country=IT")
    link_to_it = 'href="/cases?problem=damaged&amp;country=IT" aria-current="true"'
    tab = f"{link_to_it}>Italian damage <small>0<"
    assert tab in page
    (view_id,) = re.findall(r'action="/views/([^/]+)/drop"', page)
    desk.post(f"/views/{view_id}/drop")
    assert "Italian damage" not in desk.get("/cases")


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_a_list_needs_a_name_that_fits(desk: Browser, name: str) -> None:
    page = desk.post("/views", 422, view_name=name, query="problem=damaged")
    assert "Name of the list" in page


def test_another_shops_lists_are_neither_seen_nor_deleted(desk: Browser) -> None:
    desk.post("/views", view_name="Mine", query="problem=damaged")
    page = desk.get("/cases?problem=damaged")
    (view_id,) = re.findall(r'action="/views/([^/]+)/drop"', page)
    desk.sign_in(OTHER, "Bob")
    assert "Mine" not in desk.get("/cases")
    desk.post(f"/views/{view_id}/drop")
    desk.sign_in()
    assert "Mine" in desk.get("/cases")


# --- Approving many -------------------------------------------------------------------------------


def test_a_preview_tells_each_row_and_the_sum_and_changes_nothing(desk: Browser) -> None:
    page = bulk(desk, "approve", "#3000-1", "#3001-1")
    assert "Refund $30.00 to the customer" in page
    assert "$60.01" in page
    assert (state(desk, 3000), state(desk, 3001)) == ("asked", "asked")


def test_what_is_confirmed_is_done_row_by_row_and_once(desk: Browser) -> None:
    preview = bulk(desk, "approve", "#3000-1", "#3001-1")
    assert "2 done, 0 not" in confirm(desk, "approve", preview)
    assert (state(desk, 3000), state(desk, 3001)) == ("planned", "planned")
    again = confirm(desk, "approve", preview)
    assert "0 done, 2 not" in again
    assert "Alice, 2 Nov 2026" in again, "who was first, and when"


def test_one_row_that_has_changed_meanwhile_leaves_the_others_alone(desk: Browser) -> None:
    preview = bulk(desk, "approve", "#3000-1", "#3001-1")
    desk.post(f"/cases/{ids(desk, '#3000-1')[0]}/decline", key="refund:3000:1")
    assert "1 done, 1 not" in confirm(desk, "approve", preview)
    assert (state(desk, 3000), state(desk, 3001)) == ("refused", "planned")


def test_two_currencies_are_never_added(desk: Browser) -> None:
    with desk.db.write() as tx:
        work = Casework(tx, SHOP, 4000, MONDAY)
        seen = order_seen(line(4000), name="#4000", currency="EUR")
        work.record([seen, t.OutOfStockReported("", (4000,))], by="store")
    page = bulk(desk, "approve", "#3000-1", "#4000-1")
    assert "<b>$30.00</b>" in page
    assert "<b>€24.90</b>" in page


def test_a_row_with_nothing_to_approve_is_refused_with_the_reason(desk: Browser) -> None:
    desk.post(f"/cases/{ids(desk, '#3000-1')[0]}/decline", key="refund:3000:1")
    with desk.db.read() as tx:
        kinds = {r.action for r in outbox.of_order(tx, SHOP, 3000) if r.state == "asked"}
    page = bulk(desk, "approve", "#3000-1")
    assert PICK.findall(page) == []
    assert ("asks for a choice" if kinds else "waits for a word") in page


def test_a_reminder_is_only_sent_where_one_is_offered(desk: Browser) -> None:
    page = bulk(desk, "remind", "#3000-1")
    assert "not a reminder" in page
    forged = desk.post(
        "/cases/bulk/confirm", 200, do="remind", pick=f"{ids(desk, '#3000-1')[0]}|refund:3000:1"
    )
    assert "0 done, 1 not" in forged
    assert state(desk, 3000) == "asked"


def test_declining_many_keeps_the_reason(desk: Browser) -> None:
    preview = bulk(desk, "decline", "#3000-1", "#3001-1")
    assert "2 done" in confirm(desk, "decline", preview, why="talked on the phone")
    with desk.db.read() as tx:
        found = outbox.by_key(tx, SHOP, 3000, "refund:3000:1")
    assert found is not None
    assert (found.state, found.why) == ("refused", "talked on the phone")


def test_a_role_without_money_is_told_and_stopped(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roles, "RIGHTS", {"owner": frozenset({Right.VIEW, Right.WORK})})
    page = bulk(desk, "approve", "#3000-1")
    assert "your role may not approve" in page
    pick = f"{ids(desk, '#3000-1')[0]}|refund:3000:1"
    done = desk.post("/cases/bulk/confirm", 200, do="approve", pick=pick)
    assert "0 done, 1 not" in done
    desk.post(f"/cases/{ids(desk, '#3000-1')[0]}/approve", 403, key="refund:3000:1")
    assert state(desk, 3000) == "asked"


def test_money_and_goods_together_need_a_reason_and_are_left_to_the_case(desk: Browser) -> None:
    with desk.db.write() as tx:
        work = Casework(tx, SHOP, 1001, MONDAY)
        bought = purchase(purchase_id="Anhe/9", supplier="Anhe", reference="9", replacement=True)
        work.record([bought], by="import")
    page = bulk(desk, "approve", "#1001-1")
    assert "the money and the goods" in page
    pick = f"{ids(desk, '#1001-1')[0]}|refund:{LAMP}:1"
    forged = desk.post("/cases/bulk/confirm", 200, do="approve", pick=pick)
    assert "0 done, 1 not" in forged


def test_another_shops_cases_cannot_be_touched(desk: Browser) -> None:
    out_of_stock(desk.db, range(5000, 5001), OTHER)
    theirs = ids(desk, "#5000-1")[0]
    page = desk.post("/cases/bulk", 200, do="approve", case=[theirs, *ids(desk, "#3000-1")])
    assert "1 selected case was not found" in page
    pick = f"{theirs}|refund:5000:1"
    assert "0 done, 0 not" in desk.post("/cases/bulk/confirm", 200, do="approve", pick=pick)


def test_no_selection_and_too_large_a_selection_are_refused(desk: Browser) -> None:
    assert "select at least one" in desk.post("/cases/bulk", 422, do="approve")
    many = [f"00000000-0000-0000-0000-{n:012}" for n in range(201)]
    assert "at most 200 at once" in desk.post("/cases/bulk", 422, do="approve", case=many)
    desk.post("/cases/bulk", 422, do="refund_everybody", case=many[:1])


def test_a_foreign_page_cannot_send_the_form(desk: Browser) -> None:
    form = {"do": "approve", "case": ids(desk, "#3000-1")}
    answer = desk.client.post("/cases/bulk", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert desk.client.post("/cases/bulk", data=form, headers=OWN).status_code == 200


# --- Assigning and snoozing -----------------------------------------------------------------------


def test_cases_are_assigned_and_found_by_their_person(desk: Browser) -> None:
    preview = bulk(desk, "assign", "#3000-1", person="Alice")
    assert "Assign to Alice" in preview
    assert "1 done" in confirm(desk, "assign", preview, person="Alice")
    assert listed(desk.get("/cases?assignee=Alice")) == ["#3000-1"]
    bulk_form = {"do": "assign", "person": "Mallory", "case": ids(desk, "#3000-1")}
    assert desk.client.post("/cases/bulk", data=bulk_form, headers=OWN).status_code == 422


def test_a_snoozed_case_leaves_the_list_until_its_day(desk: Browser) -> None:
    preview = bulk(desk, "snooze", "#3000-1", until="2026-11-04")
    assert "1 done" in confirm(desk, "snooze", preview, until="2026-11-04")
    assert "#3000-1" not in listed(desk.get("/cases?status=needs_you"))
    assert "Snoozed until 4 Nov 2026" in desk.get("/cases?q=3000")
    set_on(desk, "#3000-1", snoozed_until=MONDAY - HOUR)
    assert "#3000-1" in listed(desk.get("/cases?status=needs_you"))


def test_a_deadline_that_passes_ends_a_snooze(desk: Browser) -> None:
    set_on(desk, "#3000-1", snoozed_until=MONDAY + 9 * DAY, deadline=MONDAY - HOUR)
    assert "#3000-1" in listed(desk.get("/cases?status=needs_you"))
    with desk.db.write() as tx:
        Casework(tx, SHOP, 3000, MONDAY).look()
    assert row(desk, "#3000-1")["snoozed_until"] is None


@pytest.mark.parametrize("until", ["", "soon", "2026-11-02", "2028-01-01", "9999-12-31"])
def test_a_day_nobody_can_snooze_to_is_named(desk: Browser, until: str) -> None:
    page = desk.post("/cases/bulk", 422, do="snooze", until=until, case=ids(desk, "#3000-1"))
    assert 'id="wrong-until"' in page
    assert "checked" in page, "the selection is kept"


# --- The file -------------------------------------------------------------------------------------


def test_the_ticked_rows_or_the_whole_list_come_as_a_file(desk: Browser) -> None:
    def rows(path: str, **form: object) -> list[dict[str, str]]:
        text = desk.post(path, 200, **form).removeprefix("\ufeff")
        return list(csv.DictReader(io.StringIO(text)))

    (one,) = rows("/cases/export", case=ids(desk, "#3001-1"))
    assert (one["case"], one["at_risk"], one["currency"]) == ("#3001-1", "30.01", "USD")
    assert len(rows("/cases/export")) == 4
    assert len(rows("/cases/export?q=3002")) == 1


def test_a_cell_cannot_become_a_formula(desk: Browser) -> None:
    set_on(desk, "#3001-1", supplier="=1+1")
    assert "'=1+1" in desk.post("/cases/export", 200, case=ids(desk, "#3001-1"))


# --- Words ----------------------------------------------------------------------------------------


def test_a_customer_can_be_forgotten_and_the_order_still_found(desk: Browser) -> None:
    with desk.db.write() as tx:
        case_words.forget(tx, SHOP, 3001)
    assert listed(desk.get("/cases?q=lee3001")) == []
    assert listed(desk.get("/cases?q=ann.3001")) == []
    assert listed(desk.get("/cases?q=3001")) == ["#3001-1"]


def test_a_new_word_is_added_and_an_old_one_taken_away(desk: Browser) -> None:
    with desk.db.write() as tx:
        renamed = order_seen(line(3001), name="#3001-B", version=MONDAY + HOUR)
        Casework(tx, SHOP, 3001, MONDAY).record([renamed], by="store")
    assert listed(desk.get("/cases?q=3001-b")) == ["#3001-1"]
    with desk.db.read() as tx:
        words = caselists.words_of(tx, SHOP, ids(desk, "#3001-1"))
    assert "#3001" not in words[ids(desk, "#3001-1")[0]]


# --- Urgency --------------------------------------------------------------------------------------


def place(minor: int, days: float, currency: str = "USD", **more: bool) -> float:
    return urgency.urgency(
        needs_you=more.get("needs_you", False),
        at_risk=(minor, currency),
        owed=(0, ""),
        deadline=MONDAY + days * DAY,
        opened_at=MONDAY,
    )


def test_more_money_and_less_time_come_first() -> None:
    assert place(20_00, 3) > place(10_00, 3)
    assert place(20_00, 2) > place(20_00, 3)
    assert place(200_00, 6) > place(20_00, 0), "ten times the money outweighs 6 days"
    assert place(200_00, 8) < place(20_00, 0), "but not 8"


def test_amounts_in_other_currencies_are_weighed_not_compared_by_their_digits() -> None:
    assert place(3000, 3, "JPY") < place(30_00, 3, "USD")
    assert place(1, 3, "???") > 0 - 10**6, "a code nobody knows keeps no case from its place"


def test_who_is_needed_comes_first_and_what_is_closed_last() -> None:
    small, large = place(1, 3000, needs_you=True), place(10**12, -30)
    assert small > large > urgency.urgency_of_closed(MONDAY + 3000 * DAY)
    assert urgency.urgency_of_closed(MONDAY + DAY) > urgency.urgency_of_closed(MONDAY)


def test_the_next_page_of_a_search_keeps_the_words(desk: Browser) -> None:
    out_of_stock(desk.db, range(6000, 6060))
    assert "q=ann&after=" in link(desk.get("/cases?q=ann"), "next")


# --- What was handed on is written down -----------------------------------------------------------


def test_giving_a_case_to_somebody_is_in_its_timeline_and_in_the_log(browser: Browser) -> None:
    browser.post(f"{browser.case}/assign", person="Alice")
    browser.post(f"{browser.case}/assign", person="Alice")
    page = browser.get(browser.case)
    assert page.count("Case #1001-1 given to Alice.") == 1, "said once, however often clicked"
    assert "Case #1001-1 given to Alice." in browser.get("/audit")
    browser.post(f"{browser.case}/assign", person="-")
    assert "given to nobody in particular" in browser.get(browser.case)
    browser.post(f"{browser.case}/assign", 422, person="Mallory")


def test_putting_a_case_off_is_written_down_and_so_is_taking_it_up_again(browser: Browser) -> None:
    until = (MONDAY + timedelta(days=3)).date().isoformat()
    browser.post(f"{browser.case}/snooze", until=until)
    page = browser.get(browser.case)
    assert "Case #1001-1 put off until" in page
    assert "Snoozed until" in page
    assert "put off until" in browser.get("/audit")
    browser.post(f"{browser.case}/wake")
    assert "Case #1001-1 taken up again." in browser.get(browser.case)
    browser.post(f"{browser.case}/snooze", 422, until="yesterday")


def test_a_closed_case_is_not_put_off(browser: Browser) -> None:
    with browser.db.write() as tx:
        tx.execute(sa.update(tables.cases).values(closed_at=MONDAY))
    until = (MONDAY + timedelta(days=3)).date().isoformat()
    assert "is closed" in browser.post(f"{browser.case}/snooze", 409, until=until)


def test_many_at_once_leave_an_entry_each(browser: Browser) -> None:
    pick = f"{browser.case.rpartition('/')[2]}|"
    browser.post("/cases/bulk/confirm", 200, do="assign", person="Alice", pick=pick)
    until = (MONDAY + timedelta(days=3)).date().isoformat()
    browser.post("/cases/bulk/confirm", 200, do="snooze", until=until, pick=pick)
    log = browser.get("/audit")
    assert "given to Alice" in log
    assert "put off until" in log


def test_a_case_says_where_its_parcel_is(browser: Browser) -> None:
    assert listed(browser.get("/cases?leg=domestic")) == ["#1001-1"]
    with browser.db.write() as tx:
        Casework(tx, SHOP, ORDER_ID, MONDAY).record(
            [t.RouteLearned(HUANYU, Route.INTERNATIONAL)], by="supplier"
        )
    assert listed(browser.get("/cases?leg=domestic")) == []
    page = browser.get("/cases?leg=international")
    assert listed(page) == ["#1001-1"]
    assert 'class="chip"' in page


def test_asking_for_proof_takes_no_other_step_along(browser: Browser) -> None:
    with browser.db.write() as tx:
        asking = replace(Terms(), autonomy={f"damaged.{Clause.LETTER}": Autonomy.ASK})
        shops.publish(tx, SHOP, asking, MONDAY, author="Alice")
        work = Casework(tx, SHOP, 4000, MONDAY)
        work.record([order_seen(line(40), name="#4000")], by="store")
        bought = purchase(purchase_id="H/4", reference="4", lines=((40, 1),))
        work.record([bought, shipped(MONDAY, (40, 1))], by="import")
        who = Click(SHOP, 4000, "customer", MONDAY)
        report(tx, who, Told(Situation.DAMAGED, ((40, 1),), words="broken", once="4"))
    page = browser.post("/cases/bulk", 200, do="proof", case=ids(browser, "#4000-1", "#1001-1"))
    will, _, refused = page.partition("It does not wait to ask for proof")
    assert "#4000-1" in will
    assert refused
    assert "1 done" in confirm(browser, "proof", page)
