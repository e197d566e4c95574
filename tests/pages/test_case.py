"""A case's page: the next step, what follows without it, the timeline, money and people."""

from __future__ import annotations

import re
from datetime import timedelta

import sqlalchemy as sa

from plugin import timeline as t
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.customer import Customer
from plugin.store import chain, members, outbox, shops, tables, timelines
from plugin.terms import Situation
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import CANARY, OTHER, REFUND, Browser, the_page_itself
from tests.story import HUANYU, LAMP, line, order_seen, purchase


def card(page: str, name: str) -> str:
    """One card of the page, by its id."""
    found = re.search(rf'<section class="card" id="{name}">.*?</section>', page, re.DOTALL)
    assert found is not None, name
    return found[0]


def paid(browser: Browser) -> None:
    """The refund is approved and made."""
    browser.post(f"{browser.case}/approve", key=REFUND)
    with browser.db.write() as tx:
        row = outbox.by_key(tx, SHOP, ORDER_ID, REFUND)
        assert row is not None
        outbox.claim(tx, MONDAY, limit=9, per_shop=9)
        row = outbox.by_key(tx, SHOP, ORDER_ID, REFUND)
        assert row is not None
        assert outbox.done(tx, row, MONDAY, remote_id="1", minor=2490)
        event = t.ActionDone(REFUND, "1", 2490, "USD")
        Casework(tx, SHOP, ORDER_ID, MONDAY).settle(row, event, by="app")


# --- What is next, and what follows without it ----------------------------------------------------


def test_the_page_has_one_primary_button_and_the_rest_under_more_actions(browser: Browser) -> None:
    page = browser.get(browser.case)
    assert len(re.findall(r'class="[^"]*\bprimary\b', page)) == 1
    more = page[page.index('id="more"') : page.index("</details>")]
    assert f"{browser.case}/at" in more
    assert f"{browser.case}/replay" in more
    assert f"{browser.case}/decline" in more


def test_a_viewer_gets_no_button_that_would_be_refused(browser: Browser) -> None:
    with browser.db.write() as tx:
        members.add(tx, SHOP, "o@example.com", "owner", MONDAY, by="Alice")
        members.add(tx, SHOP, "v@example.com", "viewer", MONDAY, by="Alice")
        members.add(tx, SHOP, "a@example.com", "agent", MONDAY, by="Alice")
    case = browser.case
    browser.sign_in(person="v@example.com")
    assert 'method="post"' not in the_page_itself(browser.get(case))
    browser.sign_in(person="a@example.com")
    page = browser.get(case)
    assert f"{case}/approve" not in page
    assert f"{case}/note" in page
    assert "somebody who may approve money" in page


def test_without_anybody_nothing_goes_out_and_the_page_says_so(browser: Browser) -> None:
    page = browser.get(browser.case)
    assert "If nothing is done:" in page
    assert "waits for your word" in page
    assert "$24.90 of the customer’s money stays at risk" in page


def test_a_running_clock_says_what_the_app_will_do_by_itself_or_ask(
    browser: Browser, clock: Clock
) -> None:
    with browser.db.write() as tx:
        work = Casework(tx, SHOP, 7, MONDAY)
        work.record([order_seen(name="#7"), purchase(purchase_id="Huanyu/T7")], by="store")
        step = Casework(tx, SHOP, 7, MONDAY + timedelta(days=7)).look()
    clock.turn_to(MONDAY + timedelta(days=7, hours=1))
    page = browser.get(f"/cases/{step.opened[0]}")
    assert "If nothing is done:" in page
    assert re.search(r"the app does this by itself|you are asked", page)


# --- The timeline ---------------------------------------------------------------------------------


def test_the_timeline_is_newest_first_and_names_who_it_was(browser: Browser) -> None:
    browser.post(f"{browser.case}/note", text="Called them")
    page = browser.get(browser.case)
    numbers = [int(n) for n in re.findall(r'id="entry-(\d+)"', page)]
    assert numbers == sorted(numbers, reverse=True)
    for who in ("app", "store", "supplier", "person"):
        assert f'class="by {who}"' in page


def test_the_timeline_is_narrowed_by_a_link(browser: Browser) -> None:
    browser.post(f"{browser.case}/note", text="Called them")
    everything = browser.get(browser.case)
    assert f"{browser.case}?kind=notes#timeline" in everything
    notes = browser.get(f"{browser.case}?kind=notes")
    assert "Called them" in notes
    assert len(re.findall(r'id="entry-', notes)) == 1
    assert "Nothing of this kind" in browser.get(f"{browser.case}?kind=evidence")
    counts = len(re.findall(r'id="entry-', browser.get(f"{browser.case}?kind=nonsense")))
    assert counts == len(re.findall(r'id="entry-', everything))


def test_a_long_timeline_is_cut_with_a_link_to_the_rest(browser: Browser) -> None:
    with browser.db.write() as tx:
        notes = [t.NoteWritten(f"note {n}") for n in range(120)]
        Casework(tx, SHOP, ORDER_ID, MONDAY).record(notes, by="Alice")
    assert len(re.findall(r'id="entry-', browser.get(browser.case))) == 100
    whole = browser.get(f"{browser.case}?kind=notes&all=yes")
    assert len(re.findall(r'id="entry-', whole)) == 120


def test_a_message_that_went_out_can_be_read(browser: Browser) -> None:
    with browser.db.write() as tx:
        timelines.keep_customer(
            tx, SHOP, ORDER_ID, Customer(name="Bob", email="bob@example.com", language="en")
        )
    paid(browser)
    with browser.db.read() as tx:
        rows = outbox.of_order(tx, SHOP, ORDER_ID)
    letter = next(row for row in rows if row.action == "write_customer")
    with browser.db.write() as tx:
        outbox.claim(tx, MONDAY, limit=9, per_shop=9)
        row = outbox.by_key(tx, SHOP, ORDER_ID, letter.key)
        assert row is not None
        outbox.done(tx, row, MONDAY, remote_id="m", minor=0)
        Casework(tx, SHOP, ORDER_ID, MONDAY).settle(row, t.ActionDone(letter.key), by="app")
    page = browser.get(f"{browser.case}?kind=messages")
    message = re.search(r'<details class="message">.*?</details>', page, re.DOTALL)
    assert message is not None
    assert "Bob" in message[0]
    assert "$24.90" in message[0]
    assert "Written again from the record" in message[0]


def test_a_money_line_leads_to_its_entry_in_the_ledger(browser: Browser) -> None:
    paid(browser)
    page = browser.get(browser.case)
    entry = re.search(r'href="#ledger-(\d+)"[^>]*>[^<]*\$24\.90', page)
    assert entry is not None
    booked = card(page, "purses")
    assert f'id="ledger-{entry[1]}"' in booked
    assert "/recovery#out" in booked


def test_a_note_marks_members_it_speaks_to_and_nobody_else(browser: Browser) -> None:
    with browser.db.write() as tx:
        members.add(tx, SHOP, "anna@example.com", "owner", MONDAY, by="Alice", name="Anna Bo")
        members.add(tx, OTHER, "eve@example.com", "owner", MONDAY, by="Bob", name="Eve")
    browser.post(f"{browser.case}/note", text=f"@anna and @Anna Bo, not @eve or a@anna.it {CANARY}")
    page = browser.get(f"{browser.case}?kind=notes")
    assert re.findall(r"<mark>([^<]*)</mark>", page) == ["@anna", "@Anna Bo"]
    assert "<x onx" not in page
    assert "@eve" in page


def test_the_merchant_is_named_in_the_language_with_a_capital(browser: Browser) -> None:
    with browser.db.write() as tx:
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([t.NoteWritten("x")], by="merchant")
    assert re.search(r"</svg> Merchant</span>", browser.get(browser.case))
    assert re.search(r"</svg> Commerciante</span>", browser.get(f"{browser.case}?lang=it"))


# --- Refund safety --------------------------------------------------------------------------------


def test_checking_against_the_store_asks_for_the_order_to_be_read_again(browser: Browser) -> None:
    before = card(browser.get(browser.case), "safety")
    assert "Check against Shopify now" in before
    assert "Last word from Shopify" in before
    browser.post(f"{browser.case}/check")
    with browser.db.read() as tx:
        assert timelines.to_read(tx, limit=9) == [(SHOP, ORDER_ID)]
    after = card(browser.get(browser.case), "safety")
    assert "Shopify is being asked" in after
    assert "Check against Shopify now" not in after


def test_another_shops_order_cannot_be_checked(browser: Browser) -> None:
    case = browser.case
    browser.sign_in(OTHER, "Bob").post(f"{case}/check", 404)
    with browser.db.read() as tx:
        assert timelines.to_read(tx, limit=9) == []


def test_a_dispute_stands_in_the_panel(browser: Browser) -> None:
    with browser.db.write() as tx:
        event = t.DisputeSeen(1, "chargeback", "needs_response")
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([event], by="store")
    assert "needs response" in card(browser.get(browser.case), "safety")


def test_facts_of_the_store_that_are_old_are_marked(browser: Browser) -> None:
    with browser.db.write() as tx:
        old = MONDAY - timedelta(days=3)
        mine = tables.events.c.shop == SHOP
        with chain.opened(tx, SHOP):
            tx.execute(sa.update(tables.events).where(mine).values(at=old))
        timelines.set_head(tx, SHOP, ORDER_ID, read_at=old)
    assert "Old data" in card(browser.get(browser.case), "safety")


# --- Profit and loss, people, parcels -------------------------------------------------------------


def test_profit_and_loss_keeps_the_suppliers_currency_apart(browser: Browser) -> None:
    found = card(browser.get(browser.case), "profit")
    assert "$24.90" in found
    assert "-CN¥88.00" in found
    assert "no rate is known" in found
    assert "Least cost" not in found


def test_the_cheapest_way_out_is_marked_where_it_can_be_compared(browser: Browser) -> None:
    with browser.db.write() as tx:
        tx.execute(sa.delete(tables.alternatives))
        seen, bought = (
            order_seen(name="#8"),
            purchase(purchase_id="Huanyu/T8", cost_minor=1000, cost_currency="USD"),
        )
        work = Casework(tx, SHOP, 8, MONDAY)
        work.record([seen, bought], by="store")
        step = work.record([t.OutOfStockReported("Huanyu/T8")], by="supplier")
        opened = [*step.opened]
    found = card(browser.get(f"/cases/{opened[0]}"), "profit")
    assert re.search(r"Buy other goods instead <span[^>]*>Least cost", found)


def test_the_customers_cases_on_other_orders_are_listed_by_number_and_by_mail(
    browser: Browser,
) -> None:
    with browser.db.write() as tx:
        who = Customer(customer_id=5, name="Bob", email="bob@example.com", language="it",
                       country="CH")  # fmt: skip
        timelines.keep_customer(tx, SHOP, ORDER_ID, who)
        others = {
            20: Customer(customer_id=5),
            21: Customer(email="Bob@example.com"),
            22: Customer(customer_id=6, email="eve@example.com"),
        }
        for order_id, other in others.items():
            timelines.keep_customer(tx, SHOP, order_id, other)
            work = Casework(tx, SHOP, order_id, MONDAY)
            work.record([order_seen(line(), name=f"#{order_id}")], by="store")
            work.record([t.OutOfStockReported("", (LAMP,))], by="Alice")
    found = card(browser.get(browser.case), "customer")
    assert "#20-1" in found
    assert "#21-1" in found
    assert "#22-1" not in found
    assert "Italian" in found
    assert "Switzerland" in found


def test_the_suppliers_record_is_counted(browser: Browser) -> None:
    found = card(browser.get(browser.case), "purchase")
    assert re.search(r"Purchases</dt><dd[^>]*>1<", found)
    assert re.search(r"No stock</dt><dd[^>]*>1<", found, re.IGNORECASE)


def test_a_parcels_last_scan_stands_with_its_age(browser: Browser) -> None:
    with browser.db.write() as tx:
        shipment = t.FulfilmentSeen(
            5, MONDAY, MONDAY, ((LAMP, 1),), tracking_company="Yanwen", tracking_number="Y1"
        )
        scan = t.TrackingSeen(5, "in_transit", MONDAY, "Milan")
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([shipment, scan], by="store")
    found = card(browser.get(browser.case), "parcels")
    assert "Yanwen" in found
    assert "in transit" in found
    assert "From: Carrier" in found


def test_dates_promised_in_letters_are_listed(browser: Browser) -> None:
    with browser.db.write() as tx:
        timelines.keep_customer(tx, SHOP, 9, Customer(name="Bob", email="bob@example.com"))
        work = Casework(tx, SHOP, 9, MONDAY)
        work.record([order_seen(name="#9"), purchase(purchase_id="Huanyu/T9")], by="store")
        report = t.ProblemReported("r1", Situation.DAMAGED, "Huanyu/T9", ((LAMP, 1),))
        step = work.record([report], by="customer")
        case_id = step.opened[0]
        letter = next(k for k in step.planned if k.startswith("letter:evidence_asked"))
        row = outbox.by_key(tx, SHOP, 9, letter)
        assert row is not None
        outbox.settle_by_hand(tx, SHOP, 9, letter, MONDAY, happened=True, why="")
        work.settle(row, t.ActionDone(letter), by="app")
    found = card(browser.get(f"/cases/{case_id}"), "promises")
    assert "promised in" in found
    assert "To come" in found


def test_the_number_of_questions_does_not_grow_with_the_shop(browser: Browser) -> None:
    def asked() -> int:
        count = 0

        def one(*_: object) -> None:
            nonlocal count
            count += 1

        sa.event.listen(browser.db.engine, "before_cursor_execute", one)
        browser.get(first)
        sa.event.remove(browser.db.engine, "before_cursor_execute", one)
        return count

    first = browser.case
    few = asked()
    with browser.db.write() as tx:
        for order_id in range(100, 112):
            timelines.keep_customer(tx, SHOP, order_id, Customer(email="bob@example.com"))
            work = Casework(tx, SHOP, order_id, MONDAY)
            bought = purchase(purchase_id=f"Huanyu/T{order_id}", supplier=f"Huanyu {CANARY}")
            work.record([order_seen(line(), name=f"#{order_id}"), bought], by="store")
            work.record([t.OutOfStockReported(f"Huanyu/T{order_id}")], by="supplier")
    assert asked() == few


def test_the_other_shops_suppliers_and_members_are_not_counted(browser: Browser) -> None:
    with browser.db.write() as tx:
        shops.change(tx, OTHER, name="Bob")
        work = Casework(tx, OTHER, 3, MONDAY)
        bought = purchase(purchase_id=HUANYU, supplier=f"Huanyu {CANARY}")
        work.record([order_seen(name="#3"), bought], by="store")
    found = card(browser.get(browser.case), "purchase")
    assert re.search(r"Purchases</dt><dd[^>]*>1<", found)


# --- What the store's own admin is told -----------------------------------------------------------


def test_what_is_written_on_the_order_in_the_store_is_no_line_of_the_timeline(
    browser: Browser,
) -> None:
    with browser.db.read() as tx:
        flag = outbox.by_key(tx, SHOP, ORDER_ID, "flag:1")
    assert flag is not None, "it was planned all the same"
    with browser.db.write() as tx:
        outbox.claim(tx, MONDAY + timedelta(minutes=2), limit=9, per_shop=9)
        row = outbox.by_key(tx, SHOP, ORDER_ID, "flag:1")
        assert row is not None
        assert outbox.done(tx, row, MONDAY, remote_id="digest", minor=0)
        work = Casework(tx, SHOP, ORDER_ID, MONDAY)
        work.settle(row, t.ActionDone("flag:1", "digest"), by="store")

    page = browser.get(browser.case)

    assert "where its cases stand" not in page
    assert "flag" not in card(page, "timeline")


def test_the_stores_word_of_our_own_change_is_no_line_either(browser: Browser) -> None:
    before = card(browser.get(browser.case), "timeline").count("<li")
    with browser.db.write() as tx:
        titled = order_seen(line(title=f"Lamp {CANARY}"), version=MONDAY + timedelta(minutes=2))
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([titled], by="store")
    same = card(browser.get(browser.case), "timeline").count("<li")
    with browser.db.write() as tx:
        other = order_seen(line(title="Lantern"), version=MONDAY + timedelta(minutes=3))
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([other], by="store")

    assert same == before
    assert card(browser.get(browser.case), "timeline").count("<li") == before + 1
