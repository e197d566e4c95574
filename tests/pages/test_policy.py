"""The policy page: a new version, or everything kept and every slip named."""

from __future__ import annotations

import re

import pytest

from plugin.store import shops
from plugin.terms import Autonomy, Clause, Situation, Terms
from tests.fakes import SHOP
from tests.pages.conftest import Browser


def terms(browser: Browser) -> Terms:
    with browser.db.read() as tx:
        found = shops.find(tx, SHOP)
        assert found is not None
        return shops.terms_of(tx, SHOP, found.terms_version)


def policy_form(browser: Browser) -> dict[str, str]:
    page = browser.get("/policy")
    inputs = dict(re.findall(r'<input name="([\w.]+)"[^>]*value="([^"]*)"', page))
    chosen = {
        name: found[1]
        for name, options in re.findall(r'<select name="([\w.]+)"[^>]*>(.*?)</select>', page)
        if (found := re.search(r'value="(\w+)" selected', options))
    }
    ticked = re.findall(r'<input type="checkbox" name="(\w+)" value="yes" checked', page)
    return {**inputs, **chosen, **dict.fromkeys(ticked, "yes")}


def test_the_policy_is_published_as_a_new_version(browser: Browser) -> None:
    form = policy_form(browser)
    browser.post("/policy", 303, **{**form, "urge_supplier": "1", "note": "quicker"})
    with browser.db.read() as tx:
        found = shops.find(tx, SHOP)
        assert found is not None
        terms = shops.terms_of(tx, SHOP, found.terms_version)
    assert (terms.version, dict(terms.deadlines)) == (2, {"urge_supplier": 1})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("urge_supplier", "two"), ("urge_supplier", "2.5"), ("urge_supplier", "-1"),
        ("urge_supplier", "1000000000"), ("urge_supplier", "0x2"), ("urge_supplier", "２"),
        ("treat_as_no_stock", "2"), ("no_stock.refund", "always"), ("per_refund", "5,00"),
        ("no_stock.refund", "auto"), ("assumed_route", "moon"),
    ],
)  # fmt: skip
def test_a_bad_policy_is_not_published(browser: Browser, field: str, value: str) -> None:
    page = browser.post("/policy", 422, **{**policy_form(browser), field: value})
    assert 'role="alert"' in page
    with browser.db.read() as tx:
        found = shops.find(tx, SHOP)
    assert found is not None
    assert found.terms_version == 1


@pytest.mark.parametrize(("each", "daily"), [("", "50"), ("500", "50"), ("5", "")])
def test_half_a_cap_is_no_cap(browser: Browser, each: str, daily: str) -> None:
    form = {**policy_form(browser), "per_refund": each, "per_day": daily}
    assert 'id="wrong-per_' in browser.post("/policy", 422, **form)


def test_a_refused_policy_keeps_everything_that_was_chosen(browser: Browser) -> None:
    form = {**policy_form(browser), "urge_supplier": "x", "assumed_route": "domestic"}
    form.pop("domestic_only")
    page = browser.post("/policy", 422, **{**form, "handling_days": "y"})
    assert '<option value="domestic" selected' in page
    assert 'name="domestic_only" value="yes" checked' not in page
    assert 'name="refund_shipping" value="yes" checked' in page
    assert 'id="wrong-urge_supplier"' in page
    assert 'id="wrong-handling_days"' in page


def test_two_people_publishing_at_once_do_not_undo_each_other(browser: Browser) -> None:
    mine, hers = policy_form(browser), policy_form(browser)
    browser.post("/policy", 303, **{**hers, "urge_supplier": "1"})
    page = browser.post("/policy", 409, **{**mine, "handling_days": "5"})
    assert "another version" in page
    assert (terms(browser).version, terms(browser).handling_days) == (2, 3)
    assert 'name="version" type="hidden" value="2"' in page


def test_what_is_written_on_orders_is_a_switch_and_returns_are_a_level_of_two_rules(
    browser: Browser,
) -> None:
    form = policy_form(browser)
    assert form.pop("write_back") == "yes", "on from the start"
    returns = {name: level for name, level in form.items() if name.endswith(".return")}
    assert returns == {"wrong_items.return": "off", "damaged.return": "off"}

    browser.post("/policy", 303, **{**form, "damaged.return": "ask"})

    assert not terms(browser).write_back
    assert terms(browser).goes(Situation.DAMAGED, Clause.RETURN) is Autonomy.ASK
    assert terms(browser).goes(Situation.WRONG_ITEMS, Clause.RETURN) is Autonomy.OFF
