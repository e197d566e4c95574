"""Dice that fall the same way each time they are thrown for the same thing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Dice:
    """Decisions from the hash of (seed, site, entity), so that order of asking never matters."""

    seed: str

    def share(self, site: str, entity: object) -> float:
        """A number from 0 up to, but not including, 1."""
        digest = hashlib.sha256(f"{self.seed}|{site}|{entity}".encode()).digest()
        return int.from_bytes(digest[:7], "big") / float(1 << 56)

    def below(self, limit: int, site: str, entity: object) -> int:
        """A whole number from 0 to `limit` - 1."""
        return int(self.share(site, entity) * limit)

    def between(self, low: int, high: int, site: str, entity: object) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1, site, entity)

    def one_of(self, choices: Sequence[T], site: str, entity: object) -> T:
        """One of the choices. Raises IndexError when there are none."""
        return choices[self.below(len(choices), site, entity)]

    def chance(self, share: float, site: str, entity: object) -> bool:
        """True in `share` of all entities."""
        return self.share(site, entity) < share
