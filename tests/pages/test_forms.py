"""What people type by mistake, and what nobody types by mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plugin import timeline as t
from plugin.casework import Casework
from plugin.store import inbox, shops
from plugin.store.inbox import Inbox
from plugin.terms import Alternative
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import OWN, REFUND, Browser
from tests.pages.test_policy import policy_form, terms
from tests.story import HUANYU, LAMP, line, order_seen

PROPOSAL = f"resource:{LAMP}:1"
BEYOND = 2**63


def purchase_form(**changes: str) -> dict[str, str]:
    good = {
        "supplier": "Anhe", "reference": "A-7", "connection": "by_hand", "route": "domestic",
        "ordered_at": "2026-11-02", "ship_by": "2026-11-20", "cost": "99.00", "currency": "CNY",
        f"units_{LAMP}": "1",
    }  # fmt: skip
    return {**good, **changes}


# --- On either database ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", [f"/orders/{BEYOND}", f"/orders/{10**40}", "/cases/a%00b"])
def test_an_address_no_database_could_hold_is_not_found(
    browser_on_both: Browser, path: str
) -> None:
    browser_on_both.get(path, 404)


def test_a_parked_delivery_with_an_impossible_number_is_not_found(browser_on_both: Browser) -> None:
    browser_on_both.post(f"/parked/{BEYOND}", 404)


def test_characters_a_database_refuses_are_left_out(browser_on_both: Browser) -> None:
    browser = browser_on_both
    browser.post(f"{browser.case}/note", text="be\x00fore\x07")
    assert "before" in browser.get(browser.case)
    browser.post(f"{browser.case}/note", 422, text="\x00")
    browser.post(f"{browser.case}/approve", 409, key="a\x00b")
    browser.post(f"/orders/{ORDER_ID}/purchase", **purchase_form(supplier="An\x00he"))
    assert "Anhe" in browser.get(f"/orders/{ORDER_ID}")


def test_one_click_and_the_list_on_either_database(browser_on_both: Browser) -> None:
    browser = browser_on_both
    assert "#1001-1" in browser.get("/cases?risk=yes")
    browser.post(f"{browser.case}/approve", key=REFUND)
    assert "Alice" in browser.post(f"{browser.case}/approve", 409, key=REFUND)
    Inbox(browser.db).keep(
        source="shopify", shop=SHOP, delivery_id="d", topic="orders/paid", headers={}, body=b"?",
        received_at=MONDAY, state=inbox.PARKED, reason="id: missing",
    )  # fmt: skip
    assert "orders/paid" in browser.get("/parked")
    browser.post("/policy", **{**policy_form(browser), "urge_supplier": "1"})
    assert dict(terms(browser).deadlines) == {"urge_supplier": 1}


# --- A purchase -----------------------------------------------------------------------------------


def test_every_wrong_field_is_named_at_once_and_nothing_typed_is_lost(browser: Browser) -> None:
    page = browser.post(
        f"/orders/{ORDER_ID}/purchase",
        422,
        **purchase_form(supplier="", cost="9,90", ship_by="9999-12-31", replacement="yes"),
    )
    for field in ("supplier", "cost", "ship_by"):
        assert f'id="wrong-{field}"' in page
        assert f'aria-describedby="wrong-{field}"' in page
    for kept in ('value="9,90"', 'value="A-7"', 'value="yes" checked'):
        assert kept in page
    assert "A-7" not in browser.get(f"/orders/{ORDER_ID}")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ship_by", "0001-01-01"), ("ordered_at", "tomorrow"), ("ship_by", "2026-11-01"),
        ("cost", "999999999999999"), ("cost", "-1"), ("currency", "XXX"), ("cost", "1e9"),
    ],
)  # fmt: skip
def test_dates_and_amounts_beyond_reason_are_refused(
    browser: Browser, field: str, value: str
) -> None:
    browser.post(f"/orders/{ORDER_ID}/purchase", 422, **purchase_form(**{field: value}))


def test_the_day_it_was_ordered_is_kept(browser: Browser) -> None:
    browser.post(f"/orders/{ORDER_ID}/purchase", **purchase_form())
    with browser.db.write() as tx:
        bought = Casework(tx, SHOP, ORDER_ID, MONDAY).order.purchases["Anhe/A-7"]
    assert bought.ordered_at is not None
    assert bought.ordered_at.isoformat() == "2026-11-02T00:00:00+08:00"


# --- Cannot be had --------------------------------------------------------------------------------


def test_some_lines_of_a_purchase_cannot_be_had(browser: Browser) -> None:
    with browser.db.write() as tx:
        work = Casework(tx, SHOP, 1002, MONDAY)
        work.record([order_seen(line(31), line(32, title="Tea cup"), name="#1002")], by="store")
    form = purchase_form(**{"units_31": "1", "units_32": "1"})
    browser.post("/orders/1002/purchase", **form)
    browser.post("/orders/1002/no-stock", 422, purchase_id="Anhe/A-7", line_id="99")
    browser.post("/orders/1002/no-stock", 422, purchase_id="Nobody/1")
    browser.post("/orders/1002/no-stock", purchase_id="Anhe/A-7", line_id="32")
    with browser.db.write() as tx:
        (report,) = Casework(tx, SHOP, 1002, MONDAY).order.reports
    assert (report.purchase_id, report.line_ids) == ("Anhe/A-7", (32,))


def test_a_late_case_can_be_told_that_there_is_no_stock(browser: Browser) -> None:
    browser.post(f"{browser.case}/no-stock", message="sold out")
    with browser.db.write() as tx:
        order = Casework(tx, SHOP, ORDER_ID, MONDAY).order
    assert [r.purchase_id for r in order.reports] == [HUANYU, HUANYU]


# --- The interlock and the offer ------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "   ", "\x00"])
def test_an_empty_reason_is_no_reason(browser: Browser, reason: str) -> None:
    page = browser.post(
        f"{browser.case}/approve", 409, key=PROPOSAL, choice="replace", both_because=reason
    )
    assert 'id="wrong-both_because"' in page
    assert browser.row(PROPOSAL).state == "asked"


def test_an_offer_is_a_link_only_where_a_browser_may_follow_it(browser: Browser) -> None:
    bad = Alternative(0, "SKU-11", "Anhe <x onx=1>\"'{{7*7}}", "javascript:alert(1)", 9900, "CNY")
    with browser.db.write() as tx:
        shops.keep_alternative(tx, SHOP, bad)
    assert "javascript:" not in browser.get(browser.case)


def test_a_step_handed_over_can_be_said_to_be_done_but_never_money(browser: Browser) -> None:
    from plugin.store.tables import outbox

    draft = {"to": "bob@example.com", "subject": "Hello", "text_en": "Dear Bob"}
    with browser.db.write() as tx:
        handed = outbox.update().where(outbox.c.key.in_((PROPOSAL, REFUND)))
        tx.execute(handed.values(state="needs_person", why="no_postbox", draft=draft))
    page = browser.get(browser.case)
    assert "To bob@example.com" in page
    assert "I have seen to it" in page
    assert "I have refunded" not in page
    browser.post(f"{browser.case}/sent", 409, key=REFUND)
    browser.post(f"{browser.case}/sent", key=PROPOSAL)
    assert browser.row(PROPOSAL).state == "done"


@pytest.mark.parametrize(
    ("status", "said"), [("needs_response", "dispute is open"), ("lost", ""), ("won", None)]
)
def test_a_dispute_is_shown_beside_the_refund(
    browser: Browser, status: str, said: str | None
) -> None:
    with browser.db.write() as tx:
        seen = t.DisputeSeen(7, "chargeback", status)
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([seen], by="store")
    page = browser.get(browser.case)
    assert ("No refund goes out by itself" in page) is (said is not None)
    assert (said or "") in page


# --- Around a page --------------------------------------------------------------------------------


def test_a_refused_form_still_changes_its_language(browser: Browser) -> None:
    page = browser.post(f"{browser.case}/note", 422, text=" ")
    assert f'href="{browser.case}?lang=it"' in page
    browser.get(f"{browser.case}?lang=it")


def test_an_address_passes_only_its_own_filters_on(browser: Browser) -> None:
    page = browser.get("/cases?status=needs_you&_scheme=javascript&_external=1&_anchor=x")
    assert 'href="/cases?status=needs_you&amp;lang=it"' in page


def test_an_old_outage_is_not_spoken_of_for_ever(browser: Browser) -> None:
    from plugin.store import ticks

    with browser.db.write() as tx:
        ticks.was_away(tx, "clocks", MONDAY - timedelta(days=3), MONDAY - timedelta(days=2), 3)
        ticks.ticked(tx, "clocks", MONDAY)
    assert "came due" not in browser.get("/status")


def test_dates_are_written_as_each_language_writes_them(browser: Browser) -> None:
    browser.get("/cases?lang=zh")
    assert "2026年11月2日" in browser.get(browser.case)


def test_a_stranger_cannot_pass_a_case_off_as_his(browser: Browser) -> None:
    answer = browser.client.post(f"{browser.case}/approve", data={"key": REFUND, "shop": "x"})
    assert answer.status_code == 403
    assert browser.client.get("/cases/", headers=OWN).status_code == 404
