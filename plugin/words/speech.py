"""Saying things in one language and one zone: templates, amounts, dates, counts, names.

Templates are ours; whatever comes from outside goes into them as a value and is tidied first, so
braces, line breaks or markup in a title stay harmless. Nothing here raises on an unknown name:
it is shown as readable as it comes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal

from clients.money import Money
from plugin.business_days import CHINA
from plugin.order import Order, Purchase
from plugin.words import (
    en,
    en_claims,
    en_clocks,
    en_events,
    en_letters,
    en_store,
    it,
    it_claims,
    it_clocks,
    it_events,
    it_letters,
    it_store,
    zh,
    zh_claims,
    zh_clocks,
    zh_events,
    zh_letters,
    zh_store,
)

LANGUAGES = ("en", "it", "zh")
WORDS: Mapping[str, Mapping[str, str]] = {
    language: {key: text for part in parts for key, text in part.WORDS.items()}
    for language, parts in {
        "en": (en, en_claims, en_clocks, en_events, en_letters, en_store),
        "it": (it, it_claims, it_clocks, it_events, it_letters, it_store),
        "zh": (zh, zh_claims, zh_clocks, zh_events, zh_letters, zh_store),
    }.items()
}
LOCALES = {"en": Locale("en"), "it": Locale("it"), "zh": Locale("zh", script="Hans")}
"""Read once: given by name, each is looked up again for every date and every amount."""

HOUR, DAY = 3600, 86400
_CODE = re.compile(r"[a-z0-9_]+", re.ASCII)
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Marks that turn the direction of what follows; a title must not reach beyond itself."""


@dataclass(frozen=True)
class Speech:
    """A language and a zone to speak in."""

    language: str
    zone: str = "UTC"

    def __call__(self, key: str, /, **values: object) -> str:
        """A sentence or phrase by its name."""
        return WORDS[self.language][key].format(**values)

    def knows(self, key: str) -> bool:
        """There are words for it."""
        return key in WORDS[self.language]

    def name(self, group: str, name: str) -> str:
        """The word for one of a group of names; a name nobody knows is made readable."""
        key = f"{group}.{name}"
        return self(key) if self.knows(key) else readable(name)

    def sentences(self, *parts: str) -> str:
        """Several sentences, one after another."""
        return self("join").join(part for part in parts if part)

    def quoted(self, text: object) -> str:
        """Somebody else's words; empty when there are none."""
        said = tidy(text, 1000)
        return self("quote", text=said) if said else ""

    # --- numbers ----------------------------------------------------------------------------

    def money(self, minor: object, currency: object) -> str:
        """An amount, exact to the smallest unit; empty without a currency."""
        amount, code = whole(minor), tidy(currency)
        if not code:
            return ""
        try:
            exact = Money(amount, code).decimal()
        except ValueError:
            return f"{amount} minor units of {code}"
        return str(format_currency(Decimal(exact), code, locale=LOCALES[self.language]))

    def count(self, what: str, n: int) -> str:
        """`1 day`, `2 days`"""
        return self(f"count.{what}.{'one' if n == 1 else 'many'}", n=n)

    def measure(self, amount: int, per: int, unit: str) -> str:
        """An amount in a larger unit: 1400 (grams) `per` 1000 is `1.4 kg`."""
        shown = format_decimal(Decimal(amount) / per, locale=LOCALES[self.language])
        return f"{shown} {unit}"

    def span(self, seconds: float) -> str:
        """A length of time in one unit, rounded down: minutes, hours, then days."""
        if seconds < HOUR:
            return self.count("minutes", max(1, int(seconds // 60)))
        if seconds < 3 * DAY:
            return self.count("hours", int(seconds // HOUR))
        return self.count("days", int(seconds // DAY))

    # --- moments ----------------------------------------------------------------------------

    def day(self, moment: datetime) -> str:
        """A date in the shop's zone, and in Beijing where it is another one there."""
        return self._both("day", moment)

    def date(self, moment: datetime) -> str:
        """A date in full in the zone, for somebody who has nothing to do with Beijing."""
        return self._format("date", moment, zone_of(self.zone))

    def moment(self, moment: datetime) -> str:
        """A date and time in the shop's zone."""
        return self._format("moment", moment, zone_of(self.zone))

    def soon(self, moment: datetime, *, beijing: bool) -> str:
        """A coming date and time, with Beijing's beside it where it differs."""
        if beijing:
            return self._both("soon", moment)
        return self._format("soon", moment, zone_of(self.zone))

    def _both(self, pattern: str, moment: datetime) -> str:
        here = self._format(pattern, moment, zone_of(self.zone))
        there = self._format(pattern, moment, CHINA)
        return here if here == there else self("with_beijing", here=here, there=there)

    def _format(self, pattern: str, moment: datetime, zone: tzinfo) -> str:
        return str(
            format_datetime(
                aware(moment), self(pattern), tzinfo=zone, locale=LOCALES[self.language]
            )
        )

    # --- people and things --------------------------------------------------------------------

    def purchase(self, *, reference: object = "", supplier: object = "", order: object = "") -> str:
        """What was bought, by whatever is known of it; begins in small letters."""
        known = {"reference": tidy(reference), "supplier": tidy(supplier), "order": tidy(order)}
        if known["reference"] and known["supplier"]:
            return self("purchase.full", **known)
        found = next((name for name, value in known.items() if value), "none")
        return self(f"purchase.{found}", **known)

    def purchase_of(self, order: Order, purchase_id: str, *, short: bool = False) -> str:
        """The same, looked up in an order; `short` leaves the supplier out."""
        found = order.purchases.get(purchase_id) or Purchase(id=purchase_id)
        return self.purchase(
            reference=found.reference,
            supplier="" if short else found.supplier,
            order=order.seen.name if order.seen else "",
        )

    def supplier(self, supplier: object, role: str = "supplier") -> str:
        """A supplier's name, or words for one nobody has named, after a `to_` or `from_`."""
        known = tidy(supplier)
        return self(f"{role}.{'named' if known else 'none'}", supplier=known)

    def the_order(self, name: object) -> str:
        """`order #1001`"""
        known = tidy(name)
        return self(f"the_order.{'named' if known else 'none'}", order=known)

    def item(self, order: Order, line_id: object, count: int) -> str:
        """`Paper lamp × 1`"""
        line = order.lines.get(whole(line_id))
        if line is None:
            return self("item.unknown")
        return self("item", title=tidy(line.facts.title), count=count)


def speech(language: str, zone: str = "UTC") -> Speech:
    """Speech in a language we have; English for any other."""
    return Speech(spoken(language), zone)


def spoken(language: str) -> str:
    """The language we have for a code such as `it-IT`; English for any other."""
    code = language.strip().lower().replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else "en"


def tidy(value: object, most: int = 300) -> str:
    """One line of somebody else's text: no control characters, no line breaks, not endless."""
    line = " ".join(harmless(str(value if value is not None else "")).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def harmless(text: str) -> str:
    """Without line breaks, control characters and marks that turn the direction of text."""
    return "".join(_harmless(character) for character in text)


def readable(name: str) -> str:
    """A name nobody has words for: `urge_too_often` is "Urge too often"."""
    return upper_first(tidy(name).replace("_", " ").strip())


def is_code(text: str) -> bool:
    """A name of ours rather than a person's sentence."""
    return _CODE.fullmatch(text) is not None


def upper_first(text: str) -> str:
    """As a sentence begins."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """As a sentence goes on after a colon."""
    return text[:1].lower() + text[1:]


def whole(value: object) -> int:
    """A whole number from a record; 0 for anything else."""
    if isinstance(value, int):
        return int(value)
    text = str(value)
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII) else 0


def aware(moment: datetime) -> datetime:
    """In UTC; a moment without a zone is taken for UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def parsed(text: object) -> datetime | None:
    """A moment from a record, in UTC; None for anything else."""
    try:
        return aware(datetime.fromisoformat(str(text)))
    except (ValueError, OverflowError):
        return None


def zone_of(name: str) -> tzinfo:
    """A zone by its IANA name; UTC for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def _harmless(character: str) -> str:
    if character in _DIRECTION:
        return ""
    category = unicodedata.category(character)
    if category == "Cs":
        return ""
    return " " if category in {"Cc", "Zl", "Zp"} else character
