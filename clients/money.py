"""Money: a whole number of the currency's smallest unit, with its currency. Never a float.

`Money.parse` accepts only what a platform documents: an optional minus, digits, and at most as
many decimals as the currency has. Anything else is a `ValueError` that names what was wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_precision, list_currencies

_DECIMAL = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,15})(?:\.(?P<part>[0-9]{1,9}))?", re.ASCII)


@cache
def decimals(currency: str) -> int:
    """How many decimals a currency has: 2 for USD, 0 for JPY, 3 for KWD.

    Raises ValueError for anything that is not an ISO 4217 code in capitals.
    """
    if currency not in list_currencies() or currency in {"XXX", "XTS"}:
        raise ValueError(f"unknown currency {currency!r}")
    return get_currency_precision(currency)


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units (cents, fen) of one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        decimals(self.currency)

    @classmethod
    def parse(cls, text: str | Decimal | int, currency: str) -> Money:
        """Read a platform's decimal string exactly.

        Trailing zeros beyond the currency's decimals are accepted ("10.00" yen is 10 yen), any
        other digit there is not: that amount does not exist in the currency.
        """
        match = _DECIMAL.fullmatch(format(text, "f") if isinstance(text, Decimal) else str(text))
        if match is None:
            raise ValueError(f"not an amount: {str(text)[:40]!r}")
        places = decimals(currency)
        part = match["part"] or ""
        if part[places:].strip("0"):
            raise ValueError(f"{str(text)[:40]!r} has more decimals than {currency} allows")
        minor = int(match["whole"] + part[:places].ljust(places, "0"))
        return cls(-minor if match["sign"] else minor, currency)

    def decimal(self) -> str:
        """The amount as platforms write it: "24.90", "-0.05", "1200" for yen."""
        places = decimals(self.currency)
        sign = "-" if self.minor < 0 else ""
        digits = str(abs(self.minor)).rjust(places + 1, "0")
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.minor
