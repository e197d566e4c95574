"""Situations 6 and 7 by the guide's sentences: proof, claim, verification, remedy."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from plugin import timeline as t
from plugin.actions import ChooseRemedy, RefundCustomer, WriteCustomer
from plugin.business_days import CHINA
from plugin.terms import Autonomy, Remedy, Situation, Terms
from tests.conftest import MONDAY
from tests.story import HUANYU, LAMP, Story, kinds, line, order_seen, purchase, shipped

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PICTURE = "a" * 64

both = pytest.mark.parametrize("situation", [Situation.WRONG_ITEMS, Situation.DAMAGED])


def arrived(**terms: object) -> Story:
    """Two lamps were bought, sent and delivered."""
    lamps = line(quantity=2, paid_minor=4980)
    return Story(Terms(**terms)).tell(  # type: ignore[arg-type]  # by name
        order_seen(lamps),
        purchase(lines=((LAMP, 2),)),
        t.PurchaseShipped(HUANYU, MONDAY),
        shipped(MONDAY, (LAMP, 2)),
    )


def letters(actions: list[object]) -> list[str]:
    return [str(a.letter) for a in actions if isinstance(a, WriteCustomer)]


def with_proof(story: Story, at: datetime = MONDAY) -> Story:
    return story.tell(t.EvidenceAdded(story.case.opened.case_id, PICTURE, "picture"), at=at)


def claimed(situation: Situation = Situation.DAMAGED, **terms: object) -> Story:
    """One lamp arrived damaged, a picture was sent, and the claim handed in an hour later."""
    story = arrived(**terms).report(situation, (LAMP, 1))
    story.at(MONDAY)
    with_proof(story)
    story.at(MONDAY + HOUR)
    return story.done(f"verify:{story.case.opened.case_id}", MONDAY + HOUR)


def result(story: Story, word: str, at: datetime, why: str = "") -> Story:
    return story.tell(t.VerificationSeen(story.case.opened.case_id, word, why), at=at, by="Alice")


@both
def test_the_customer_reports_and_the_case_is_open_at_once(situation):
    story = arrived().report(situation, (LAMP, 1))

    asked = story.at(MONDAY)

    assert story.case.opened.situation is situation
    assert kinds(asked) == ["tell_merchant", "write_customer"]
    assert letters(asked) == ["evidence_asked"]


def test_a_report_is_a_case_however_far_the_rules_go():
    off = {f"damaged.{clause}": Autonomy.OFF for clause in ("tell", "letter")}
    story = arrived(autonomy=off).report(Situation.DAMAGED, (LAMP, 1))

    story.at(MONDAY)

    assert story.outcomes() == ["open"]


@both
def test_reminders_on_day_3_and_7(situation):
    story = arrived().report(situation, (LAMP, 1))
    story.at(MONDAY)

    assert story.at(MONDAY + 3 * DAY - timedelta(seconds=1)) == []
    assert letters(story.at(MONDAY + 3 * DAY)) == ["evidence_reminded"]
    assert story.at(MONDAY + 7 * DAY - timedelta(seconds=1)) == []
    assert letters(story.at(MONDAY + 7 * DAY)) == ["evidence_last_call"]


def test_reminders_missed_in_an_outage_are_not_sent_in_a_heap():
    story = arrived().report(Situation.DAMAGED, (LAMP, 1))
    story.at(MONDAY)

    assert letters(story.at(MONDAY + 8 * DAY)) == ["evidence_last_call"]


@both
def test_with_nothing_after_14_days_the_merchant_decides(situation):
    story = arrived().report(situation, (LAMP, 1))
    story.at(MONDAY)

    asked = story.at(MONDAY + 14 * DAY)

    assert kinds(asked) == ["tell_merchant", "choose_remedy"]
    assert not story.order.our_refunds(LAMP), "nothing without a person"


def test_the_merchant_decides_to_refund_from_his_own_purse():
    story = arrived().report(Situation.DAMAGED, (LAMP, 1))
    story.at(MONDAY)
    story.at(MONDAY + 14 * DAY)

    asked = story.choose("no_evidence", "refund", MONDAY + 14 * DAY).at(MONDAY + 14 * DAY)

    (refund,) = [a for a in asked if isinstance(a, RefundCustomer)]
    assert refund.because.says == "own_purse"
    assert refund.units == (1,)
    assert "ask_recovery" not in kinds(asked)


def test_the_merchant_decides_to_leave_it_and_the_customer_is_told():
    story = arrived().report(Situation.DAMAGED, (LAMP, 1))
    story.at(MONDAY)
    story.at(MONDAY + 14 * DAY)
    story.carry_out(MONDAY + 14 * DAY)

    asked = story.choose("no_evidence", "none", MONDAY + 14 * DAY).at(MONDAY + 14 * DAY)
    story.carry_out(MONDAY + 15 * DAY).at(MONDAY + 15 * DAY)

    assert letters(asked) == ["no_evidence"]
    assert story.outcomes() == ["no_evidence"]


def test_proof_that_comes_after_all_takes_the_decision_back():
    story = arrived().report(Situation.DAMAGED, (LAMP, 1))
    story.at(MONDAY)
    story.at(MONDAY + 14 * DAY)
    with_proof(story, MONDAY + 15 * DAY)

    asked = story.at(MONDAY + 15 * DAY + HOUR)

    assert kinds(asked) == ["ask_verification"]
    assert story.order.planned[f"choose:no_evidence:{story.case.opened.case_id}"].state == (
        "withdrawn"
    )


@both
def test_at_least_one_photo_or_video_and_an_hour_for_the_others(situation):
    story = arrived().report(situation, (LAMP, 1))
    story.at(MONDAY)
    with_proof(story)

    assert story.at(MONDAY + HOUR - timedelta(seconds=1)) == []
    assert kinds(story.at(MONDAY + HOUR)) == ["ask_verification"]


def test_the_clock_starts_when_the_claim_is_handed_in():
    story = claimed()

    asked = story.at(MONDAY + HOUR)

    assert letters(asked) == ["claim_sent"]
    assert story.order.claims[story.case.opened.case_id].sent_at == MONDAY + HOUR


# 2026-11-02 is a Monday without festivals ahead: 30 business days later is Monday 14 December.
OVERDUE = datetime(2026, 12, 14, 23, 59, 59, tzinfo=CHINA)


@both
def test_verification_takes_10_to_30_business_days_no_chasing_before_overdue_after(situation):
    story = claimed(situation)
    story.at(MONDAY + HOUR)

    assert story.at(OVERDUE - timedelta(seconds=1)) == []
    assert kinds(story.at(OVERDUE)) == ["tell_merchant", "chase_verification"]


def test_nobody_is_chased_before_10_business_days_whatever_a_shop_sets():
    story = claimed(deadlines={"verification_overdue": 2})
    story.at(MONDAY + HOUR)

    assert story.at(datetime(2026, 11, 16, 23, 59, 58, tzinfo=CHINA)) == []
    assert "chase_verification" in kinds(story.at(datetime(2026, 11, 16, 23, 59, 59, tzinfo=CHINA)))


def test_an_overdue_result_is_asked_for_every_5_business_days_up_to_4_times():
    story = claimed()
    story.at(MONDAY + HOUR)
    chased = 0
    for days in range(120):
        now = OVERDUE + days * DAY
        asked = story.at(now)
        chased += kinds(asked).count("chase_verification")
        story.carry_out(now)

    assert chased == 4


@both
def test_verified_reissue_or_refund_is_the_merchants_choice(situation):
    story = claimed(situation)
    story.at(MONDAY + HOUR)

    asked = result(story, "verified", MONDAY + 20 * DAY).at(MONDAY + 20 * DAY)

    (choice,) = [a for a in asked if isinstance(a, ChooseRemedy)]
    assert choice.choices == ("refund", "reissue")
    assert "ask_recovery" in kinds(asked), "the supplier's side goes on by itself"
    assert "refund_customer" not in kinds(asked)


def test_the_customers_wish_stands_beside_the_choice():
    story = arrived().report(Situation.DAMAGED, (LAMP, 1), wish="reissue")
    story.at(MONDAY)
    with_proof(story)
    story.at(MONDAY + HOUR)
    story.done(f"verify:{story.case.opened.case_id}", MONDAY + HOUR)

    asked = result(story, "verified", MONDAY + DAY).at(MONDAY + DAY)

    assert [a.wish for a in asked if isinstance(a, ChooseRemedy)] == ["reissue"]


@pytest.mark.parametrize(
    ("choice", "kind", "outcome"),
    [("refund", "refund_customer", "refunded"), ("reissue", "reissue_goods", "reissued")],
)
def test_one_remedy_one_letter_and_the_case_ends_when_the_money_is_back(choice, kind, outcome):
    now = MONDAY + 20 * DAY
    story = claimed()
    story.at(MONDAY + HOUR)
    result(story, "verified", now).at(now)
    asked = story.choose("verified", choice, now).at(now)
    (remedy,) = [a for a in asked if a.kind in {"refund_customer", "reissue_goods"}]
    assert remedy.kind == kind
    story.tell(t.Approved(remedy.key), at=now).done(remedy.key, now)
    wrote = story.at(now)
    story.carry_out(now).at(now)

    assert letters(wrote) == [outcome]
    assert story.outcomes() == ["open"], "the supplier still owes"

    story.tell(t.RecoverySeen(HUANYU, "received", 4400, "CNY"), at=now + DAY).at(now + DAY)
    assert story.outcomes() == [outcome]


def test_a_shop_may_settle_the_remedy_once_for_all():
    story = claimed(remedy=Remedy.REFUND)

    asked = result(story, "verified", MONDAY + DAY).at(MONDAY + DAY)

    assert "choose_remedy" not in kinds(asked)
    assert "refund_customer" in kinds(asked)


def test_to_be_completed_within_15_further_business_days_overdue_is_chased():
    story = claimed()
    story.at(MONDAY + HOUR)
    result(story, "verified", MONDAY + 14 * DAY).at(MONDAY + 14 * DAY)
    story.carry_out(MONDAY + 14 * DAY)
    due = datetime(2026, 12, 7, 23, 59, 59, tzinfo=CHINA)

    assert story.at(due - timedelta(seconds=1)) == []
    assert kinds(story.at(due)) == ["tell_merchant", "chase_recovery"]


@both
def test_refused_the_customer_gets_an_honest_answer_and_the_merchant_may_still_refund(situation):
    story = claimed(situation)
    story.at(MONDAY + HOUR)

    asked = result(story, "refused", MONDAY + DAY, "packing intact").at(MONDAY + DAY)

    assert letters(asked) == ["claim_refused"]
    (choice,) = [a for a in asked if isinstance(a, ChooseRemedy)]
    assert choice.choices == ("refund", "none")
    assert "ask_recovery" not in kinds(asked)

    paid = story.choose("refused", "refund", MONDAY + DAY).at(MONDAY + DAY)
    (refund,) = [a for a in paid if isinstance(a, RefundCustomer)]
    assert refund.because.says == "own_purse"


def test_refused_and_left_at_that():
    story = claimed()
    story.at(MONDAY + HOUR)
    result(story, "refused", MONDAY + DAY).at(MONDAY + DAY)
    story.choose("refused", "none", MONDAY + DAY).carry_out(MONDAY + DAY).at(MONDAY + DAY)

    assert story.outcomes() == ["claim_refused"]


def test_a_result_that_contradicts_the_first_changes_nothing():
    story = claimed()
    result(story, "refused", MONDAY + DAY)
    result(story, "verified", MONDAY + 2 * DAY)

    assert story.order.claims[story.case.opened.case_id].result == "refused"


def test_an_api_that_took_the_claim_answers_it_with_its_word_on_the_money():
    story = arrived().report(Situation.DAMAGED, (LAMP, 1))
    story.at(MONDAY)
    with_proof(story)
    story.at(MONDAY + HOUR)
    key = f"verify:{story.case.opened.case_id}"
    story.tell(t.ActionDone(key, remote_id="TQ1"), at=MONDAY + HOUR)
    story.tell(t.RecoverySeen(HUANYU, "agreed", 4400, "CNY"), at=MONDAY + DAY)

    asked = story.at(MONDAY + DAY)

    assert "choose_remedy" in kinds(asked)
    assert "ask_recovery" not in kinds(asked), "it was asked for with the claim"


def test_another_lamp_damaged_later_is_a_case_of_its_own_about_the_other_lamp():
    story = claimed(remedy=Remedy.REFUND)
    now = MONDAY + DAY
    result(story, "verified", now).at(now)
    story.tell(t.Approved("refund:11:1"), at=now).done("refund:11:1", now)
    story.tell(t.RecoverySeen(HUANYU, "received", 4400, "CNY"), at=now)
    story.at(now)
    story.carry_out(now).at(now)
    assert story.outcomes() == ["refunded"]

    story.report(Situation.DAMAGED, (LAMP, 1), at=now + DAY)
    story.at(now + DAY)
    with_proof(story, now + DAY)
    story.at(now + DAY + HOUR)
    story.done(f"verify:{story.case.opened.case_id}", now + DAY + HOUR)
    asked = result(story, "verified", now + 2 * DAY).at(now + 2 * DAY)

    assert [a.units for a in asked if isinstance(a, RefundCustomer)] == [(2,)]


def test_goods_repaid_elsewhere_are_not_repaid_for_the_damage_too():
    story = claimed(remedy=Remedy.REFUND)
    story.tell(t.RefundSeen(900, MONDAY, ((LAMP, 2),), 4980, "USD"), at=MONDAY + DAY)

    asked = result(story, "verified", MONDAY + 2 * DAY).at(MONDAY + 2 * DAY)

    assert "refund_customer" not in kinds(asked)
