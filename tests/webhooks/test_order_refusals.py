"""Money, times and ids in orders that do not exist: a person has to look."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.webhooks import moves
from tests.webhooks.bodies import line, money, order, raw
from tests.webhooks.telling import JSON, refused, seen
from webhooks.translate import Unreadable, translate


@pytest.mark.parametrize(
    "amount",
    ["-5.00", "5,00", "5.001", " 1_000.5 ", "١٢", "NaN", "1e5", "", None, "+5", "5.", 5, "1" * 17],
)  # fmt: skip
def test_w43_amounts_that_are_none(amount: object) -> None:
    body = order(presentment_currency="USD", currency="USD", shipping_lines=[])
    body["line_items"] = [line(price=amount, price_set=None, tax_lines=[], discount_allocations=[])]
    with pytest.raises(Unreadable) as caught:
        translate("shopify", "orders/create", raw(body), JSON)

    assert caught.value.field == "line_items.0.price"


def priced_in(currency: str | None, amount: str) -> dict[str, Any]:
    bought = line(price=amount, quantity=1, tax_lines=[], discount_allocations=[])
    bought["price_set"] = money(amount, currency=currency or "")
    return {
        "currency": currency,
        "presentment_currency": currency,
        "line_items": [bought],
        "shipping_lines": [],
    }


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [("JPY", "1200", 1200), ("JPY", "1200.00", 1200), ("KWD", "1.234", 1234), ("CNY", "5.1", 510)],
)
def test_w44_each_currency_has_its_own_smallest_unit(
    currency: str, amount: str, minor: int
) -> None:
    assert seen(**priced_in(currency, amount)).lines[0].paid_minor == minor


@pytest.mark.parametrize(
    ("currency", "amount", "field"),
    [
        ("JPY", "12.50", "line_items.0.price_set"),
        ("KWD", "1.2345", "line_items.0.price_set"),
        ("XXX", "5.00", "presentment_currency"),
        ("usd", "5.00", "presentment_currency"),
        ("EURO", "5.00", "presentment_currency"),
        (None, "5.00", "currency"),
    ],
)
def test_w44_money_that_does_not_exist(currency: str | None, amount: str, field: str) -> None:
    assert refused(**priced_in(currency, amount))[0] == field


def test_a_line_in_another_currency_than_its_order() -> None:
    assert refused(line_items=[line(price_set=money("10.00", currency="USD"))]) == (
        "line_items.0.price_set",
        "is in USD, not in CHF",
    )


def test_more_discount_than_price_is_for_a_person() -> None:
    cut = {"amount": "99.00", "amount_set": money("99.00")}

    assert refused(line_items=[line(discount_allocations=[cut])]) == (
        "line_items.0",
        "the discounts are more than the price",
    )


def test_more_money_than_there_is() -> None:
    dear = line(price_set=money("999999999999999"), quantity=1_000_000)

    assert refused(line_items=[dear]) == ("line_items.0", "too much")


@pytest.mark.parametrize(
    "moment",
    [
        "2026-02-30T00:00:00Z",
        "9999-12-31T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2026-11-02T10:00:00",
        "2026-11-02",
        "2026-11-02T23:59:60Z",
        "2026-11-02T24:00:00Z",
        "2026-W45-1T10:00:00Z",
        "٢٠٢٦-11-02T10:00:00Z",
        "1761998400000",
        1761998400000,
        10**18,
        "",
        None,
        "2026-11-02T10:00:00+25:00",
        "yesterday",
    ],
)
def test_w46_times_that_are_none(moment: object) -> None:
    assert refused(updated_at=moment)[0] == "updated_at"


@pytest.mark.parametrize(
    "moment",
    ["2026-11-02 09:00:00.000Z", "2026-11-02T10:00:00+0100", "2026-11-02T04:00-05:00"],
)
def test_other_spellings_of_a_time(moment: str) -> None:
    assert seen(updated_at=moment).version == datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"line_items": None}, "line_items"),
        ({"line_items": [1]}, "line_items.0"),
        ({"line_items": [line(quantity=-1)]}, "line_items.0.quantity"),
        ({"line_items": [line(quantity=1.5)]}, "line_items.0.quantity"),
        ({"line_items": [line(quantity=10**9)]}, "line_items.0.quantity"),
        ({"line_items": [line(title=7)]}, "line_items.0.title"),
        ({"test": "false"}, "test"),
        ({"taxes_included": 1}, "taxes_included"),
        ({"refunds": [{}]}, "refunds.0.id"),
        ({"fulfillments": [moves.fulfilment(created_at="x")]}, "fulfillments.0.created_at"),
        ({"customer": "Alice"}, "customer"),
    ],
)
def test_the_field_that_is_wrong_is_named(changes: dict[str, Any], field: str) -> None:
    assert refused(**changes)[0] == field
