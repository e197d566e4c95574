"""A shop's terms: how far each rule goes, and which alternative is the best."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.terms import Alternative, Autonomy, Clause, Situation, Terms

ANHE = Alternative(1, "LAMP", "Anhe", "", 10_000, "CNY", promised_days=5)


def best(*offers: Alternative) -> str:
    return Terms(alternatives=offers).alternatives_for("LAMP")[0].supplier


@pytest.mark.parametrize(
    ("other", "first"),
    [
        (replace(ANHE, id=2, supplier="Boyu", price_minor=9_000), "Boyu"),
        (replace(ANHE, id=2, supplier="Boyu", promised_days=4), "Boyu"),
        (replace(ANHE, id=2, supplier="Boyu", price_minor=9_900, promised_days=9), "Anhe"),
        (replace(ANHE, id=2, supplier="Boyu", promised_days=None), "Anhe"),
        (replace(ANHE, id=2, supplier="Boyu", price_minor=9_000, purchases=3, troubles=2), "Anhe"),
        (replace(ANHE, id=2, supplier="Boyu", price_minor=9_000, purchases=40, troubles=2), "Boyu"),
    ],
    ids=["cheaper", "sooner", "cheaper but late", "no word on days", "failed", "seldom failed"],
)
def test_alternatives_are_ranked_by_price_days_and_this_shops_own_record(
    other: Alternative, first: str
) -> None:
    assert best(ANHE, other) == best(other, ANHE) == first


def test_prices_in_other_currencies_are_not_compared() -> None:
    euros = replace(ANHE, id=2, supplier="Cadore", price_minor=1, currency="EUR")
    offers = Terms(alternatives=(euros, ANHE)).alternatives_for("LAMP")

    assert [a.currency for a in offers] == ["CNY", "EUR"]


@pytest.mark.parametrize("level", list(Autonomy))
def test_no_setting_takes_the_choice_of_a_remedy_from_a_person(level: Autonomy) -> None:
    terms = Terms(autonomy={f"{s}.{Clause.REMEDY}": level for s in Situation})

    assert {terms.goes(s, Clause.REMEDY) for s in Situation} == {Autonomy.ASK}


@pytest.mark.parametrize(
    "clause", [Clause.REFUND, Clause.RESOURCE, Clause.REISSUE, Clause.CANCEL, Clause.ADDRESS]
)
def test_money_goods_and_where_they_go_ask_first(clause: Clause) -> None:
    assert {Terms().goes(s, clause) for s in Situation} == {Autonomy.ASK}
