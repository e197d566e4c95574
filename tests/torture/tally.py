"""What was done, what it met, and what was found wrong: one line for each kind."""

from __future__ import annotations

from dataclasses import dataclass, field

FLOOR_PERCENT = 10
FEW = 20
"""Of fewer blows than this one says nothing about a share."""


@dataclass
class Tally:
    """One kind of blow."""

    kind: str
    unit: str = "kills"
    blows: int = 0
    inside: int = 0
    """Blows inside the dangerous window: something had happened and nothing said so yet."""
    double_refunds: list[str] = field(default_factory=list)
    double_orders: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Anything else that is not as it should be."""
    notes: list[str] = field(default_factory=list)
    """Figures of interest."""

    @property
    def share(self) -> int:
        """Percent of the blows inside the window."""
        return 100 * self.inside // self.blows if self.blows else 0

    @property
    def aimed_well(self) -> bool:
        """Often enough inside the window to say anything."""
        return self.blows < FEW or self.share >= FLOOR_PERCENT

    @property
    def good(self) -> bool:
        """Nothing is wrong, and it was really tried."""
        found = self.double_refunds or self.double_orders or self.lost or self.wrong
        return not found and self.aimed_well

    def line(self) -> str:
        """For people, and for whoever greps."""
        return (
            f"{self.kind}: {self.blows} {self.unit}, {self.inside} in the dangerous window "
            f"({self.share} %): {len(self.double_refunds)} double refunds, "
            f"{len(self.double_orders)} double supplier orders, {len(self.lost)} lost"
        )

    def details(self) -> list[str]:
        """What was found, a few of each."""
        found = {
            "double refunds": self.double_refunds,
            "double supplier orders": self.double_orders,
            "lost": self.lost,
            "wrong": self.wrong,
        }
        said = [f"  {', '.join(self.notes)}"] if self.notes else []
        said += [f"  WRONG {name}: {'; '.join(of[:5])}" for name, of in found.items() if of]
        if not self.aimed_well:
            said.append(f"  WRONG fewer than {FLOOR_PERCENT} % in the dangerous window")
        return said
