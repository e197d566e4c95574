"""Customers of the pretend store. Nobody here exists; the mail domain cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.sandbox.dice import Dice


@dataclass(frozen=True)
class Country:
    """A country with a few names and places to be put together."""

    code: str
    name: str
    locale: str
    currency: str
    tax_percent: int
    firsts: tuple[str, ...]
    lasts: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[tuple[str, str, str, str], ...]
    """(city, postal code, province, province code)"""


COUNTRIES = (
    Country(
        "US",
        "United States",
        "en",
        "USD",
        7,
        ("Alice", "Bob", "Charlie", "Dana", "Erin", "Frank"),
        ("Marlowe", "Quigley", "Thornbury", "Ashdown", "Pettigrew"),
        ("Juniper Street", "Old Mill Road", "Harbor Avenue", "Larkspur Lane"),
        (
            ("Portland", "97205", "Oregon", "OR"),
            ("Austin", "78704", "Texas", "TX"),
            ("Madison", "53703", "Wisconsin", "WI"),
            ("Albany", "12207", "New York", "NY"),
        ),
    ),
    Country(
        "IT",
        "Italy",
        "it",
        "EUR",
        22,
        ("Bianca", "Dario", "Elisa", "Fabio", "Ginevra", "Lorenzo"),
        ("Montalbetti", "Serravezza", "Fiordaliso", "Cantarutti", "Bellafonte"),
        ("Via dei Tigli", "Via Garibaldi", "Corso Italia", "Via del Mulino"),
        (
            ("Torino", "10123", "Torino", "TO"),
            ("Bologna", "40121", "Bologna", "BO"),
            ("Verona", "37121", "Verona", "VR"),
            ("Lecce", "73100", "Lecce", "LE"),
        ),
    ),
    Country(
        "DE",
        "Germany",
        "en",
        "EUR",
        19,
        ("Hannes", "Ilse", "Jonas", "Klara"),
        ("Wiesengrund", "Sommerfeldt", "Lindqvist", "Brandtner"),
        ("Gartenstraße", "Am Alten Markt", "Lindenallee"),
        (("Leipzig", "04109", "", ""), ("Freiburg", "79098", "", ""), ("Kiel", "24103", "", "")),
    ),
    Country(
        "GB",
        "United Kingdom",
        "en",
        "USD",
        0,
        ("Nora", "Oscar", "Poppy", "Rufus"),
        ("Fairweather", "Larkin", "Holloway", "Penrose"),
        ("Mill Lane", "Station Road", "Church Street"),
        (("Leeds", "LS1 4DY", "", ""), ("Bristol", "BS1 5TR", "", "")),
    ),
    Country(
        "SG",
        "Singapore",
        "zh",
        "USD",
        0,
        ("静怡", "嘉豪", "雨欣", "子轩"),
        ("林", "陈", "黄", "吴"),
        ("Bukit Lantern Road", "Pandan Rise", "Orchid Walk"),
        (("Singapore", "238859", "", ""), ("Singapore", "059413", "", "")),
    ),
)

NAMES_ITS_HOUSES = frozenset({"GB"})
"""Where an address without a house number is no slip."""


def someone(dice: Dice, mark: str, slip: str = "") -> dict[str, Any]:
    """A customer for an order: country, locale, currency, email, customer and address.

    `slip` is what the customer got wrong in the address: `zip`, `house` or nothing.
    """
    numbered = [country for country in COUNTRIES if country.code not in NAMES_ITS_HOUSES]
    country = dice.one_of(numbered if slip else COUNTRIES, "country", mark)
    first = dice.one_of(country.firsts, "first name", mark)
    last = dice.one_of(country.lasts, "last name", mark)
    number = dice.between(1000, 9999, "customer", mark)
    email = f"customer{number}@example.com"
    if first.isascii():
        email = f"{first}.{last}{number % 100}@example.com".lower()
    customer = {
        "id": 7_204_000_000_000 + dice.below(10**9, "customer id", mark),
        "email": email,
        "phone": None,
        "first_name": first,
        "last_name": last,
        "state": "disabled",
        "currency": "USD",
    }
    return {
        "country": country,
        "locale": country.locale,
        "currency": country.currency,
        "email": email,
        "customer": customer,
        "address": _address(dice, country, mark, first, last) | _slip(dice, country, mark, slip),
    }


def mended(address: dict[str, Any]) -> dict[str, Any]:
    """The address as its writer meant it."""
    right = dict(address)
    country = next((c for c in COUNTRIES if c.code == address["country_code"]), None)
    towns = country.towns if country else ()
    whole = next(
        (t[1] for t in towns if t[1][:-1] == address["zip"] and t[0] == address["city"]), ""
    )
    if whole:
        right["zip"] = whole
    if not any(letter.isdigit() for letter in address["address1"]):
        right["address1"] = f"{address['address1']} 12"
    return right


def _slip(dice: Dice, country: Country, mark: str, slip: str) -> dict[str, Any]:
    """The part of the address that was written wrong: a digit or the house number is missing."""
    if slip == "house":
        return {"address1": dice.one_of(country.streets, "street", mark)}
    if slip == "zip":
        return {"zip": dice.one_of(country.towns, "town", mark)[1][:-1]}
    return {}


def _address(dice: Dice, country: Country, mark: str, first: str, last: str) -> dict[str, Any]:
    city, code, province, short = dice.one_of(country.towns, "town", mark)
    street = dice.one_of(country.streets, "street", mark)
    house = dice.between(2, 148, "house", mark)
    after = country.code in {"IT", "DE"}
    return {
        "first_name": first,
        "last_name": last,
        "name": f"{first} {last}",
        "company": None,
        "address1": f"{street} {house}" if after else f"{house} {street}",
        "address2": None,
        "city": city,
        "province": province or None,
        "province_code": short or None,
        "country": country.name,
        "country_code": country.code,
        "zip": code,
        "phone": None,
        "latitude": None,
        "longitude": None,
    }
