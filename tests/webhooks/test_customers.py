"""Who bought, as far as an order tells; and nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plugin.timeline import OrderSeen
from tests.webhooks import bodies
from tests.webhooks.telling import ALICE, seen, told


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


def test_w19_nul_is_left_out_and_noted() -> None:
    found = told(shipping_address=bodies.address(city="Lu\0gano"))

    assert found.customer == ALICE
    assert found.notes == ("1 texts had characters that cannot be kept",)
