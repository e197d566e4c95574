"""A past order lived through again under other terms: where the two come apart first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugin import timeline as t
from plugin.replay import moments, replay
from plugin.simulate import simulate
from plugin.terms import Autonomy, Terms
from tests.conftest import MONDAY
from tests.story import HUANYU, SHIP_BY, order_seen, purchase

UNTIL = MONDAY + timedelta(days=20)


def lived(terms: Terms) -> tuple[t.Entry, ...]:
    """An order that is late, as these terms would have handled it."""
    news = [order_seen(), purchase()]
    told = [t.Entry(n, MONDAY, "store", event) for n, event in enumerate(news, 1)]
    return simulate(told, terms, UNTIL, shop="a", order_id=1).entries


def test_under_its_own_terms_nothing_differs() -> None:
    entries = lived(Terms())
    found = replay(entries, Terms(), UNTIL, shop="a", order_id=1)
    assert found.first is None
    assert found.decisions == len(moments(entries)) > 3


def test_an_urge_a_day_later_is_the_first_difference() -> None:
    entries = lived(Terms())
    later = Terms(version=2, deadlines={"urge_supplier": 3})
    first = replay(entries, later, UNTIL, shop="a", order_id=1).first
    assert first is not None
    assert first.how == "moved"
    assert first.at == SHIP_BY + timedelta(days=2)
    assert first.would is not None
    assert first.would.at == SHIP_BY + timedelta(days=3)


def test_a_rule_that_is_asked_now_goes_otherwise() -> None:
    entries = lived(Terms())
    asking = Terms(version=2, autonomy={"late_shipment.urge": Autonomy.ASK})
    first = replay(entries, asking, UNTIL, shop="a", order_id=1).first
    assert first is not None
    assert (first.how, first.was and first.was.how, first.would and first.would.how) == (
        "level",
        "auto",
        "ask",
    )


def test_a_rule_that_is_off_now_does_less() -> None:
    entries = lived(Terms())
    off = Terms(version=2, autonomy={"late_shipment.urge": Autonomy.OFF})
    first = replay(entries, off, UNTIL, shop="a", order_id=1).first
    assert first is not None
    assert first.how in {"level", "less", "moved"}


def test_acting_late_after_an_outage_is_no_difference() -> None:
    entries = [
        replace(e, at=e.at + timedelta(hours=5), what=replace(e.what, late_seconds=5 * 3600))
        if isinstance(e.what, t.Planned) and e.what.action == "urge_supplier"
        else e
        for e in lived(Terms())
    ]
    first = replay(entries, Terms(), UNTIL, shop="a", order_id=1).first
    assert first is None or first.was is None or first.was.name != f"step:urge:{HUANYU}"


def test_an_empty_timeline_has_nothing_to_differ() -> None:
    assert replay([], Terms(), UNTIL).first is None


@given(st.integers(1, 9), st.integers(1, 9))
def test_replaying_says_nothing_differs_exactly_where_the_terms_decide_alike(
    was: int, now: int
) -> None:
    entries = lived(Terms(deadlines={"urge_supplier": was}))
    first = replay(entries, Terms(deadlines={"urge_supplier": now}), UNTIL, shop="a", order_id=1)
    alike = [(m.name, m.at) for m in moments(entries)] == [
        (m.name, m.at) for m in moments(lived(Terms(deadlines={"urge_supplier": now})))
    ]
    assert (first.first is None) == alike
