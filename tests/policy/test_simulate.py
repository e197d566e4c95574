"""The simulator and the live engine are one function: the same events, the same actions.

The live engine runs on a database with fakes outside, its clock turned through every look; what
it wrote down is then lived through again on paper and compared, moment for moment.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin import merchant
from plugin import timeline as t
from plugin.case import Case
from plugin.deciding import Restless
from plugin.simulate import Account, Paper, simulate, simulate_all
from plugin.simulate_figures import Figure, compare
from plugin.store import shops
from plugin.terms import Autonomy, Cap, Terms
from tests.casework.conftest import Desk
from tests.conftest import MONDAY
from tests.fakes import (
    ORDER_ID,
    SHOP,
    store_order,
)
from tests.policy.living import (
    DAY,
    FREE,
    HOUR,
    REFUND,
    STORIES,
    TERMS,
    Steps,
    actions,
    bought,
    late_to_the_end,
    live_desk,
    pass_time,
)
from tests.policy.test_properties import happenings
from tests.story import HUANYU, LAMP, SHIP_BY, Story, line, order_seen, purchase


def on_paper(desk: Desk) -> Account:
    with desk.db.read() as tx:
        found = shops.find(tx, SHOP)
        assert found is not None
        terms = shops.terms_of(tx, SHOP, found.terms_version, ["SKU-11"])
    return simulate(desk.entries, terms, desk.clock.now(), shop=SHOP, order_id=ORDER_ID)


def same(desk: Desk) -> list[tuple[object, ...]]:
    """The live engine's actions, after checking that the paper has the very same."""
    live = actions(desk.entries)
    assert actions(on_paper(desk).entries) == live
    return live


@pytest.mark.parametrize("terms", TERMS.values(), ids=list(TERMS))
@pytest.mark.parametrize("story", STORIES, ids=[s.__name__ for s in STORIES])
def test_the_paper_decides_as_the_live_engine_did(
    migrated_file: Path, story: Steps, terms: Terms
) -> None:
    with live_desk(migrated_file, terms) as desk:
        try:
            story(desk)
        except Restless:
            pytest.skip("the rules undo each other here, live as on paper")
        assert same(desk)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_the_world_says_both_decide_the_same(migrated_file: Path, data: Any) -> None:
    terms = data.draw(st.sampled_from(list(TERMS.values())))
    with live_desk(migrated_file, terms) as desk:
        desk.store.orders[ORDER_ID] = store_order(quantity=2)
        desk.tell(order_seen(line(quantity=2, paid_minor=4980), shipping_paid_minor=500))
        if data.draw(st.booleans()):
            connection = data.draw(st.sampled_from(["1688", "by_hand"]))
            desk.tell(
                purchase(connection=connection, lines=((LAMP, data.draw(st.integers(1, 2))),))
            )
        try:
            _happen(desk, data)
        except Restless:
            return
        same(desk)


def _happen(desk: Desk, data: Any) -> None:
    for _ in range(data.draw(st.integers(1, 6))):
        pass_time(desk, desk.clock.now() + timedelta(hours=data.draw(st.integers(1, 24 * 12))))
        waits = [k for k, p in desk.order.planned.items() if p.state == "waiting"]
        if waits and data.draw(st.booleans()):
            key, choice = data.draw(st.sampled_from(waits)), data.draw(CHOICES)
            with suppress(merchant.NotPossible):
                desk.approve(key, choice=choice)
        else:
            desk.tell(data.draw(happenings(desk.clock.now())))
    pass_time(desk, desk.clock.now() + 10 * DAY)


CHOICES = st.sampled_from(["", "refund", "reissue", "none", "replace", "source"])


# --- Under other terms ----------------------------------------------------------------------------


def urged_at(account: Account) -> list[datetime]:
    return [e.at for e in account.entries if getattr(e.what, "key", "") == f"urge:{HUANYU}"][:1]


def test_other_numbers_act_at_other_moments(migrated_file: Path) -> None:
    with live_desk(migrated_file, Terms()) as desk:
        late_to_the_end(desk)
        entries = desk.entries
    for days in (1, 2, 3):
        terms = Terms(version=9, deadlines={"urge_supplier": days})
        account = simulate(entries, terms, SHIP_BY + 30 * DAY, shop=SHOP, order_id=ORDER_ID)
        assert urged_at(account) == [SHIP_BY + days * DAY]


def test_what_was_refunded_for_real_is_not_a_refund_by_others_on_paper(
    migrated_file: Path,
) -> None:
    """The store's word on our own refund is not heard where, on paper, it was not made."""
    with live_desk(migrated_file, FREE) as desk:
        desk.tell(*bought(), t.OutOfStockReported(HUANYU))
        pass_time(desk, MONDAY + DAY)
        mark = desk.row(REFUND).mark
        desk.tell(t.RefundSeen(900, MONDAY, ((LAMP, 1),), 2490, "USD", mark))
        left = order_seen(line(current_quantity=0), version=MONDAY + DAY)
        desk.tell(left)
        pass_time(desk, MONDAY + 2 * DAY)
        entries = desk.entries
    account = simulate(entries, Terms(), MONDAY + 2 * DAY, shop=SHOP, order_id=ORDER_ID)
    (refund,) = [e.what for e in account.entries if getattr(e.what, "key", "") == REFUND]
    assert isinstance(refund, t.Planned)
    assert refund.level is Autonomy.ASK


def test_the_cap_for_a_day_holds_over_all_orders_together() -> None:
    terms = replace(FREE, cap=Cap(10_000, 5_000, "USD"))
    histories = {
        n: Story().tell(*bought(), t.OutOfStockReported(HUANYU), at=MONDAY + n * HOUR).entries
        for n in range(4)
    }
    accounts = simulate_all(histories, terms, MONDAY + DAY)
    levels = [
        (str(e.what.level), e.what.held)
        for a in accounts
        for e in a.entries
        if isinstance(e.what, t.Planned) and e.what.key == REFUND
    ]
    assert levels == [("auto", "")] * 2 + [("ask", "over_cap_per_day")] * 2


def test_an_order_whose_rules_do_not_come_to_rest_stops_no_other() -> None:
    entries = Story().tell(*bought(), t.OutOfStockReported(HUANYU)).entries
    decide = Paper.decide

    def restless(paper: Paper) -> list[Case]:
        if paper.order_id == 1:
            raise Restless("order 1")
        return decide(paper)

    with patch.object(Paper, "decide", restless):
        accounts = simulate_all({1: entries, 2: entries}, Terms(), MONDAY)
    assert [a.stuck for a in accounts] == [True, False]
    assert any(isinstance(e.what, t.CaseOpened) for e in accounts[1].entries)


def test_nothing_known_is_nothing_lived() -> None:
    assert simulate_all({1: []}, Terms(), MONDAY) == []


def test_the_same_terms_twice_differ_in_nothing() -> None:
    entries = Story().tell(*bought(), t.OutOfStockReported(HUANYU)).entries
    accounts = simulate_all({1: entries}, Terms(), MONDAY + 9 * DAY)
    figures = compare(accounts, accounts, MONDAY)
    assert [f.orders for f in figures] == [[]] * len(figures)
    assert next(f for f in figures if f.name == "opened").before == 1


def test_currencies_are_never_added_together() -> None:
    reported = t.OutOfStockReported(HUANYU)
    histories = {
        1: Story().tell(order_seen(currency="USD"), purchase(), reported).entries,
        2: Story().tell(order_seen(currency="EUR"), purchase(), reported).entries,
    }
    off = Terms(version=2, autonomy={"no_stock.refund": Autonomy.OFF})
    was, would = (simulate_all(histories, terms, MONDAY) for terms in (Terms(), off))
    found: dict[str, Figure] = {f.name: f for f in compare(was, would, MONDAY)}
    assert found["refunds_asked"].sums == [("EUR", -2490), ("USD", -2490)]
    assert [one.order_id for one in found["refunds_asked"].orders] == [1, 2]
