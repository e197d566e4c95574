"""Who bought, as far as an order tells. Every part may be missing."""

from __future__ import annotations

import re

from plugin.customer import Customer
from webhooks.meaning.values import Node, gid_number

ADDRESS = ("address1", "address2", "city", "zip", "province")
LONGEST_EMAIL = 254

_EMAIL = re.compile(
    r"[^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f]{1,64}@[^\s@,;:<>()\[\]\\\"_/]+\.[^\s@.,;:]{2,}"
)
_LANGUAGE = re.compile(r"([a-z]{2})(?:$|[-_])", re.IGNORECASE | re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def customer(order: Node) -> Customer | None:
    """The customer of an order; None when nothing at all is shown of one."""
    person: Node = order.get("customer") or {}
    address: Node = order.get("shipping_address") or {}
    found = Customer(
        customer_id=gid_number(person, "Customer") or person.get("id"),
        name=_name(person, address),
        email=email(_first(order.get("email"), order.get("contact_email"), person.get("email"))),
        phone=_line(_first(order.get("phone"), address.get("phone"), person.get("phone")), 60),
        language=language(order.get("customer_locale") or ""),
        country=country(order),
        address=tuple(
            (name, value) for name in ADDRESS if (value := _line(address.get(name) or "", 300))
        ),
    )
    return found if found != Customer() else None


def country(order: Node) -> str:
    """The two letters of the country it is shipped to, empty when nobody says.

    What is domestic is decided elsewhere, and never from a missing country.
    """
    code = ((order.get("shipping_address") or {}).get("country_code") or "").upper()
    return code if _COUNTRY.fullmatch(code) else ""


def email(text: str) -> str:
    """The address when it is exactly one, else empty: a letter is never sent to a guess."""
    if len(text) > LONGEST_EMAIL or not text.isprintable():
        return ""
    return text if _EMAIL.fullmatch(text) else ""


def language(locale: str) -> str:
    """`it` for `it-CH`; empty for what is no language."""
    found = _LANGUAGE.match(locale)
    return found[1].lower() if found else ""


def _name(person: Node, address: Node) -> str:
    parts = (person.get("first_name") or "", person.get("last_name") or "")
    return _line(" ".join(parts), 300) or _line(address.get("name") or "", 300)


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]


def _first(*texts: str | None) -> str:
    return next((text for text in texts if text), "")
