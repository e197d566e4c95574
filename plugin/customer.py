"""Who bought: the personal data, kept apart so that it can be erased in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Customer:
    """The person behind an order. Everything may be missing: platforms hide or erase it."""

    customer_id: int | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    """A two-letter code as far as it is known: en, it, zh."""
    country: str = ""
    address: tuple[tuple[str, str], ...] = ()
    """(field, value) pairs as the store wrote them: address1, city, zip, province."""
