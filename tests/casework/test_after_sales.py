"""Situations 5 to 9 over the whole path: what goes out, what must not, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest

from clients.money import Money
from clients.supplier.records import SupplierOrder
from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.case import Case
from plugin.customer import Customer
from plugin.customer_reports import Told
from plugin.order import Order
from plugin.settings import read
from plugin.store import mail, outbox, tables, timelines
from plugin.store.reports import Evidence
from plugin.terms import Autonomy, Cap, Remedy, Route, Situation, Terms
from scheduler import reconcile
from scheduler.runtime import Runtime
from tests.app.test_settings import GOOD
from tests.casework.conftest import Desk
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, lose_answer
from tests.story import HUANYU, LAMP, order_seen, purchase, shipped

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REFUND = f"refund:{LAMP}:1"
REISSUE = f"reissue:{LAMP}:1"
ADDRESS = {"address1": "Via Roma 1", "city": "Torino", "zip": "10121", "country_code": "IT"}


def keep_customer(desk: Desk, **more: object) -> None:
    customer = Customer(
        name="Bianca Rossi",
        email="bianca@example.com",
        language="it",
        country="IT",
        address=(("address1", "Via Roma 1"), ("city", "Torino"), ("zip", "10121")),
    )
    with desk.db.write() as tx:
        timelines.lock(tx, SHOP, ORDER_ID)
        timelines.keep_customer(tx, SHOP, ORDER_ID, customer)


def report(desk: Desk, situation: Situation, *lines: tuple[int, int], **more: object) -> list[str]:
    with desk.db.write() as tx:
        told = Told(situation, lines, **more)  # type: ignore[arg-type]  # as the test names them
        return customer_reports.report(tx, desk.click("customer"), told)


def picture(desk: Desk, case_id: str, digest: str = "a" * 64) -> bool:
    found = Evidence(
        case_id=case_id,
        evidence_id=digest,
        order_id=ORDER_ID,
        number=1,
        name="lamp.jpg",
        media="picture",
        mime="image/jpeg",
        size=1000,
        shot="fault",
        checked=True,
        advice=(),
        facts={},
        received_at=desk.clock.now(),
        by="customer",
    )
    with desk.db.write() as tx:
        return customer_reports.add_evidence(tx, desk.click("customer"), found)


def tell(desk: Desk, say: object, *words: str) -> None:
    with desk.db.write() as tx:
        say(tx, desk.click(), *words)  # type: ignore[operator]  # any of the words


@pytest.fixture
def arrived(desk: Desk) -> Desk:
    """The lamp was bought, sent and delivered."""
    keep_customer(desk)
    desk.tell(order_seen(), purchase(), t.PurchaseShipped(HUANYU, MONDAY), shipped(MONDAY))
    desk.work()
    return desk


@pytest.fixture
def bought(desk: Desk) -> Desk:
    """The lamp was bought and is somewhere in China."""
    keep_customer(desk)
    desk.tell(order_seen(), purchase())
    desk.work()
    return desk


def handed_in(desk: Desk) -> str:
    """Damaged, proven, and the claim handed in by a person."""
    (case_id,) = report(desk, Situation.DAMAGED, (LAMP, 1))
    picture(desk, case_id)
    desk.work()
    desk.turn(desk.clock.now() + HOUR)
    desk.work()
    key = f"verify:{case_id}"
    assert desk.row(key).state == "needs_person"
    with desk.db.write() as tx:
        merchant.sent_by_hand(tx, desk.click(), key)
    desk.work()
    return case_id


def letters(order: Order) -> list[str]:
    return sorted(
        str(p.action.letter)  # type: ignore[attr-defined]  # letters only
        for p in order.planned.values()
        if p.action.kind == "write_customer" and p.state == "done"
    )


# --- Claims ---------------------------------------------------------------------------------------


def test_from_the_report_to_the_refund_with_a_person_at_every_gate(arrived: Desk) -> None:
    case_id = handed_in(arrived)
    assert letters(arrived.order) == ["claim_sent"], "nobody is asked for what came at once"

    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    arrived.work()
    assert arrived.store.paid_back() == 0
    arrived.approve(f"choose:verified:{case_id}", choice="refund")
    arrived.work()

    assert arrived.store.paid_back() == arrived.booked() == 2490
    assert letters(arrived.order) == ["claim_sent", "refunded"]


def test_who_chose_the_refund_is_not_asked_twice(arrived: Desk) -> None:
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    arrived.approve(f"choose:verified:{case_id}", choice="refund")

    assert arrived.row(REFUND).state == "planned"
    assert [e.key for e in arrived.events(t.Approved)] == [f"choose:verified:{case_id}", REFUND]


def test_the_same_form_twice_is_one_report(arrived: Desk) -> None:
    first = report(arrived, Situation.DAMAGED, (LAMP, 1), once="form-1")
    second = report(arrived, Situation.DAMAGED, (LAMP, 1), once="form-1")

    assert first == second
    assert len(arrived.events(t.ProblemReported)) == 1


def test_the_same_picture_twice_is_one(arrived: Desk) -> None:
    (case_id,) = report(arrived, Situation.DAMAGED, (LAMP, 1))

    assert picture(arrived, case_id) is True
    assert picture(arrived, case_id) is False
    assert len(arrived.events(t.EvidenceAdded)) == 1


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), "no_goods_named"),
        (((LAMP, 2),), "more_than_was_bought"),
        (((99, 1),), "line_not_found"),
    ],
)
def test_a_report_that_cannot_be_is_refused_and_leaves_nothing(
    arrived: Desk, lines: tuple[tuple[int, int], ...], why: str
) -> None:
    with pytest.raises(merchant.NotPossible, match=why):
        report(arrived, Situation.DAMAGED, *lines)
    assert not arrived.order.cases


def test_a_result_cannot_be_recorded_before_the_claim_was_handed_in(arrived: Desk) -> None:
    (case_id,) = report(arrived, Situation.DAMAGED, (LAMP, 1))

    with pytest.raises(merchant.NotPossible, match="not_handed_in"):
        tell(arrived, merchant.tell_of_verification, case_id, "verified")


def test_a_second_result_is_refused(arrived: Desk) -> None:
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "refused")

    with pytest.raises(merchant.NotPossible, match="not_waiting"):
        tell(arrived, merchant.tell_of_verification, case_id, "verified")


def test_refused_then_paid_from_the_own_purse_holds_the_letter_that_contradicts(
    arrived: Desk,
) -> None:
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "refused", "packing intact")
    arrived.work()
    arrived.approve(f"choose:refused:{case_id}", choice="refund")
    arrived.work()

    assert arrived.store.paid_back() == 2490
    held = [p for p in arrived.order.planned.values() if p.state == "waiting"]
    assert [getattr(p.action, "letter", "") for p in held] == ["refunded"]
    assert arrived.row(held[0].key).why == "contradicts: claim_refused"


def test_reissue_makes_one_free_order_even_when_the_answer_is_lost(arrived: Desk) -> None:
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    arrived.work()
    arrived.store.after_change.append(lose_answer)
    arrived.approve(f"choose:verified:{case_id}", choice="reissue")
    arrived.work()
    assert arrived.row(REISSUE).state == "unknown"

    for _ in range(4):
        arrived.wait(outbox.QUARANTINE)
        arrived.work()

    assert arrived.row(REISSUE).state == "done"
    assert len(arrived.store.drafts) == 1
    assert [d.order_id for d in arrived.store.drafts.values()] == [2001]
    assert arrived.store.paid_back() == 0
    assert "reissued" in letters(arrived.order)


def test_the_answer_to_placing_the_draft_is_lost_and_it_is_placed_once(arrived: Desk) -> None:
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    arrived.work()
    arrived.store.after_change += [lambda: None]
    arrived.approve(f"choose:verified:{case_id}", choice="reissue")

    def lose_the_next() -> None:
        arrived.store.after_change.append(lose_answer)

    arrived.store.after_change[:] = [lose_the_next]
    arrived.work()
    for _ in range(4):
        arrived.wait(outbox.QUARANTINE)
        arrived.work()

    assert arrived.row(REISSUE).state == "done"
    assert len(arrived.store.drafts) == 1


# --- The ways past: interlock, caps, pause, dispute -----------------------------------------------


def test_interlock_money_and_goods_for_one_unit_need_a_reason(arrived: Desk) -> None:
    arrived.publish(Terms(remedy=Remedy.REISSUE))
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    arrived.approve(REISSUE)
    arrived.work()
    assert arrived.row(REISSUE).state == "done"

    # Another problem with the same lamp would pay for it as well.
    arrived.tell(t.OutOfStockReported("", (LAMP,)), by="Alice")
    refunds = [k for k, p in arrived.order.planned.items() if p.action.kind == "refund_customer"]
    assert refunds == [], "no path reaches both by itself"


def test_interlock_a_reissue_cannot_be_clicked_while_the_refund_is_planned(arrived: Desk) -> None:
    arrived.publish(Terms(remedy=Remedy.REISSUE))
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    arrived.store.refund_by_hand()

    arrived.approve(REISSUE)
    arrived.work()

    assert arrived.row(REISSUE).state == "refused", "the fresh read saw the money go"
    assert not arrived.store.drafts


AUTO = {f"{s}.{c}": Autonomy.AUTO for s in Situation for c in ("refund", "reissue", "cancel")}


@pytest.mark.parametrize(
    ("cap", "why"),
    [
        (None, "no_cap"),
        (Cap(per_refund=2489, per_day=10_000, currency="USD"), "over_cap_per_refund"),
        (Cap(per_refund=10_000, per_day=2489, currency="USD"), "over_cap_per_day"),
        (Cap(per_refund=10_000, per_day=10_000, currency="EUR"), "cap_in_another_currency"),
    ],
)
def test_caps_hold_the_money_of_a_claim_too(arrived: Desk, cap: Cap | None, why: str) -> None:
    arrived.publish(Terms(remedy=Remedy.REFUND, autonomy=AUTO, cap=cap))
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    arrived.work()

    assert arrived.row(REFUND).why == why
    assert arrived.store.paid_back() == 0


def test_under_its_caps_a_shop_may_let_the_money_go_by_itself(arrived: Desk) -> None:
    cap = Cap(per_refund=2490, per_day=2490, currency="USD")
    arrived.publish(Terms(remedy=Remedy.REFUND, autonomy=AUTO, cap=cap))
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    arrived.work()

    assert arrived.store.paid_back() == 2490


@pytest.mark.parametrize("remedy", [Remedy.REFUND, Remedy.REISSUE])
def test_a_card_dispute_stops_money_and_goods_from_going_by_themselves(
    arrived: Desk, remedy: Remedy
) -> None:
    cap = Cap(per_refund=10_000, per_day=10_000, currency="USD")
    arrived.publish(Terms(remedy=remedy, autonomy=AUTO, cap=cap))
    case_id = handed_in(arrived)
    arrived.tell(t.DisputeSeen(3, "chargeback", "needs_response"))
    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    arrived.work()

    key = REFUND if remedy is Remedy.REFUND else REISSUE
    assert (arrived.row(key).state, arrived.row(key).why) == ("asked", "in_dispute")
    assert arrived.store.paid_back() == 0
    assert not arrived.store.drafts


def test_a_pause_stops_everything_and_loses_nothing(arrived: Desk) -> None:
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    with arrived.db.write() as tx:
        merchant.pause(tx, SHOP)
    arrived.approve(f"choose:verified:{case_id}", choice="refund")
    mails = len(arrived.mail.mails)
    arrived.work()
    assert (arrived.store.paid_back(), len(arrived.mail.mails)) == (0, mails)

    with arrived.db.write() as tx:
        merchant.resume(tx, SHOP)
    arrived.work()
    assert arrived.store.paid_back() == 2490


# --- Stopping parcels -----------------------------------------------------------------------------


def test_interception_is_one_task_for_a_person_with_the_words_ready(bought: Desk) -> None:
    report(bought, Situation.CANCELLATION)
    bought.work()

    row = bought.row(f"intercept:{HUANYU}")
    assert (row.state, row.why) == ("needs_person", "by_hand_intercept")
    assert row.draft is not None
    assert "拦截" in row.draft["text_zh"]


def test_succeeded_pays_once_failed_pays_never(bought: Desk) -> None:
    report(bought, Situation.CANCELLATION)
    bought.work()
    tell(bought, merchant.tell_of_interception, HUANYU, "succeeded")
    with pytest.raises(merchant.NotPossible, match="not_waiting"):
        tell(bought, merchant.tell_of_interception, HUANYU, "failed")
    bought.approve(REFUND)
    bought.work()

    assert bought.store.paid_back() == bought.booked() == 2490


def test_failed_no_refund_can_be_had_by_any_click(bought: Desk) -> None:
    report(bought, Situation.CANCELLATION)
    bought.work()
    tell(bought, merchant.tell_of_interception, HUANYU, "failed")
    bought.work()

    assert REFUND not in bought.order.planned
    with pytest.raises(merchant.NotPossible):
        bought.approve(REFUND)
    assert letters(bought.order) == ["not_intercepted"]
    assert bought.store.paid_back() == 0


def test_the_gate_refuses_a_refund_that_a_faulty_rule_let_through(
    bought: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second guard alone: the rule is broken on purpose, the gate still holds."""
    monkeypatch.setattr(Case, "nothing_bought", property(lambda _case: True))
    report(bought, Situation.CANCELLATION)
    bought.approve(REFUND)
    bought.work()

    assert (bought.row(REFUND).state, bought.row(REFUND).why) == ("refused", "not_intercepted")
    assert bought.store.paid_back() == 0


def test_nothing_bought_yet_refunds_and_cancels_in_the_store(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen())
    report(desk, Situation.CANCELLATION)
    desk.approve(REFUND)
    desk.work()
    desk.approve("cancel")
    desk.work()

    assert desk.store.paid_back() == 2490
    assert desk.store.orders[ORDER_ID].cancelled_at is not None
    assert desk.store.calls.count("cancel") == 1
    assert [r.closed.outcome for r in desk.order.cases.values() if r.closed] == ["cancelled"]


def test_bought_while_the_refund_waited_for_a_word_nothing_is_paid(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen())
    report(desk, Situation.CANCELLATION)
    desk.tell(purchase(route=Route.INTERNATIONAL))

    with pytest.raises(merchant.NotPossible):
        desk.approve(REFUND)
    desk.work()
    assert desk.store.paid_back() == 0
    assert letters(desk.order) == ["cannot_stop"]


# --- Before it is too late ------------------------------------------------------------------------


def test_a_doubtful_address_is_held_corrected_and_let_go(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(), t.OrderChecked(doubts=("zip:zip_format",)))
    desk.work()
    assert desk.store.holds == ["postvendita-address"]
    (case_id,) = desk.order.cases

    with desk.db.write() as tx:
        customer_reports.settle_address(tx, desk.click("customer"), case_id, ADDRESS)
    report_id = desk.order.reports[0].id
    desk.approve(f"address:{report_id}")
    desk.work()

    assert desk.store.address is not None
    assert desk.store.address.city == "Torino"
    assert desk.store.holds == []
    assert [r.closed.outcome for r in desk.order.cases.values() if r.closed] == [
        "address_corrected"
    ]


def test_an_incomplete_correction_would_take_the_address_away_and_is_refused(desk: Desk) -> None:
    desk.tell(order_seen(), t.OrderChecked(doubts=("zip:zip_format",)))
    (case_id,) = desk.order.cases

    with pytest.raises(merchant.NotPossible, match="address_incomplete"), desk.db.write() as tx:
        customer_reports.settle_address(tx, desk.click(), case_id, {"city": "Torino"})


def test_the_timeline_keeps_no_word_and_no_address_of_the_customers(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(), t.OrderChecked(doubts=("zip:zip_format",)))
    (case_id,) = desk.order.cases
    with desk.db.write() as tx:
        customer_reports.settle_address(tx, desk.click("customer"), case_id, ADDRESS)
    report(desk, Situation.DAMAGED, (LAMP, 1), words="Der Schirm ist gerissen")

    with desk.db.read() as tx:
        told = str([dict(r) for r in tx.execute(tables.events.select()).mappings()])
        planned = str([dict(r) for r in tx.execute(tables.outbox.select()).mappings()])
    for secret in ("Via Roma", "Torino", "gerissen", "bianca"):
        assert secret not in told + planned


# --- Messages -------------------------------------------------------------------------------------


def test_an_address_that_refused_our_mail_gets_no_more(bought: Desk) -> None:
    with bought.db.write() as tx:
        mail.suppress(tx, SHOP, "Bianca@Example.com ", "bounced", MONDAY)
    bought.tell(t.RouteLearned(HUANYU, Route.INTERNATIONAL))
    report(bought, Situation.CANCELLATION)
    bought.work()

    assert bought.mail.to("bianca@example.com") == []
    (letter,) = [p for p in bought.order.planned.values() if p.action.kind == "write_customer"]
    assert bought.row(letter.key).why.startswith("suppressed")


def test_customs_reminders_go_to_both_and_the_shop_may_keep_the_letters_to_itself(
    arrived: Desk,
) -> None:
    arrived.publish(Terms(autonomy={"customs_hold.letter": Autonomy.ASK}))
    tell(arrived, merchant.tell_of_customs, HUANYU, "held")
    arrived.work()

    assert len(arrived.mail.to("alice@example.com")) == 1
    assert arrived.mail.to("bianca@example.com") == []
    (key,) = [p.key for p in arrived.order.planned.values() if p.state == "waiting"]
    arrived.approve(key)
    arrived.work()
    assert len(arrived.mail.to("bianca@example.com")) == 1


def test_every_figure_is_the_sum_of_its_entries(arrived: Desk) -> None:
    case_id = handed_in(arrived)
    tell(arrived, merchant.tell_of_verification, case_id, "verified")
    arrived.approve(f"choose:verified:{case_id}", choice="refund")
    arrived.work()
    with arrived.db.write() as tx:
        merchant.sent_by_hand(tx, arrived.click(), f"recover:{HUANYU}")
    arrived.tell(t.RecoverySeen(HUANYU, "received", 8800, "CNY"), by="Alice")

    with arrived.db.read() as tx:
        entries = list(tx.execute(tables.ledger.select()).mappings())
    assert {(e["purse"], e["what"], e["minor"], e["currency"]) for e in entries} == {
        ("remedy", "refunded", 2490, "USD"),
        ("recovery", "asked", 8800, "CNY"),
        ("recovery", "received", 8800, "CNY"),
    }


# --- Claims by an API -----------------------------------------------------------------------------


def by_api(desk: Desk) -> str:
    """Bought through 1688, arrived damaged, proven: the claim is on its way."""
    keep_customer(desk)
    desk.tell(
        order_seen(),
        purchase(connection="1688"),
        t.PurchaseShipped(HUANYU, MONDAY),
        shipped(MONDAY),
    )
    desk.api.purchases["T1"] = SupplierOrder(
        "T1", "success", MONDAY, False, Money(8800, "CNY"), ("1",)
    )
    (case_id,) = report(desk, Situation.DAMAGED, (LAMP, 1))
    received = desk.connections.keep.receive(BytesIO(b"proof"), 100)
    desk.connections.keep.put_derived(received.sha256, "claim.jpg", b"picture")
    picture(desk, case_id, received.sha256)
    desk.turn(desk.clock.now() + HOUR)
    return case_id


def test_an_api_replaces_the_person_not_the_rule(desk: Desk) -> None:
    case_id = by_api(desk)
    desk.work()

    assert desk.row(f"verify:{case_id}").state == "done"
    assert desk.row(f"verify:{case_id}").remote_id == "TQ0"
    assert desk.order.purchases[HUANYU].recovery_state == "asked"


def test_a_claim_whose_answer_is_lost_is_read_before_anything_is_said_again(desk: Desk) -> None:
    case_id = by_api(desk)
    desk.api.after_asking.append(lose_answer)
    desk.work()
    assert desk.row(f"verify:{case_id}").state == "unknown"

    for _ in range(3):
        desk.wait(outbox.QUARANTINE)
        desk.work()

    assert desk.row(f"verify:{case_id}").state == "done"
    assert len(desk.api.asked) == 1


def test_the_apis_word_on_the_money_is_its_word_on_the_claim(desk: Desk) -> None:
    case_id = by_api(desk)
    desk.work()
    desk.api.asked[0] = replace(desk.api.asked[0], state="agreed")
    runtime = Runtime(read(GOOD), desk.db, desk.clock, desk.connections)
    desk.wait(timedelta(hours=7))

    assert reconcile.follow_recoveries(runtime) == 1
    assert desk.order.claims[case_id].result == "verified"
    assert f"recover:{HUANYU}" not in desk.order.planned, "it was asked for with the claim"


def test_a_refund_that_ended_because_the_seller_shipped_goes_on_as_shipped(desk: Desk) -> None:
    keep_customer(desk)
    desk.tell(order_seen(), purchase(connection="1688"), t.OutOfStockReported(HUANYU))
    desk.api.purchases["T1"] = SupplierOrder("T1", "waiting", None, False, Money(8800, "CNY"))
    desk.work()
    assert desk.order.purchases[HUANYU].recovery_state == "asked"
    desk.api.asked[0] = replace(desk.api.asked[0], state="refused", closed_by_shipping=True)
    desk.api.purchases["T1"] = replace(desk.api.purchases["T1"], shipped_at=desk.clock.now())
    desk.wait(timedelta(hours=7))

    runtime = Runtime(read(GOOD), desk.db, desk.clock, desk.connections)
    reconcile.follow_recoveries(runtime)

    assert desk.order.purchases[HUANYU].shipped_at is not None
    assert desk.row(REFUND).state == "refused", "the refund that waited is called off"
