"""Nobody is paid twice, whatever happens around the one call that pays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from clients.errors import OutcomeUnknown, Refused, Retriable
from plugin import merchant
from plugin import timeline as t
from plugin.customer import Customer
from plugin.effects import refund
from plugin.store import outbox, shops, tables, timelines
from plugin.terms import Autonomy, Cap, Terms
from tests.casework.conftest import Desk
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, Killed, die, lose_answer, store_order
from tests.standing import stands, summed
from tests.story import HUANYU, LAMP, line, order_seen, purchase

REFUND = f"refund:{LAMP}:1"
HOUR = timedelta(hours=1)
AUTO = {"no_stock.refund": Autonomy.AUTO}


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """No stock was reported; the refund waits for a word."""
    desk.tell(order_seen(), purchase())
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")
    desk.work()
    return desk


def test_a_refund_waits_for_a_word_and_one_click_pays_once(asked: Desk) -> None:
    assert asked.row(REFUND).state == "asked"
    assert asked.store.paid_back() == 0
    asked.approve(REFUND)
    asked.work()
    assert asked.store.paid_back() == asked.booked() == 2490
    assert asked.row(REFUND).state == "done"


def test_a_double_click_pays_once_and_the_second_learns_who_was_first(asked: Desk) -> None:
    asked.approve(REFUND)
    with pytest.raises(merchant.NotPossible, match="approved Alice"):
        asked.approve(REFUND)
    asked.work()
    assert asked.store.paid_back() == 2490


def test_the_webhook_of_our_own_refund_is_recognised_however_often_it_comes(asked: Desk) -> None:
    asked.approve(REFUND)
    asked.work()
    mark = asked.row(REFUND).mark
    echo = t.RefundSeen(900, asked.clock.now(), ((LAMP, 1),), 2490, "USD", mark)
    asked.tell(echo)
    asked.tell(echo)
    assert asked.store.paid_back() == asked.booked() == 2490
    assert asked.order.gone_elsewhere(LAMP) == ()


def test_a_webhook_that_overtakes_our_own_record_settles_it(asked: Desk) -> None:
    asked.approve(REFUND)
    mark = asked.row(REFUND).mark

    def overtake() -> None:
        asked.tell(t.RefundSeen(900, asked.clock.now(), ((LAMP, 1),), 2490, "USD", mark))

    asked.store.after_refund.append(overtake)
    asked.work()
    assert asked.row(REFUND).state == "done"
    assert len([e for e in asked.events(t.ActionDone) if e.key == REFUND]) == 1
    assert asked.booked() == 2490


def test_two_workers_take_it_once(asked: Desk) -> None:
    asked.approve(REFUND)
    first, second = asked.claim(), asked.claim()
    for row in [*first, *second]:
        asked.carry(row)
    asked.work()
    assert [call for call in asked.store.calls if call.startswith("refund")] != []
    assert sum(call.startswith("refund") for call in asked.store.calls) == 1
    assert asked.store.paid_back() == 2490


def test_a_worker_that_slept_past_its_lease_has_lost(asked: Desk) -> None:
    asked.approve(REFUND)
    slow = asked.claim()
    asked.wait(outbox.LEASE + HOUR)
    asked.work()
    assert asked.store.paid_back() == 2490
    for row in slow:
        asked.carry(row)
    assert asked.store.paid_back() == asked.booked() == 2490
    assert sum(call.startswith("refund") for call in asked.store.calls) == 1


@pytest.mark.parametrize("waits", [[16], [25 * 60], [16, 16], [25 * 60, 11]], ids=str)
def test_a_lost_answer_is_read_back(asked: Desk, waits: list[int]) -> None:
    asked.approve(REFUND)
    asked.store.after_refund.append(lose_answer)
    asked.work()
    assert asked.row(REFUND).state == "unknown"
    for minutes in waits:
        asked.wait(timedelta(minutes=minutes))
        asked.work()
    assert asked.row(REFUND).state == "done"
    assert asked.store.paid_back() == asked.booked() == 2490


def test_a_call_lost_before_its_effect_is_made_again_under_the_same_key(asked: Desk) -> None:
    asked.approve(REFUND)
    asked.store.before_refund.append(lose_answer)
    asked.work()
    asked.wait(timedelta(minutes=16))
    asked.work()
    keys = {call for call in asked.store.calls if call.startswith("refund")}
    assert len(keys) == 1
    assert asked.store.paid_back() == asked.booked() == 2490


def test_a_key_too_old_to_trust_is_replaced_only_after_two_reads_found_nothing(
    asked: Desk,
) -> None:
    asked.approve(REFUND)
    asked.store.before_refund.append(lose_answer)
    asked.work()
    asked.wait(timedelta(hours=30))
    asked.work()
    assert asked.store.paid_back() == 0
    asked.wait(timedelta(minutes=9))
    asked.work()
    assert asked.store.paid_back() == 0
    asked.wait(timedelta(minutes=2))
    asked.work()
    keys = {call for call in asked.store.calls if call.startswith("refund")}
    assert len(keys) == 2
    assert asked.row(REFUND).generation == 2
    assert asked.store.paid_back() == asked.booked() == 2490


def test_a_refund_of_the_second_attempt_is_known_as_ours(asked: Desk) -> None:
    test_a_key_too_old_to_trust_is_replaced_only_after_two_reads_found_nothing(asked)
    mark = asked.row(REFUND).mark
    asked.tell(t.RefundSeen(900, asked.clock.now(), ((LAMP, 1),), 2490, "USD", mark))
    assert asked.order.gone_elsewhere(LAMP) == ()


@pytest.mark.parametrize("wait", [timedelta(minutes=6), timedelta(hours=3), timedelta(hours=40)])
def test_a_process_that_dies_between_the_call_and_the_record_pays_once(
    asked: Desk, wait: timedelta
) -> None:
    asked.approve(REFUND)
    asked.store.after_refund.append(die)
    with pytest.raises(Killed):
        asked.work()
    assert asked.row(REFUND).state == "claimed"
    for _ in range(4):
        asked.wait(wait)
        asked.work()
    assert asked.row(REFUND).state == "done"
    assert asked.store.paid_back() == asked.booked() == 2490


def test_a_process_that_dies_before_the_call_pays_once(asked: Desk) -> None:
    asked.approve(REFUND)
    asked.store.before_refund.append(die)
    with pytest.raises(Killed):
        asked.work()
    for _ in range(4):
        asked.wait(timedelta(hours=1))
        asked.work()
    assert asked.store.paid_back() == asked.booked() == 2490


def test_two_situations_that_meet_on_one_line_pay_once(desk: Desk) -> None:
    desk.publish(
        Terms(
            autonomy={f"{s}.refund": Autonomy.AUTO for s in ("no_stock", "late_shipment")},
            cap=Cap(100_000, 100_000, "USD"),
        )
    )
    desk.tell(order_seen(), purchase())
    desk.clock.turn_to(MONDAY + timedelta(days=30))
    desk.tell(t.OutOfStockReported(HUANYU), t.OutOfStockReported("", (LAMP,)), by="supplier")
    desk.look()
    for _ in range(5):
        desk.work()
        desk.wait(HOUR)
    assert desk.store.paid_back() == desk.booked() == 2490


def test_the_database_itself_refuses_a_unit_paid_twice(asked: Desk) -> None:
    row = asked.row(REFUND)
    again = {
        "shop": SHOP, "order_id": ORDER_ID, "key": "refund:11:1#9", "case_id": row.case_id,
        "action": row.action, "body": dict(row.body), "level": "ask", "state": "asked",
        "mark": "another", "minor": 2490, "currency": "USD", "planned_at": row.planned_at,
        "look_at": row.look_at,
    }  # fmt: skip
    with pytest.raises(sa.exc.IntegrityError), asked.db.write() as tx:
        outbox.plan(tx, again, ((LAMP, 1),))


def test_the_same_amount_twice_for_two_units_is_paid_twice(desk: Desk) -> None:
    desk.store.orders[ORDER_ID] = store_order(quantity=2)
    desk.tell(order_seen(line(quantity=2, paid_minor=4980)))
    desk.tell(purchase(lines=((LAMP, 1),)), purchase(purchase_id="Anhe/1", lines=((LAMP, 1),)))
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")
    desk.approve(REFUND)
    desk.work()
    desk.wait(HOUR)
    desk.tell(t.OutOfStockReported("Anhe/1"), by="supplier")
    # The first refund is our own and no surprise: the second needs one word, not two.
    desk.approve(f"refund:{LAMP}:2")
    desk.work()
    assert desk.store.paid_back() == desk.booked() == 4980


def test_a_bug_after_the_call_is_treated_as_a_lost_answer(asked: Desk) -> None:
    def stumble() -> None:
        raise KeyError("an answer nobody could read")

    asked.approve(REFUND)
    asked.store.after_refund.append(stumble)
    asked.work()
    assert asked.row(REFUND).state == "unknown"
    asked.wait(HOUR)
    asked.work()
    assert asked.row(REFUND).state == "done"
    assert asked.store.paid_back() == asked.booked() == 2490


def test_nothing_is_sent_again_while_a_lost_answer_may_still_arrive(asked: Desk) -> None:
    asked.approve(REFUND)
    asked.store.before_refund.append(lose_answer)
    asked.work()
    asked.wait(timedelta(minutes=14))
    asked.work()
    assert sum(call.startswith("refund") for call in asked.store.calls) == 1


# --- What others do -----------------------------------------------------------------------------


def test_a_refund_by_hand_in_the_store_withdraws_ours(asked: Desk) -> None:
    made = asked.store.refund_by_hand()
    asked.tell(t.RefundSeen(made.id, made.created_at, made.lines, made.total.minor, "USD"))
    assert asked.row(REFUND).state == "refused"
    with pytest.raises(merchant.NotPossible):
        asked.approve(REFUND)


def test_a_refund_by_hand_nobody_told_us_of_is_seen_before_paying(asked: Desk) -> None:
    asked.store.refund_by_hand()
    asked.approve(REFUND)
    asked.work()
    assert asked.row(REFUND).state == "refused"
    assert asked.row(REFUND).why == "repaid_elsewhere"
    assert asked.store.paid_back() == 2490
    assert asked.booked() == 0


def test_a_shipment_nobody_told_us_of_is_seen_before_paying(asked: Desk) -> None:
    order = asked.store.orders[ORDER_ID]
    from dataclasses import replace

    from clients.shopify.records import Fulfilment

    sent = Fulfilment(5, "SUCCESS", MONDAY, ((LAMP, 1),))
    asked.store.orders[ORDER_ID] = replace(order, fulfilments=(sent,))
    asked.approve(REFUND)
    asked.work()
    assert asked.row(REFUND).why == "shipped"
    assert asked.store.paid_back() == 0


def test_a_dispute_stops_an_automatic_refund_until_a_person_says_so(desk: Desk) -> None:
    desk.publish(Terms(autonomy=AUTO, cap=Cap(100_000, 100_000, "USD")))
    desk.tell(order_seen(), purchase(), t.DisputeSeen(3, "chargeback", "needs_response"))
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")
    desk.work()
    assert desk.row(REFUND).state == "asked"
    assert desk.row(REFUND).why == "in_dispute"
    desk.approve(REFUND)
    desk.work()
    assert desk.store.paid_back() == 2490


def test_a_dispute_met_on_the_way_stops_a_refund_too(asked: Desk) -> None:
    from dataclasses import replace

    from clients.shopify.records import Dispute

    order = asked.store.orders[ORDER_ID]
    disputed = replace(order, disputes=(Dispute(3, "CHARGEBACK", "NEEDS_RESPONSE"),))
    asked.store.orders[ORDER_ID] = disputed
    asked.approve(REFUND)
    asked.work()
    assert asked.row(REFUND).state == "asked"
    assert asked.store.paid_back() == 0
    asked.approve(REFUND)
    asked.work()
    assert asked.store.paid_back() == 2490


def test_the_store_says_no_and_a_person_is_told(asked: Desk) -> None:
    def no() -> None:
        raise Refused("shopify", "gift cards cannot be refunded")

    asked.approve(REFUND)
    asked.store.before_refund.append(no)
    asked.work()
    assert asked.row(REFUND).state == "needs_person"
    assert asked.store.paid_back() == 0
    with asked.db.write() as tx:
        merchant.try_again(tx, asked.click(), REFUND)
    asked.work()
    assert asked.store.paid_back() == 2490


@pytest.mark.parametrize(
    "trouble",
    [Retriable("shopify", "throttled", after=5), RuntimeError("nobody thought of this")],
    ids=["throttled", "a bug"],
)
def test_a_call_that_was_certainly_not_made_is_made_later(asked: Desk, trouble: Exception) -> None:
    def fail() -> None:
        raise trouble

    asked.approve(REFUND)
    asked.store.before_refund.append(fail)
    asked.work()
    for _ in range(3):
        asked.wait(HOUR)
        asked.work()
    assert asked.store.paid_back() == asked.booked() == 2490


# --- How far the app goes alone -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cap", "held"),
    [
        (None, "no_cap"),
        (Cap(2489, 100_000, "USD"), "over_cap_per_refund"),
        (Cap(100_000, 2489, "USD"), "over_cap_per_day"),
        (Cap(100_000, 100_000, "EUR"), "cap_in_another_currency"),
        (Cap(2490, 2490, "USD"), ""),
    ],
    ids=["no cap", "over the cap per refund", "over the cap per day", "other currency", "within"],
)
def test_money_on_auto_has_a_cap_per_refund_and_per_day(
    desk: Desk, cap: Cap | None, held: str
) -> None:
    desk.publish(Terms(autonomy=AUTO, cap=cap))
    desk.tell(order_seen(), purchase())
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")
    desk.work()
    assert desk.row(REFUND).why == held
    assert desk.store.paid_back() == (0 if held else 2490)


def test_one_switch_pauses_everything_and_resuming_looks_afresh(asked: Desk) -> None:
    asked.approve(REFUND)
    with asked.db.write() as tx:
        merchant.pause(tx, SHOP)
    assert asked.work() == 0
    asked.store.refund_by_hand()
    with asked.db.write() as tx:
        merchant.resume(tx, SHOP)
    asked.work()
    assert asked.store.paid_back() == 2490
    assert asked.booked() == 0


def test_nothing_goes_out_for_a_shop_that_uninstalled(asked: Desk) -> None:
    asked.approve(REFUND)
    with asked.db.write() as tx:
        shops.change(tx, SHOP, state=shops.UNINSTALLED, uninstalled_at=asked.clock.now())
    assert asked.work() == 0
    assert asked.store.paid_back() == 0


# --- The interlock ------------------------------------------------------------------------------


def test_money_and_goods_for_one_line_need_a_persons_reason_and_its_cost(asked: Desk) -> None:
    asked.approve(REFUND)
    asked.work()
    proposal = f"resource:{LAMP}:1"
    with pytest.raises(merchant.BothNeedsAReason):
        asked.approve(proposal, choice="replace")
    with pytest.raises(merchant.BothNeedsAReason):
        asked.approve(proposal, choice="replace", both_because="   ")
    asked.approve(proposal, choice="replace", both_because="our best customer")
    (allowed,) = asked.events(t.BothAllowed)
    assert allowed.why == "our best customer"


def test_goods_promised_first_stop_the_money(asked: Desk) -> None:
    asked.approve(f"resource:{LAMP}:1", choice="source")
    asked.tell(purchase(purchase_id="Anhe/9", replacement=True), by="Alice")
    with pytest.raises(merchant.BothNeedsAReason) as both:
        asked.approve(REFUND)
    assert both.value.cost.decimal() == "24.90"
    assert asked.store.paid_back() == 0


def test_goods_bought_while_the_refund_was_on_its_way_stop_it(asked: Desk) -> None:
    asked.approve(REFUND)
    asked.tell(purchase(purchase_id="Anhe/9", replacement=True), by="import")
    asked.work()
    assert asked.row(REFUND).why == "goods_coming"
    assert asked.store.paid_back() == 0


def test_what_a_rule_asks_for_and_the_facts_refuse_is_a_persons_after_some_tries(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.publish(Terms(autonomy=AUTO, cap=Cap(100_000, 100_000, "USD")))
    monkeypatch.setattr(refund, "why_not", lambda *_: "not_intercepted")
    desk.tell(order_seen(), purchase())
    desk.tell(t.OutOfStockReported(HUANYU), by="supplier")
    for _ in range(10):
        desk.work()
    keys = [REFUND, *(f"{REFUND}#{nth}" for nth in range(2, 2 + refund.STOPPED_AT_MOST))]
    assert [desk.row(key).state for key in keys] == [*["refused"] * 3, "needs_person"]
    assert desk.row(keys[-1]).why == "not_intercepted"
    assert desk.store.paid_back() == 0


# --- The customer hears of it -------------------------------------------------------------------


def test_the_customer_gets_one_letter_naming_what_was_paid(asked: Desk) -> None:
    with asked.db.write() as tx:
        bob = Customer(name="Bob", email="bob@example.com", language="it")
        timelines.keep_customer(tx, SHOP, ORDER_ID, bob)
    asked.approve(REFUND)
    asked.work()
    (letter,) = asked.mail.to("bob@example.com")
    assert "24,90" in letter.text
    asked.wait(HOUR)
    asked.look()
    asked.work()
    assert len(asked.mail.to("bob@example.com")) == 1


def test_a_mail_whose_answer_is_lost_is_sent_once_more_under_its_own_name(asked: Desk) -> None:
    with asked.db.write() as tx:
        timelines.keep_customer(tx, SHOP, ORDER_ID, Customer(email="bob@example.com"))

    def lost() -> None:
        raise OutcomeUnknown("smtp", "gone")

    hiccup: list[Callable[[], None]] = [lost]
    asked.mail.after_sending += hiccup
    asked.approve(REFUND)
    asked.work()
    for _ in range(6):
        asked.wait(HOUR)
        asked.work()
    letters = asked.mail.to("bob@example.com")
    assert len(letters) == 2
    assert len({letter.message_id for letter in letters}) == 1


def test_every_stored_copy_of_a_case_equals_its_timeline(asked: Desk) -> None:
    from plugin import policy
    from plugin.caselist import list_row

    asked.approve(REFUND)
    asked.work()
    order, now = asked.order, asked.clock.now()
    with asked.db.read() as tx:
        rows = {r["case_id"]: dict(r) for r in tx.execute(tables.cases.select()).mappings()}
        terms = shops.terms_of(tx, SHOP, 1, ["SKU-11"])
    open_cases = {c.id: c for c in policy.cases(order, terms, {1: terms}) if c.opened}
    assert rows
    with asked.db.read() as tx:
        assert summed(tx, SHOP) == stands(tx, SHOP)
    for record in order.cases.values():
        again = list_row(order, record, open_cases.get(record.opened.case_id), now)
        stored = rows[record.opened.case_id]
        assert {name: stored[name] for name in again} == again
