"""Dice that fall the same way for the same question: hash(seed, site, entity, n-th visit).

No number depends on how many were thrown before it. So when one fault is taken away all others
fall as they fell, and a failure can be shrunk to the faults that matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

FAMILIES = ("call", "webhook", "process", "database", "time", "people")
WHOLE = float(1 << 56)


@dataclass
class Dice:
    """One world's chances. Everything it is asked with must be a plain word or number."""

    seed: int
    removed: frozenset[str] = frozenset()
    """Faults that do not happen this time, by name."""
    factor: float = 1.0
    quiet: bool = False
    """No more faults."""
    met: list[str] = field(default_factory=list)
    """The faults that happened, in order."""
    visits: Counter[str] = field(default_factory=Counter)
    rates: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Each family is at home in most worlds, and then rare, usual or frequent.
        chosen = {name: self.one_of((0.0, 0.5, 1.0, 1.0, 2.0), "family", name) for name in FAMILIES}
        self.rates = {name: rate * self.factor for name, rate in chosen.items()}

    def share(self, site: str, entity: object = "") -> float:
        """A number from 0 up to, but not including, 1."""
        return self._share(self._name(site, entity))

    def below(self, limit: int, site: str, entity: object = "") -> int:
        """A whole number from 0 to `limit` - 1."""
        return int(self.share(site, entity) * limit)

    def between(self, low: int, high: int, site: str, entity: object = "") -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1, site, entity)

    def one_of(self, choices: Sequence[T], site: str, entity: object = "") -> T:
        """One of the choices."""
        return choices[self.below(len(choices), site, entity)]

    def strikes(self, family: str, site: str, entity: object, rate: float) -> bool:
        """A fault happens here, in `rate` of all visits where its family is at home."""
        if self.quiet:
            return False
        name = self._name(site, entity)
        if name in self.removed or self._share(name) >= rate * self.rates[family]:
            return False
        self.met.append(name)
        return True

    def _name(self, site: str, entity: object) -> str:
        name = f"{site}|{entity}"
        self.visits[name] += 1
        return f"{name}|{self.visits[name]}"

    def _share(self, name: str) -> float:
        digest = blake2b(f"{self.seed}|{name}".encode(), digest_size=7).digest()
        return int.from_bytes(digest, "big") / WHOLE
