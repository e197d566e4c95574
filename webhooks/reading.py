"""Strict reading of JSON: bytes that others sent, to one object.

Python's own reader takes more than JSON allows, and more than we could act on: NaN, two values
for one key, numbers without end, byte order marks, UTF-16. All of that is `Unreadable` here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

DEEPEST = 60
"""Levels of nesting. Shopify's bodies have fewer than ten."""
LONGEST_NUMBER = 40
LARGEST_EXPONENT = 30
LONGEST_WHY = 300

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
_MAYBE_UNSAYABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNSAYABLE = re.compile("[\x00\ud800-\udfff]")


class Unreadable(ValueError):
    """A body we cannot act on: a person has to look at it."""

    def __init__(self, field: str, why: str) -> None:
        """`field` is where, as a path with dots; empty when it is the whole body."""
        self.field, self.why = _sayable(field), _sayable(why)
        super().__init__(f"{self.field}: {self.why}" if self.field else self.why)


def _sayable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text[:LONGEST_WHY])


@dataclass(frozen=True)
class Reading:
    """An object, and what had to be left out of it."""

    value: dict[str, Any]
    notes: tuple[str, ...] = ()


def read(body: bytes) -> Reading:
    """The one JSON object in `body`. Raises Unreadable, and nothing else."""
    text = _text(body)
    _check_depth(text)
    try:
        value = _DECODER.decode(text)
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("", "not JSON") from None
    if not isinstance(value, dict):
        raise Unreadable("", "not a JSON object")
    if _MAYBE_UNSAYABLE.search(text) is None:
        return Reading(value)
    cleaned, count = _cleaned(value)
    notes = (f"{count} texts had characters that cannot be kept",) if count else ()
    return Reading(cleaned, notes)


def _text(body: bytes) -> str:
    if not body:
        raise Unreadable("", "empty")
    if body.startswith(b"\xef\xbb\xbf"):
        raise Unreadable("", "begins with a byte order mark")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("", "not UTF-8") from None


def _check_depth(text: str) -> None:
    """Counts brackets outside strings, so that the reader never has to recurse far."""
    depth = 0
    for token in _TOKEN.finditer(text):
        sign = text[token.start()]
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                raise Unreadable("", f"nested deeper than {DEEPEST}")
        elif sign in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable(_first_repeated(pairs)[:80], "given twice")
    return found


def _first_repeated(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise Unreadable("", "a number too long to mean anything")
    return int(digits)


def _broken(digits: str) -> Decimal:
    _, _, exponent = digits.lower().partition("e")
    if len(digits) > LONGEST_NUMBER or abs(int(exponent or "0")) > LARGEST_EXPONENT:
        raise Unreadable("", "a number too long to mean anything")
    return Decimal(digits)


def _no_number(name: str) -> NoReturn:
    raise Unreadable("", f"{name} is not a number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_broken, parse_constant=_no_number
)


def _cleaned(value: Any) -> tuple[Any, int]:
    """`value` without NUL and lone surrogates, which databases refuse, and how many texts had any.

    The depth is bounded by now, so it may call itself.
    """
    if isinstance(value, str):
        return (_UNSAYABLE.sub("", value), 1) if _UNSAYABLE.search(value) else (value, 0)
    if isinstance(value, dict):
        keys = [_cleaned(key) for key in value]
        values = [_cleaned(each) for each in value.values()]
        whole = _object([(key, each) for (key, _), (each, _) in zip(keys, values, strict=True)])
        return whole, sum(count for _, count in (*keys, *values))
    if isinstance(value, list):
        values = [_cleaned(each) for each in value]
        return [each for each, _ in values], sum(count for _, count in values)
    return value, 0
