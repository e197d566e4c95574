"""Postal addresses as the Admin API reads and writes them.

Shopify hides single parts of an address from apps that may not see them, so each may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


@dataclass(frozen=True, repr=False)
class PostalAddress:
    """Where an order goes. `country_code` is ISO 3166's two letters, empty when not shown.

    It is personal data: its repr says nothing of it, so that no log and no traceback does.
    """

    first_name: str = ""
    last_name: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    province_code: str = ""
    country_code: str = ""
    zip: str = ""
    phone: str = ""
    company: str = ""


def address(node: Mapping[str, Any] | None) -> PostalAddress | None:
    """A MailingAddress; None when there is none, or none is shown."""
    if node is None:
        return None
    return PostalAddress(
        first_name=_text(node, "firstName"),
        last_name=_text(node, "lastName"),
        address1=_text(node, "address1"),
        address2=_text(node, "address2"),
        city=_text(node, "city"),
        province_code=_text(node, "provinceCode"),
        country_code=_text(node, "countryCodeV2"),
        zip=_text(node, "zip"),
        phone=_text(node, "phone"),
        company=_text(node, "company"),
    )


def address_input(wanted: PostalAddress) -> dict[str, str | None]:
    """The MailingAddressInput. An empty part is sent as null: it is taken off, not kept.

    Raises ValueError without a country: Shopify would fill in one of its own.
    """
    if not _COUNTRY.fullmatch(wanted.country_code):
        raise ValueError("an address needs the two letters of its country")
    parts = {
        "firstName": wanted.first_name,
        "lastName": wanted.last_name,
        "company": wanted.company,
        "address1": wanted.address1,
        "address2": wanted.address2,
        "city": wanted.city,
        "provinceCode": wanted.province_code,
        "countryCode": wanted.country_code,
        "zip": wanted.zip,
        "phone": wanted.phone,
    }
    return {name: value or None for name, value in parts.items()}


def _text(node: Mapping[str, Any], name: str) -> str:
    return str(node.get(name) or "")
