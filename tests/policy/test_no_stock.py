"""1. No stock, in the guide's own sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plugin import timeline as t
from plugin.actions import (
    AskRecovery,
    ChaseRecovery,
    Letter,
    ProposeAlternative,
    RefundCustomer,
    TellMerchant,
    Topic,
    WriteCustomer,
)
from plugin.terms import Alternative, NoStockOrder, Terms
from tests.conftest import MONDAY
from tests.story import CUP, HUANYU, LAMP, Story, line, order_seen, purchase, shipped

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NONE_LEFT = t.OutOfStockReported(HUANYU, message="sold out")
OTHER_LAMP = Alternative(7, "SKU-11", "Anhe", "https://example.com/7", 9900, "CNY", 3)
GOODS_FIRST = Terms(no_stock_order=NoStockOrder.RESOURCE_FIRST, alternatives=(OTHER_LAMP,))


def sold_out(terms: Terms | None = None) -> Story:
    story = Story(terms or Terms(alternatives=(OTHER_LAMP,))).tell(order_seen(), purchase())
    return story.tell(NONE_LEFT, at=MONDAY + HOUR, by="supplier")


def of_kind(actions: list[Any], kind: type) -> list[Any]:
    return [a for a in actions if isinstance(a, kind)]


def test_refund_the_customer_for_the_lines_concerned() -> None:
    story = Story().tell(order_seen(line(), line(CUP, paid_minor=900), shipping_paid_minor=339))
    story.tell(purchase(), t.OutOfStockReported(HUANYU))
    refunds = of_kind(story.at(MONDAY), RefundCustomer)
    assert [(r.line_id, r.goods_minor, r.shipping_minor) for r in refunds] == [(LAMP, 2490, 249)]


def test_the_lines_a_merchant_clicked_are_the_lines_concerned() -> None:
    story = Story().tell(order_seen(line(), line(CUP, paid_minor=900)))
    story.tell(t.OutOfStockReported("", (CUP,)))
    assert [r.line_id for r in of_kind(story.at(MONDAY), RefundCustomer)] == [CUP]


def test_look_for_the_same_item_at_another_supplier_and_offer_it() -> None:
    proposals = of_kind(sold_out().at(MONDAY + HOUR), ProposeAlternative)
    assert [(p.line_id, p.alternative_id, p.as_replacement) for p in proposals] == [
        (LAMP, 7, False)
    ]


def test_with_no_alternative_on_the_list_the_merchant_is_asked_to_name_one() -> None:
    proposals = of_kind(sold_out(Terms()).at(MONDAY + HOUR), ProposeAlternative)
    assert [p.alternative_id for p in proposals] == [0]


def test_ask_for_the_original_purchase_to_be_refunded() -> None:
    asked = of_kind(sold_out().at(MONDAY + HOUR), AskRecovery)
    assert [(a.purchase_id, a.minor, a.currency) for a in asked] == [(HUANYU, 8800, "CNY")]


def test_part_of_a_purchase_is_asked_back_without_a_sum_nobody_told_us() -> None:
    story = Story().tell(order_seen(line(), line(CUP, paid_minor=900)))
    story.tell(purchase(lines=((LAMP, 1), (CUP, 1))), t.OutOfStockReported(HUANYU, (CUP,)))
    assert [a.minor for a in of_kind(story.at(MONDAY), AskRecovery)] == [0]


def test_follow_it_until_the_money_is_in() -> None:
    story = sold_out()
    story.at(MONDAY + HOUR)
    asked = MONDAY + 2 * HOUR
    story.done(f"recover:{HUANYU}", asked)
    for nth in range(1, 5):
        due = asked + nth * 7 * DAY
        assert of_kind(story.at(due - HOUR), ChaseRecovery) == []
        assert [c.nth for c in of_kind(story.at(due), ChaseRecovery)] == [nth]
        story.done(f"chase:{HUANYU}:{nth}", due)
    told = story.at(asked + 35 * DAY)
    assert of_kind(told, ChaseRecovery) == []
    assert [a.topic for a in of_kind(told, TellMerchant)] == [Topic.RECOVERY_STALLED]
    last = story.at(asked + 90 * DAY)
    assert [a.topic for a in of_kind(last, TellMerchant)] == [Topic.RECOVERY_SHUTS]
    assert story.at(asked + 120 * DAY) == []


@pytest.mark.parametrize("state", ["received", "refused"])
def test_money_that_came_or_was_refused_is_not_chased(state: str) -> None:
    story = sold_out()
    story.at(MONDAY + HOUR)
    story.done(f"recover:{HUANYU}", MONDAY + 2 * HOUR)
    story.tell(t.RecoverySeen(HUANYU, state, 8800, "CNY"), at=MONDAY + DAY, by="supplier")
    assert of_kind(story.at(MONDAY + 60 * DAY), ChaseRecovery) == []


def test_the_customer_is_written_once_when_the_money_is_on_its_way() -> None:
    story = sold_out()
    story.at(MONDAY + HOUR)
    assert of_kind(story.at(MONDAY + DAY), WriteCustomer) == []
    story.done(f"refund:{LAMP}:1", MONDAY + DAY)
    letters = of_kind(story.at(MONDAY + DAY), WriteCustomer)
    assert [letter.letter for letter in letters] == [Letter.REFUNDED]
    assert of_kind(story.at(MONDAY + 2 * DAY), WriteCustomer) == []


def test_the_customer_can_be_invited_to_take_the_other_item() -> None:
    story = sold_out()
    story.at(MONDAY + HOUR)
    story.tell(t.Approved(f"resource:{LAMP}:1", "invite"), at=MONDAY + DAY, by="Alice")
    letters = of_kind(story.at(MONDAY + DAY), WriteCustomer)
    assert [(letter.letter, letter.alternative_id) for letter in letters] == [(Letter.INVITED, 7)]


def test_goods_first_proposes_goods_and_no_money() -> None:
    actions = sold_out(GOODS_FIRST).at(MONDAY + HOUR)
    assert [p.as_replacement for p in of_kind(actions, ProposeAlternative)] == [True]
    assert of_kind(actions, RefundCustomer) == []


def test_goods_first_refunds_when_none_was_taken_within_the_time_set() -> None:
    story = sold_out(GOODS_FIRST)
    story.at(MONDAY + HOUR)
    assert of_kind(story.at(MONDAY + 49 * HOUR - timedelta(seconds=1)), RefundCustomer) == []
    assert len(of_kind(story.at(MONDAY + 49 * HOUR), RefundCustomer)) == 1


def test_goods_first_refunds_at_once_when_there_is_no_alternative() -> None:
    story = sold_out(Terms(no_stock_order=NoStockOrder.RESOURCE_FIRST))
    assert len(of_kind(story.at(MONDAY + HOUR), RefundCustomer)) == 1


def test_goods_that_are_coming_are_not_refunded() -> None:
    story = sold_out(GOODS_FIRST)
    story.at(MONDAY + HOUR)
    story.tell(t.Approved(f"resource:{LAMP}:1", "replace"), at=MONDAY + 2 * HOUR, by="Alice")
    assert of_kind(story.at(MONDAY + 20 * DAY), RefundCustomer) == []


def test_a_replacement_that_is_cancelled_leads_to_the_refund_after_all() -> None:
    story = sold_out(GOODS_FIRST)
    story.at(MONDAY + HOUR)
    story.tell(t.Approved(f"resource:{LAMP}:1", "replace"), at=MONDAY + 2 * HOUR, by="Alice")
    story.done(f"resource:{LAMP}:1", MONDAY + 3 * HOUR)
    again = purchase(purchase_id="Anhe/9", supplier="Anhe", reference="9", replacement=True)
    story.tell(again, at=MONDAY + 3 * HOUR, by="Alice")
    assert of_kind(story.at(MONDAY + 3 * DAY), RefundCustomer) == []
    story.tell(t.PurchaseCancelled("Anhe/9", MONDAY + 4 * DAY), at=MONDAY + 4 * DAY)
    assert len(of_kind(story.at(MONDAY + 4 * DAY), RefundCustomer)) == 1


def test_a_refund_the_merchant_declined_is_not_asked_for_again() -> None:
    story = sold_out()
    story.at(MONDAY + HOUR)
    story.tell(t.Declined(f"refund:{LAMP}:1"), at=MONDAY + 2 * HOUR, by="Alice")
    assert of_kind(story.at(MONDAY + 30 * DAY), RefundCustomer) == []


def test_the_case_closes_when_money_went_out_and_came_back() -> None:
    story = sold_out()
    story.at(MONDAY + HOUR)
    story.done(f"refund:{LAMP}:1", MONDAY + 2 * HOUR)
    story.done(f"recover:{HUANYU}", MONDAY + 2 * HOUR)
    story.tell(t.Declined(f"resource:{LAMP}:1"), at=MONDAY + 2 * HOUR, by="Alice")
    for key in list(story.order.planned):
        if story.order.planned[key].alive:
            story.done(key, MONDAY + 2 * HOUR)
    story.at(MONDAY + 2 * HOUR)
    story.done("letter:refunded:case-1:1", MONDAY + 3 * HOUR)
    story.tell(t.RecoverySeen(HUANYU, "received", 8800, "CNY"), at=MONDAY + 9 * DAY)
    story.at(MONDAY + 9 * DAY)
    assert story.order.cases["case-1"].closed
    assert story.order.cases["case-1"].closed.outcome == "refunded"


def test_goods_that_ship_after_the_refund_are_told_of_and_change_nothing_else() -> None:
    story = sold_out()
    story.at(MONDAY + HOUR)
    story.done(f"refund:{LAMP}:1", MONDAY + 2 * HOUR)
    story.at(MONDAY + 2 * HOUR)
    story.tell(shipped(MONDAY + DAY), at=MONDAY + DAY)
    topics = [getattr(a, "topic", "") for a in story.at(MONDAY + DAY)]
    assert topics == ["shipped_after_refund"]


def test_a_case_stays_open_until_the_promised_replacement_was_bought() -> None:
    story = sold_out(GOODS_FIRST)
    story.at(MONDAY + HOUR)
    story.tell(t.Approved(f"resource:{LAMP}:1", "replace"), at=MONDAY + 2 * HOUR, by="Alice")
    story.done(f"resource:{LAMP}:1", MONDAY + 2 * HOUR)
    story.done(f"recover:{HUANYU}", MONDAY + 2 * HOUR)
    story.tell(t.RecoverySeen(HUANYU, "received", 8800, "CNY"), at=MONDAY + 3 * HOUR)
    for key in [k for k, p in story.order.planned.items() if p.alive]:
        story.done(key, MONDAY + 3 * HOUR)
    story.at(MONDAY + 4 * HOUR)
    assert story.order.cases["case-1"].closed is None
    bought = purchase(purchase_id="Anhe/9", supplier="Anhe", reference="9", replacement=True)
    story.tell(bought, at=MONDAY + DAY, by="Alice")
    story.at(MONDAY + DAY)
    closed = story.order.cases["case-1"].closed
    assert closed is not None
    assert closed.outcome == "replaced"


def test_a_unit_the_store_no_longer_shows_is_worth_nothing() -> None:
    story = Story().tell(
        order_seen(line(quantity=2, paid_minor=4980)), purchase(lines=((LAMP, 2),))
    )
    story.tell(order_seen(line(quantity=1, paid_minor=2490), version=MONDAY + HOUR))
    story.tell(NONE_LEFT, at=MONDAY + HOUR, by="supplier")
    refunds = of_kind(story.at(MONDAY + HOUR), RefundCustomer)
    assert sum(r.goods_minor for r in refunds) == 2490
