"""What an order's webhook means: exact money, the right ids, and a customer or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from plugin.customer import Customer
from plugin.timeline import FulfilmentSeen, LineFacts, OrderEdited, OrderSeen, RefundSeen
from tests.webhooks import bodies
from tests.webhooks.bodies import LAMP, MARK, ORDER_ID, VASE, line, money, order, raw, shipping, tax
from webhooks.translate import Translation, Unreadable, translate

JSON = {"content-type": "application/json"}
ALICE = Customer(
    customer_id=7_700_000_000_001,
    name="Alice Rossi",
    email="alice@example.com",
    phone="+41 91 555 01 23",
    language="it",
    country="CH",
    address=(
        ("address1", "Via Garibaldi 7"),
        ("city", "Lugano"),
        ("zip", "6900"),
        ("province", "Ticino"),
    ),
)


def told(topic: str = "orders/updated", **changes: Any) -> Translation:
    found = translate("shopify", topic, raw(order(**changes)), JSON)
    assert isinstance(found, Translation)
    return found


def seen(**changes: Any) -> OrderSeen:
    event = told(**changes).events[0]
    assert isinstance(event, OrderSeen)
    return event


def refused(**changes: Any) -> tuple[str, str]:
    with pytest.raises(Unreadable) as caught:
        told(**changes)
    return caught.value.field, caught.value.why


@pytest.mark.parametrize(
    "topic", ["create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled"]
)
def test_a_real_order_whatever_the_topic(topic: str) -> None:
    expected = OrderSeen(
        version=datetime(2026, 11, 2, 9, 1, tzinfo=UTC),
        name="#1001",
        placed_at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        paid_at=datetime(2026, 11, 2, 9, 0, 5, tzinfo=UTC),
        cancelled_at=None,
        currency="CHF",
        shop_currency="EUR",
        lines=(
            LineFacts(
                id=VASE,
                title="Vaso di vetro",
                sku="VASO-BLU",
                quantity=2,
                current_quantity=2,
                paid_minor=2000 - 150 + 407,
                requires_shipping=True,
                product_id=8_800_000_000_001,
            ),
        ),
        shipping_paid_minor=500 + 110,
        country="CH",
        test=False,
    )

    assert told(f"orders/{topic}") == Translation(ORDER_ID, (expected,), ALICE)


def test_tax_that_is_in_the_price_is_not_added() -> None:
    found = seen(taxes_included=True)

    assert (found.lines[0].paid_minor, found.shipping_paid_minor) == (1850, 500)


def test_several_discounts_and_taxes_all_count() -> None:
    cut = line()["discount_allocations"][0]
    found = seen(line_items=[line(discount_allocations=[cut, cut], tax_lines=[tax("1.00", "1")])])

    assert found.lines[0].paid_minor == 2000 - 300 + 100


def test_removed_shipping_is_not_counted() -> None:
    assert seen(shipping_lines=[shipping(is_removed=True), shipping()]).shipping_paid_minor == 610


@pytest.mark.parametrize("missing", [{"shipping_lines": []}, {"shipping_lines": None}])
def test_shipping_may_be_free(missing: dict[str, Any]) -> None:
    assert seen(**missing).shipping_paid_minor == 0


def test_shipping_without_a_discounted_price_costs_its_price() -> None:
    plain = shipping(discounted_price=None, discounted_price_set=None, tax_lines=None)

    assert seen(shipping_lines=[plain]).shipping_paid_minor == 600


def test_without_money_sets_the_plain_fields_are_read() -> None:
    old = line(price="10.40", price_set=None, tax_lines=[], discount_allocations=None)
    found = seen(presentment_currency=None, line_items=[old], shipping_lines=[])

    assert (found.currency, found.lines[0].paid_minor) == ("EUR", 2080)


def test_plain_fields_are_no_use_in_two_currencies() -> None:
    assert refused(line_items=[line(price_set=None)]) == (
        "line_items.0.price_set",
        "missing, and the order is in two currencies",
    )


@pytest.mark.parametrize(
    ("status", "paid"),
    [
        ("paid", True),
        ("partially_refunded", True),
        ("refunded", True),
        ("pending", False),
        ("authorized", False),
        ("partially_paid", False),
        ("voided", False),
        (None, False),
    ],
)
def test_paid_or_not(status: str | None, paid: bool) -> None:
    assert (seen(financial_status=status).paid_at is not None) == paid


def test_an_order_without_processed_at_was_paid_when_it_was_made() -> None:
    found = seen(processed_at=None)

    assert found.paid_at == found.placed_at


def test_cancelled_and_test_orders_say_so() -> None:
    found = seen(cancelled_at="2026-11-03T00:00:00Z", test=True)

    assert (found.cancelled_at, found.test) == (datetime(2026, 11, 3, tzinfo=UTC), True)


def test_w37_the_version_is_when_the_order_changed() -> None:
    older = seen(updated_at="2026-11-02T09:00:59Z")

    assert older.version < seen().version


def test_rounded_ids_are_put_right() -> None:
    rounded = 820982911946154500
    found = told(
        id=rounded,
        admin_graphql_api_id="gid://shopify/Order/820982911946154508",
        line_items=[
            line(id=487817672276298560, admin_graphql_api_id="gid://shopify/LineItem/4878176722762985")
        ],
    )  # fmt: skip
    event = found.events[0]
    assert isinstance(event, OrderSeen)
    assert (found.order_id, event.lines[0].id) == (820982911946154508, 4878176722762985)


@pytest.mark.parametrize(
    "gid", [None, 7, "https://www.example.com/", "gid://shopify/Fulfillment/1", "gid://shopify/Order/0"]
)  # fmt: skip
def test_an_id_of_another_kind_is_not_believed(gid: object) -> None:
    assert told(admin_graphql_api_id=gid).order_id == ORDER_ID


def test_the_largest_id() -> None:
    assert told(id=2**63 - 1, admin_graphql_api_id=None).order_id == 2**63 - 1


@pytest.mark.parametrize("id", [2**63, 0, -1, "1", 1.0, True, None])
def test_ids_that_are_none(id: object) -> None:
    assert refused(id=id)[0] == "id"


def test_parts_that_may_be_absent() -> None:
    body = order()
    for name in ("refunds", "fulfillments", "shipping_lines", "customer", "shipping_address"):
        del body[name]
    for name in ("current_quantity", "requires_shipping", "sku", "product_id", "tax_lines"):
        del body["line_items"][0][name]
    found = translate("shopify", "orders/create", raw(body), {})

    assert isinstance(found, Translation)
    event = found.events[0]
    assert isinstance(event, OrderSeen)
    facts = event.lines[0]
    assert (facts.current_quantity, facts.requires_shipping, facts.sku) == (2, True, "")
    assert (event.country, facts.product_id) == ("", None)


def test_lines_that_left_the_order_stay_in_it_with_nothing_left() -> None:
    gone = line(id=LAMP, admin_graphql_api_id=None, current_quantity=0)

    assert [f.current_quantity for f in seen(line_items=[line(), gone]).lines] == [2, 0]


def test_what_came_with_the_order_is_told_too() -> None:
    found = told(refunds=[bodies.refund()], fulfillments=[bodies.fulfilment()])
    refund, fulfilment = found.events[1:]

    assert isinstance(refund, RefundSeen)
    assert (refund.mark, refund.minor, refund.currency) == (MARK, 925, "CHF")
    assert isinstance(fulfilment, FulfilmentSeen)
    assert (fulfilment.lines, fulfilment.tracking_number) == (((VASE, 1),), "YT0001")


def test_an_embedded_refund_without_a_word_on_currency_is_in_the_orders() -> None:
    bare = bodies.refund(refund_line_items=[], transactions=[], total_duties_set=None)
    refund = told(refunds=[bare]).events[1]

    assert isinstance(refund, RefundSeen)
    assert (refund.minor, refund.currency) == (0, "CHF")


# --- Money and dates that do not exist ------------------------------------------------------------


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
        ({"fulfillments": [bodies.fulfilment(created_at="x")]}, "fulfillments.0.created_at"),
        ({"customer": "Alice"}, "customer"),
    ],
)
def test_the_field_that_is_wrong_is_named(changes: dict[str, Any], field: str) -> None:
    assert refused(**changes)[0] == field


# --- The customer ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "country"),
    [
        ("CH", "CH"),
        ("ch", "CH"),
        ("XX", "XX"),
        ("TW", "TW"),
        ("", ""),
        (None, ""),
        ("Taiwan", ""),
        ("C1", ""),
    ],
)
def test_w47_the_country_is_passed_on_and_never_made_up(code: str | None, country: str) -> None:
    found = told(shipping_address=bodies.address(country_code=code))
    event = found.events[0]

    assert isinstance(event, OrderSeen)
    assert found.customer is not None
    assert (event.country, found.customer.country) == (country, country)


def test_w47_hong_kong_is_not_guessed_from_the_address() -> None:
    address = bodies.address(country_code="CN", city="Hong Kong", province="Kowloon")

    assert seen(shipping_address=address).country == "CN"


@pytest.mark.parametrize(
    "email",
    [
        "a@b.example\r\nBcc: x@y.example",
        "a@b.example\nBcc",
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "a@b.example c@d.example",
        "a@b@c.example",
        "Alice <a@b.example>",
        '"a b"@c.example',
        "a@b",
        "@b.example",
        "a@",
        "a@b.example\u2028",
        "x" * 250 + "@b.example",
        "a@.",
        "plain",
    ],
)
def test_w49_no_address_or_two_is_no_address(email: str) -> None:
    found = told(email=email, contact_email="other@example.com")

    assert found.customer == replace(ALICE, email="")


@pytest.mark.parametrize("email", ["a+b@c.example", "o'neil@c.example", "ü@bücher.example"])
def test_addresses_that_are_one(email: str) -> None:
    assert told(email=email).customer == replace(ALICE, email=email)


def test_w49_a_customer_who_is_not_shown() -> None:
    hidden: dict[str, Any] = dict.fromkeys(
        ("customer", "email", "contact_email", "phone", "shipping_address", "customer_locale")
    )

    assert told(**hidden).customer is None


def test_what_is_left_of_a_customer_is_enough() -> None:
    found = told(customer=None, email=None, contact_email=None, customer_locale=None).customer

    assert found == replace(
        ALICE, customer_id=None, email="", phone="", language="", name="Alice Rossi"
    )


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en", "en"), ("zh-Hant-TW", "zh"), ("IT_ch", "it"), ("../../", ""), ("english", "")],
)
def test_the_language_is_two_letters(locale: str, language: str) -> None:
    assert told(customer_locale=locale).customer == replace(ALICE, language=language)


@pytest.mark.parametrize(
    "title", ["<script>", "{{7*7}}", "=HYPERLINK(1)", "evil\u202egpj.exe", "漢字 😀"]
)
def test_w50_a_title_is_a_text(title: str) -> None:
    assert seen(line_items=[line(title=title)]).lines[0].title == title


def test_w50_a_title_of_a_million_letters_is_cut() -> None:
    assert seen(line_items=[line(title="x" * 1_000_000)]).lines[0].title == "x" * 500


def test_a_title_is_one_line() -> None:
    assert seen(line_items=[line(title=" a\r\nBcc:  b ")]).lines[0].title == "a Bcc: b"


def test_w19_nul_is_left_out_and_noted() -> None:
    found = told(shipping_address=bodies.address(city="Lu\0gano"))

    assert found.customer == ALICE
    assert found.notes == ("1 texts had characters that cannot be kept",)


# --- Edits ----------------------------------------------------------------------------------------


def test_an_edit_only_says_that_there_was_one() -> None:
    body = {"order_edit": {"id": 78, "order_id": ORDER_ID, "line_items": {"additions": []}}}

    assert translate("shopify", "orders/edited", raw(body), JSON) == (
        Translation(ORDER_ID, (OrderEdited(78),))
    )
    with pytest.raises(Unreadable, match=r"^order_edit\.order_id: "):
        translate("shopify", "orders/edited", raw({"order_edit": {"id": 78}}), JSON)
