"""What a claim should show, situation by situation. Advice: a claim can be made with less.

"Ready: 4 of 5" counts the four pictures of the list and, first of all, that there is any proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from plugin.terms import Situation


class Shot(StrEnum):
    """One picture or video to be taken."""

    PARCEL = "parcel"
    LABEL = "label"
    FAULT = "fault"
    CONTENT = "content"
    PACKING = "packing"


SHOTS: Mapping[Situation, tuple[Shot, ...]] = {
    Situation.WRONG_ITEMS: (Shot.PARCEL, Shot.LABEL, Shot.CONTENT, Shot.PACKING),
    Situation.DAMAGED: (Shot.PARCEL, Shot.LABEL, Shot.FAULT, Shot.PACKING),
}


@dataclass(frozen=True)
class Readiness:
    """How much of it is there."""

    have: int
    wanted: int
    missing: tuple[Shot, ...]


def readiness(situation: Situation, shots: Iterable[str]) -> Readiness:
    """How much of the list the shots of some evidence cover; one more for having any at all."""
    taken = list(shots)
    wanted = SHOTS.get(situation, ())
    missing = tuple(shot for shot in wanted if shot not in taken)
    return Readiness(bool(taken) + len(wanted) - len(missing), 1 + len(wanted), missing)
