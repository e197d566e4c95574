"""What holds for every story: only a deadline changes an answer, and nothing is asked for twice.

The moments are drawn on the boundaries, one second before and one second after each due moment:
a property whose moments rarely meet a boundary notices nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin import fold_reports, policy
from plugin import timeline as t
from plugin.actions import ChooseRemedy, RefundCustomer, ReissueGoods
from plugin.case import Case
from plugin.fold import _STEPS, UNTOUCHED
from plugin.gates import why_not
from plugin.playbooks import cancellation, customs_hold, late_shipment, supplier_silent
from plugin.terms import (
    STOPPED,
    VERIFIED,
    Alternative,
    NoStockOrder,
    Remedy,
    Route,
    Situation,
    Terms,
)
from tests.conftest import MONDAY
from tests.story import HUANYU, LAMP, SHIP_BY, Story, line, order_seen, purchase, shipped

SECOND = timedelta(seconds=1)
YIWU = "Yiwu/T2"
"""Where the second unit is bought, if the first purchase leaves it."""
HOURS = st.integers(0, 24 * 20).map(lambda h: timedelta(hours=h))

TERMS = st.builds(
    Terms,
    domestic_only=st.booleans(),
    assumed_route=st.sampled_from(Route),
    no_stock_order=st.sampled_from(NoStockOrder),
    remedy=st.sampled_from(Remedy),
    alternatives=st.sampled_from(
        [(), (Alternative(7, "SKU-11", "Anhe", "https://example.com/7", 9900, "CNY"),)]
    ),
)


def more_happenings(moment: datetime) -> list[t.Event]:
    """What situations 2 and 5 to 9 are made of, for whichever case is there."""
    reported = [
        t.ProblemReported(f"r-{situation}", situation, purchase_id, lines)
        for situation in Situation
        if situation in VERIFIED | STOPPED
        for purchase_id, lines in ((HUANYU, ((LAMP, 1),)), ("", ()))
    ]
    told = [
        event
        for case_id in ("case-1", "case-2")
        for event in (
            t.EvidenceAdded(case_id, "a" * 64, "picture"),
            t.VerificationSeen(case_id, "verified"),
            t.VerificationSeen(case_id, "refused"),
        )
    ]
    customs = [t.CustomsSeen(HUANYU, state, moment) for state in ("held", "cleared", "returned")]
    return [
        *reported,
        *told,
        *customs,
        t.OversizedReported(HUANYU, parcels=2),
        t.OrderChecked(doubts=("zip:zip_format",), parcel="over"),
        t.InterceptionSeen(HUANYU, "succeeded"),
        t.InterceptionSeen(HUANYU, "failed"),
        *(
            t.AddressSettled(f"check-{n}", how)
            for n in (2, 3)
            for how in ("confirmed", "corrected")
        ),
    ]


def happenings(moment: datetime) -> st.SearchStrategy[t.Event]:
    """Anything the world may tell us at a moment."""
    return st.sampled_from(
        [
            *more_happenings(moment),
            t.SupplierAsked(HUANYU),
            t.SupplierAnswered(HUANYU, "soon"),
            t.OutOfStockReported(HUANYU),
            t.OutOfStockReported("", (LAMP,)),
            t.RouteLearned(HUANYU, Route.INTERNATIONAL),
            t.PurchaseCancelled(HUANYU, moment),
            t.PurchaseShipped(HUANYU, moment),
            shipped(moment, (LAMP, 1)),
            t.FulfilmentSeen(501, moment, moment, ((LAMP, 1),), good=False),
            t.RefundSeen(900, moment, ((LAMP, 1),), 2490, "USD"),
            t.DisputeSeen(3, "chargeback", "needs_response"),
            t.RecoverySeen(HUANYU, "agreed", 8800, "CNY"),
            t.RecoverySeen(HUANYU, "received", 8800, "CNY"),
            order_seen(line(quantity=2, paid_minor=4980), version=moment, cancelled_at=moment),
            purchase(purchase_id="Anhe/9", supplier="Anhe", reference="9", replacement=True),
            purchase(purchase_id=YIWU, supplier="Yiwu", reference="T2"),
            t.InterceptionSeen(YIWU, "succeeded"),
            t.InterceptionSeen(YIWU, "failed"),
            t.RouteLearned(YIWU, Route.INTERNATIONAL),
            t.PurchaseCancelled(YIWU, moment),
        ]
    )


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A story told in steps, with the policy at work and some of its actions carried out."""
    story = Story(draw(TERMS))
    story.tell(order_seen(line(quantity=2, paid_minor=4980), shipping_paid_minor=500))
    if draw(st.booleans()):
        story.tell(purchase(lines=((LAMP, draw(st.integers(1, 2))),)))
    now = MONDAY
    for _ in range(draw(st.integers(0, 5))):
        now += draw(HOURS)
        story.at(now)
        alive = [key for key, p in story.order.planned.items() if p.alive]
        if alive and draw(st.booleans()):
            key = draw(st.sampled_from(alive))
            action = story.order.planned[key].action
            ways = action.choices if isinstance(action, ChooseRemedy) else ("replace", "split")
            choices = [t.ActionDone(key), t.Declined(key), *(t.Approved(key, w) for w in ways)]
            story.tell(draw(st.sampled_from(choices)), at=now, by="Alice")
        else:
            story.tell(draw(happenings(now)), at=now)
    return story


def moments(story: Story) -> Iterator[datetime]:
    """Every due moment, and the seconds beside it."""
    yield from (MONDAY, SHIP_BY)
    for case in policy.cases(story.order, story.terms, {1: story.terms}):
        for deadline in ALL_DEADLINES:
            due = deadline.due(case)
            if due is not None:
                yield from (due - SECOND, due, due + SECOND)


ALL_DEADLINES = tuple({d for p in policy.PLAYBOOKS.values() for d in p.DEADLINES})


def _answer(case: Case, now: datetime) -> list[object]:
    return list(policy.decide(case, now))


def only_a_deadline_changes_the_answer(story: Story) -> None:
    """Between two moments with none of its own deadlines between them a case answers the same."""
    for case in policy.cases(story.order, story.terms, {1: story.terms}):
        mine = policy.PLAYBOOKS[case.situation].DEADLINES
        due = sorted(d for deadline in mine if (d := deadline.due(case)))
        drawn = sorted(set(moments(story)))
        for earlier, later in pairwise(drawn):
            if not any(earlier < d <= later for d in due):
                assert _answer(case, earlier) == _answer(case, later)


@settings(max_examples=300, deadline=None)
@given(stories())
def test_only_a_deadline_can_change_the_answer(story: Story) -> None:
    only_a_deadline_changes_the_answer(story)


@pytest.mark.parametrize(
    ("playbook", "forgotten"),
    [
        (late_shipment, "urge_supplier"),
        (late_shipment, "treat_as_no_stock"),
        (supplier_silent, "supplier_silent"),
        (customs_hold, "customs_third"),
        (cancellation, "route_within"),
    ],
    ids=["the urge", "the no-stock route", "the silence", "customs", "the route"],
)
def test_a_forgotten_deadline_is_noticed(playbook: policy.Playbook, forgotten: str) -> None:
    """The deliberate break: the property above fails when a playbook forgets a clock."""
    kept = tuple(d for d in playbook.DEADLINES if d.name != forgotten)
    story = Story().tell(order_seen(), purchase())
    if forgotten == "supplier_silent":
        story.tell(t.SupplierAsked(HUANYU), at=MONDAY, by="Alice")
    if forgotten == "customs_third":
        story.tell(t.CustomsSeen(HUANYU, "held", MONDAY)).at(MONDAY)
    if forgotten == "route_within":
        story = Story().tell(order_seen(), purchase(route=Route.UNKNOWN))
        story.report(Situation.CANCELLATION).at(MONDAY)
    with patch.object(playbook, "DEADLINES", kept), pytest.raises(AssertionError):
        only_a_deadline_changes_the_answer(story)


@settings(max_examples=300, deadline=None)
@given(stories(), st.lists(HOURS, max_size=6))
def test_no_unit_is_ever_asked_to_be_paid_twice(story: Story, waits: list[timedelta]) -> None:
    now = story.entries[-1].at
    for wait in waits:
        now += wait
        story.at(now)
        planned = [p for p in story.order.planned.values() if p.counts]
        refunds = [p.action for p in planned if isinstance(p.action, RefundCustomer)]
        units = [(refund.line_id, unit) for refund in refunds for unit in refund.units]
        assert len(units) == len(set(units))
        assert sum(refund.minor for refund in refunds) <= 4980 + 500


def gates_hold(story: Story) -> None:
    """The guide's gates, read off the facts: none of them is open that should be shut."""
    for planned in story.order.planned.values():
        if not isinstance(planned.action, RefundCustomer | ReissueGoods) or not planned.alive:
            continue
        opened = story.order.cases[planned.case_id].opened
        chosen = [
            p
            for p in story.order.planned.values()
            if p.case_id == planned.case_id and isinstance(p.action, ChooseRemedy) and p.choice
        ]
        if opened.situation in VERIFIED:
            claim = story.order.claims.get(planned.case_id)
            assert chosen or (claim is not None and claim.result == "verified")
        if opened.situation is Situation.CUSTOMS_HOLD:
            assert chosen
        if opened.situation in STOPPED:
            serving = [
                p
                for p in story.order.purchases.values()
                if p.id
                and not p.replacement
                and set(p.units.get(planned.action.line_id, ())) & set(planned.action.units)
            ]
            assert all(p.stopped for p in serving)


@settings(max_examples=300, deadline=None)
@given(stories(), st.lists(HOURS, max_size=3))
def test_no_gate_of_the_guide_is_passed(story: Story, waits: list[timedelta]) -> None:
    now = story.entries[-1].at
    for wait in [timedelta(0), *waits]:
        now += wait
        story.at(now)
        gates_hold(story)


def test_a_gate_left_open_is_noticed() -> None:
    """The deliberate break: a cancellation that refunds what was bought, stopped or not."""
    story = Story().tell(order_seen(), purchase()).report(Situation.CANCELLATION)
    nothing_bought = property(lambda _case: True)
    with patch.object(Case, "nothing_bought", nothing_bought):
        story.at(MONDAY)
    with pytest.raises(AssertionError):
        gates_hold(story)


def only_what_the_last_look_allows_is_asked_for(story: Story, now: datetime) -> None:
    """A rule that asks for what the gates refuse would ask for it again and again, for ever."""
    for _ in range(50):
        for case in policy.cases(story.order, story.terms, {1: story.terms}):
            for decision in policy.decide(case, now) if case.opened else ():
                if isinstance(decision, RefundCustomer) and story.is_new(case, decision):
                    assert why_not(story.order, decision, case.id) == ""
        if not story.round(now):
            return


@settings(max_examples=300, deadline=None)
@given(stories(), st.lists(HOURS, max_size=3))
def test_rules_and_gates_agree(story: Story, waits: list[timedelta]) -> None:
    now = story.entries[-1].at
    for wait in [timedelta(0), *waits]:
        now += wait
        only_what_the_last_look_allows_is_asked_for(story, now)


def test_a_doubt_that_is_not_split_among_the_purchases_is_noticed() -> None:
    """The deliberate break: one case for two parcels, of which one was stopped and one was not."""
    story = Story().tell(
        order_seen(line(quantity=2, paid_minor=4980)),
        t.OrderChecked(doubts=("zip:zip_format",)),
    )
    story.at(MONDAY)
    story.tell(
        purchase(),
        purchase(purchase_id=YIWU, supplier="Yiwu", reference="T2"),
        t.InterceptionSeen(HUANYU, "succeeded"),
        t.InterceptionSeen(YIWU, "failed"),
    )
    with patch.object(fold_reports, "_may_split", return_value=False):
        story.tell(t.AddressSettled("check-2", "corrected"))
        with pytest.raises(AssertionError):
            only_what_the_last_look_allows_is_asked_for(story, MONDAY)


@settings(max_examples=200, deadline=None)
@given(stories())
def test_asking_again_at_the_same_moment_changes_nothing(story: Story) -> None:
    now = story.entries[-1].at
    story.at(now)
    assert story.at(now) == []


def test_every_playbook_is_listed_under_its_own_situation() -> None:
    assert {s: p.SITUATION for s, p in policy.PLAYBOOKS.items()} == {
        situation: situation for situation in Situation
    }


def test_every_event_is_folded_or_said_to_change_nothing() -> None:
    assert {*_STEPS, *UNTOUCHED} == set(t.EVENTS.values())
