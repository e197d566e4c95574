"""What our own look at an order found, in words: doubts about its address, and its parcel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugin.order import Order
from plugin.pages.desk import language, say, zone
from plugin.words.speech import speech


@dataclass(frozen=True)
class Checked:
    """The words for it."""

    doubts: Sequence[str]
    """Of the address; none where there is nothing to doubt."""
    parcel: str
    state: str
    """`fits`, `warn`, `over` or `unknown`; empty where nobody looked."""
    line: str
    """The shipping line whose limits counted."""
    parcels: int
    """Into how many that fit it could be split; 0 where that is no way out."""


def checked(order: Order) -> Checked | None:
    """What was found; None for an order that was not looked at."""
    found = order.checked
    if found is None:
        return None
    in_words = speech(language(), zone())
    codes = dict.fromkeys(doubt.rpartition(":")[2] for doubt in found.doubts)
    over = [
        in_words.measure(found.over_grams, 1000, "kg") if found.over_grams else "",
        in_words.measure(found.over_mm, 10, "cm") if found.over_mm else "",
    ]
    by = ", ".join(filter(None, over))
    name = "checked.over.by" if found.parcel == "over" and by else f"checked.{found.parcel}"
    return Checked(
        [in_words.name("doubt", code) for code in codes],
        say(name, amount=by) if found.parcel else "",
        found.parcel,
        found.line,
        found.parcels,
    )
