"""Addresses as the ledger keeps them (Shopify's REST shape), from what GraphQL sends."""

from __future__ import annotations

from babel import Locale

from plugin.sandbox.graph_money import Node
from plugin.sandbox.people import COUNTRIES
from plugin.sandbox.store import Row

NEEDED = {"address1": "Address", "city": "City", "countryCode": "Country"}

_PROVINCES = {
    (country.code, code): province
    for country in COUNTRIES
    for _, _, province, code in country.towns
}


def objection(wanted: Node) -> str:
    """Why nothing can be sent to a MailingAddressInput; empty when nothing speaks against it."""
    missing = [says for name, says in NEEDED.items() if not wanted.get(name)]
    return f"{missing[0]} can't be blank" if missing else ""


def row(wanted: Node) -> Row:
    """The address a MailingAddressInput names, whole; what it leaves out is empty."""
    country, province = str(wanted["countryCode"]), wanted.get("provinceCode") or None
    first, last = wanted.get("firstName"), wanted.get("lastName")
    return {
        "first_name": first,
        "last_name": last,
        "name": " ".join(part for part in (first, last) if part),
        "company": wanted.get("company"),
        "address1": wanted.get("address1"),
        "address2": wanted.get("address2"),
        "city": wanted.get("city"),
        "province": _PROVINCES.get((country, str(province)), province),
        "province_code": province,
        "country": Locale("en").territories.get(country, country),
        "country_code": country,
        "zip": wanted.get("zip"),
        "phone": wanted.get("phone"),
        "latitude": None,
        "longitude": None,
    }
