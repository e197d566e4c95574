"""Does a parcel fit its shipping line? Whole grams and millimetres; what is unmeasured is unknown.

The limits are the postal and consolidators' ones as commonly published; each can be replaced per
shop. The guide names none. A missing measure never counts as fitting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

CLASS_TWO = frozenset({"US", "AU"})
"""Destinations with the smaller size class for large parcels (postal convention, class 2), as far
as they are known to us; a line may name its own."""
WARN_DIVISOR = 8000
OVER_DIVISOR = 6000
"""Volumetric weight is cubic centimetres by this, in kilograms: carriers bill what is more."""

FITS, WARN, OVER, UNKNOWN = "fits", "warn", "over", "unknown"


@dataclass(frozen=True)
class Line:
    """A shipping line's limits; None where it has none."""

    grams: int
    longest_mm: int
    sum_mm: int | None = None
    """Length, width and height together."""
    girth_mm: int | None = None
    """Length and girth together, girth being twice the width and height."""
    class_two_longest_mm: int | None = None
    class_two_girth_mm: int | None = None
    class_two: frozenset[str] = CLASS_TWO
    """Where these two hold: countries by their two letters."""
    warn_divisor: int = WARN_DIVISOR
    over_divisor: int = OVER_DIVISOR


DEFAULTS: Mapping[str, Line] = {
    "small": Line(grams=2_000, longest_mm=600, sum_mm=900),
    "large": Line(
        grams=30_000,
        longest_mm=1_500,
        girth_mm=3_000,
        class_two_longest_mm=1_050,
        class_two_girth_mm=2_000,
    ),
}


@dataclass(frozen=True)
class Item:
    """Some pieces of one product: what one weighs, and its box. Zero is not measured either."""

    grams: int | None
    box_mm: tuple[int, int, int] | None
    quantity: int = 1


@dataclass(frozen=True)
class Verdict:
    """Whether it fits, and by how much it does not."""

    state: str
    """`fits`, `warn` (dear by volume), `over` or `unknown`."""
    over_grams: int = 0
    over_mm: int = 0
    billable_grams: int = 0
    why: tuple[str, ...] = ()
    """`weight`, `longest`, `sum`, `girth`, `volume`"""
    missing: tuple[str, ...] = ()
    """`weight`, `size`: what nobody measured."""


def limits_from(told: Mapping[str, Any]) -> Mapping[str, Line]:
    """A shop's own lines over ours. Raises ValueError naming the field and the fix."""
    lines = dict(DEFAULTS)
    for name, values in told.items():
        if not isinstance(values, Mapping):
            raise ValueError(f"{name}: needs fields such as grams and longest_mm")
        told_of = {field: _told(name, field, value) for field, value in values.items()}
        for field in ("grams", "longest_mm"):
            if field not in told_of:
                raise ValueError(f"{name}.{field}: is missing")
        lines[name] = Line(**told_of)
    return lines


def changed_lines(
    known: Mapping[str, Line], told: Mapping[str, tuple[int, int]]
) -> dict[str, dict[str, Any]]:
    """The lines whose (grams, longest side in mm) are told otherwise, whole, as terms keep them."""
    changed: dict[str, dict[str, Any]] = {}
    for name, (grams, longest) in told.items():
        line = known[name]
        if (grams, longest) != (line.grams, line.longest_mm):
            own = asdict(replace(line, grams=grams, longest_mm=longest))
            own["class_two"] = sorted(line.class_two)
            changed[name] = {field: value for field, value in own.items() if value is not None}
    return changed


def check(items: Sequence[Item], country: str, limits: Mapping[str, Line], line: str) -> Verdict:
    """The parcel of all items: their weight summed; each box's size, and the largest one's volume.

    What is known can be over while the rest is unknown. Raises ValueError for a line nobody named.
    """
    limit = _limit(limits, line)
    weights = [item.grams * item.quantity for item in items if item.grams and item.grams > 0]
    boxes = [item.box_mm for item in items if item.box_mm and min(item.box_mm) > 0]
    missing = tuple(
        name for name, known in (("weight", weights), ("size", boxes)) if len(known) < len(items)
    )
    weight, volume = sum(weights), max((_volume(box) for box in boxes), default=0)
    billable = max(weight, _volumetric(volume, limit.over_divisor))
    over_grams = max(0, weight - limit.grams)
    over = ({"weight": 0} if over_grams else {}) | _sizes_over(boxes, limit, country)
    if not over and billable > limit.grams:
        over = {"volume": 0}
    if over:
        return Verdict(OVER, over_grams, max(over.values()), billable, tuple(over), missing)
    if missing:
        return Verdict(UNKNOWN, billable_grams=billable, missing=missing)
    if _volumetric(volume, limit.warn_divisor) > weight:
        return Verdict(WARN, billable_grams=billable, why=("volume",))
    return Verdict(FITS, billable_grams=billable)


def split(
    items: Sequence[Item], country: str, limits: Mapping[str, Line], line: str
) -> tuple[tuple[Item, ...], ...] | None:
    """The fewest parcels found that each fit by themselves; None where a single piece does not.

    Heaviest first, each into the first parcel with the weight to spare: sizes are each piece's own.
    A parcel says how many it holds of each item. Raises ValueError for a line nobody named.
    """
    limit = _limit(limits, line)
    alone = (check([replace(item, quantity=1)], country, limits, line) for item in items)
    if any(verdict.state in {OVER, UNKNOWN} for verdict in alone):
        return None
    parcels: list[list[Item]] = []
    spare: list[int] = []
    for item in sorted(items, key=lambda i: i.grams or 0, reverse=True):
        left, grams, at = item.quantity, item.grams or 0, 0
        while left > 0:
            if at == len(parcels):
                parcels.append([])
                spare.append(limit.grams)
            if taken := min(left, spare[at] // grams):
                parcels[at].append(replace(item, quantity=taken))
                spare[at] -= taken * grams
                left -= taken
            at += 1
    return tuple(tuple(parcel) for parcel in parcels)


def _limit(limits: Mapping[str, Line], line: str) -> Line:
    if line not in limits:
        raise ValueError(f"line: {line!r} is none of {', '.join(limits)}")
    return limits[line]


def _told(name: str, field: str, value: Any) -> Any:
    """One field of a shop's own line, checked."""
    known = Line.__dataclass_fields__
    if field not in known:
        raise ValueError(f"{name}.{field}: is none of {', '.join(known)}")
    if field == "class_two":
        if not isinstance(value, list | tuple) or not all(_is_country(code) for code in value):
            raise ValueError(f'{name}.{field}: needs a list of countries such as ["US", "AU"]')
        return frozenset(value)
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"{name}.{field}: {value!r} is not a whole number from 1 up")
    return value


def _is_country(code: object) -> bool:
    return isinstance(code, str) and bool(re.fullmatch("[A-Z]{2}", code))


def _volume(box: tuple[int, int, int]) -> int:
    return box[0] * box[1] * box[2]


def _volumetric(volume: int, divisor: int) -> int:
    """Grams, rounded up as carriers do.

    Cubic millimetres are thousandths of cubic centimetres, as grams are of kilograms.
    """
    return -(-volume // divisor)


def _sizes_over(boxes: Sequence[tuple[int, int, int]], limit: Line, country: str) -> dict[str, int]:
    """By how many millimetres some box passes each of the line's size limits."""
    second = country.upper() in limit.class_two
    longest = (limit.class_two_longest_mm if second else None) or limit.longest_mm
    girth = (limit.class_two_girth_mm if second else None) or limit.girth_mm
    over = {"longest": 0, "sum": 0, "girth": 0}
    for box in boxes:
        length, width, height = sorted(box, reverse=True)
        measured = {
            "longest": length - longest,
            "sum": length + width + height - limit.sum_mm if limit.sum_mm else 0,
            "girth": length + 2 * (width + height) - girth if girth else 0,
        }
        over = {name: max(by, measured[name]) for name, by in over.items()}
    return {name: by for name, by in over.items() if by > 0}
