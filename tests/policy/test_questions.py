"""Which questions are asked of an order: those left out have no answer, whatever its story."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import given, settings

from plugin import policy
from plugin import timeline as t
from plugin.case import Case
from plugin.fold import fold, fold_on
from plugin.order import Order
from plugin.playbooks import late_shipment, supplier_silent
from plugin.terms import Situation
from tests.conftest import MONDAY
from tests.policy.test_properties import stories
from tests.story import HUANYU, LAMP, SHIP_BY, Story, line, order_seen, purchase, shipped


def what_is_not_asked_has_no_answer(story: Story) -> None:
    order, late = story.order, SHIP_BY + timedelta(days=60)
    for playbook in (late_shipment, supplier_silent):
        asked = playbook.questions(order)
        for purchase_id in {*order.purchases, ""}:
            case = Case(order, playbook.SITUATION, purchase_id, story.terms)
            silent = purchase_id in order.purchases and _is_silent(order, purchase_id)
            may_be = playbook is late_shipment or silent
            if may_be and (purchase_id, ()) not in asked:
                assert policy.decide(case, late) == []
                assert policy.next_deadline(case, MONDAY) is None


def _is_silent(order: Order, purchase_id: str) -> bool:
    bought = order.purchases[purchase_id]
    return bought.asked_at is not None and bought.answered_at is None


@settings(max_examples=200, deadline=None)
@given(stories())
def test_a_question_that_is_left_out_has_no_answer(story: Story) -> None:
    what_is_not_asked_has_no_answer(story)


def test_a_question_wrongly_left_out_is_noticed() -> None:
    """The deliberate break: nothing is ever awaited."""
    story = Story().tell(order_seen(), purchase())
    with patch.object(Order, "awaits", lambda _order, _id: False), pytest.raises(AssertionError):
        what_is_not_asked_has_no_answer(story)


def test_a_quiet_order_is_asked_about_its_clocks_only() -> None:
    story = Story().tell(order_seen(), purchase())
    asked = [case.situation for case in policy.cases(story.order, story.terms, {})]
    assert asked == [Situation.LATE_SHIPMENT]
    story.tell(t.SupplierAsked(HUANYU))
    asked = [case.situation for case in policy.cases(story.order, story.terms, {})]
    assert asked == [Situation.LATE_SHIPMENT, Situation.SUPPLIER_SILENT]


def test_units_are_counted_anew_once_more_is_known() -> None:
    seen = order_seen(line(quantity=2))
    order = fold(Story().tell(seen, purchase(lines=((LAMP, 2),))).entries)
    assert order.shipped(LAMP) == ()
    left = Story().tell(shipped(MONDAY, (LAMP, 1)), t.PurchaseShipped(HUANYU, MONDAY)).entries
    fold_on(order, left[:1])
    assert order.shipped(LAMP) == (1,)
    fold_on(order, left[1:])
    assert order.shipped(LAMP) == (1, 2)
