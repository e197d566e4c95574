"""Everything we can do to the world: plain, frozen, each knowing its key.

A key names the thing an action moves, not the case that asks for it: the refund of units 1 and 2
of a line has one key whichever situation wants it, so two situations that meet on one line
cannot pay twice. The outbox holds each key once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from plugin.terms import Clause, Situation


@dataclass(frozen=True)
class Reason:
    """Why: the rule, its version and the facts it saw. Sentences are built from this record."""

    situation: Situation
    clause: Clause
    says: str
    """The name of the sentence, in `sentences.py`."""
    version: int = 0
    """Of the shop's terms, filled in when the decision is taken."""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    due: str = ""
    """ISO moment of the clock that led to it, if one did."""

    @property
    def rule(self) -> str:
        """`late_shipment.urge`"""
        return f"{self.situation}.{self.clause}"


class Topic(StrEnum):
    """What a line to the merchant is about."""

    LATE = "late"
    LATE_ABROAD = "late_abroad"
    STILL_LATE_ABROAD = "still_late_abroad"
    NO_STOCK_ROUTE = "no_stock_route"
    SHIPPED_AFTER_REFUND = "shipped_after_refund"
    SHIPPED_AFTER_RECOVERY = "shipped_after_recovery"
    RECOVERY_STALLED = "recovery_stalled"
    MISSED_CLOCKS = "missed_clocks"


class Letter(StrEnum):
    """A letter to the customer."""

    REFUNDED = "refunded"
    INVITED = "invited"


@dataclass(frozen=True)
class Action:
    """Something to be done outside, because of something."""

    because: Reason
    kind: ClassVar[str] = ""

    @property
    def key(self) -> str:
        """Names the thing moved; unique within a shop's order."""
        raise AssertionError(f"{type(self).__name__} has no key")


@dataclass(frozen=True)
class UrgeSupplier(Action):
    """Ask the supplier to ship what is overdue."""

    purchase_id: str
    kind: ClassVar[str] = "urge_supplier"

    @property
    def key(self) -> str:
        """Once per purchase: the guide urges once."""
        return f"urge:{self.purchase_id}"


@dataclass(frozen=True)
class TellMerchant(Action):
    """One line to the merchant."""

    topic: Topic
    about: str
    """What the line is about: a purchase id or a case id."""
    kind: ClassVar[str] = "tell_merchant"

    @property
    def key(self) -> str:
        """Once per topic and thing."""
        return f"tell:{self.topic}:{self.about}"


@dataclass(frozen=True)
class WriteCustomer(Action):
    """A letter to the customer, in the customer's language."""

    letter: Letter
    about: str
    line_ids: tuple[int, ...] = ()
    alternative_id: int = 0
    kind: ClassVar[str] = "write_customer"

    @property
    def key(self) -> str:
        """The same letter about the same thing is never sent twice."""
        return f"letter:{self.letter}:{self.about}"


@dataclass(frozen=True)
class RefundCustomer(Action):
    """Give the customer back what was paid for some units of one line."""

    line_id: int
    units: tuple[int, ...]
    """1 is the first unit of the line."""
    goods_minor: int
    """The line's part, tax included, in minor units."""
    shipping_minor: int
    """The units' share of the shipping."""
    currency: str
    kind: ClassVar[str] = "refund_customer"

    @property
    def key(self) -> str:
        """The units it pays for."""
        return f"refund:{self.line_id}:{spell_units(self.units)}"

    @property
    def minor(self) -> int:
        """All of it, in minor units."""
        return self.goods_minor + self.shipping_minor


@dataclass(frozen=True)
class ProposeAlternative(Action):
    """Offer another supplier for a line: as the product's source, to the customer, or instead."""

    line_id: int
    units: tuple[int, ...]
    sku: str
    alternative_id: int
    """0 when the shop's list has none: then the merchant is asked to name one."""
    as_replacement: bool
    """True when goods are to come before money (resource first)."""
    kind: ClassVar[str] = "propose_alternative"

    @property
    def key(self) -> str:
        """One proposal for the same units."""
        return f"resource:{self.line_id}:{spell_units(self.units)}"


@dataclass(frozen=True)
class AskRecovery(Action):
    """Ask for the money of a purchase back."""

    purchase_id: str
    minor: int
    currency: str
    kind: ClassVar[str] = "ask_recovery"

    @property
    def key(self) -> str:
        """Once per purchase."""
        return f"recover:{self.purchase_id}"


@dataclass(frozen=True)
class ChaseRecovery(Action):
    """Remind whoever owes us the money of a purchase."""

    purchase_id: str
    nth: int
    kind: ClassVar[str] = "chase_recovery"

    @property
    def key(self) -> str:
        """Once for each reminder."""
        return f"chase:{self.purchase_id}:{self.nth}"


@dataclass(frozen=True)
class CloseCase:
    """Nothing is left to do for this case. Decided and done in one step: it is ours alone."""

    outcome: str
    because: Reason


@dataclass(frozen=True)
class Withdraw:
    """An action of this case is no longer wanted. Done in the same step, unless it is under way."""

    key: str
    why: str


Decision = Action | CloseCase | Withdraw

ACTIONS: Mapping[str, type[Action]] = {
    action.kind: action
    for action in (
        UrgeSupplier,
        TellMerchant,
        WriteCustomer,
        RefundCustomer,
        ProposeAlternative,
        AskRecovery,
        ChaseRecovery,
    )
}


def spell_units(units: tuple[int, ...]) -> str:
    """`(1, 2, 3, 5)` is "1-3,5": one spelling for one set."""
    runs: list[list[int]] = []
    for unit in sorted(set(units)):
        if runs and unit == runs[-1][-1] + 1:
            runs[-1].append(unit)
        else:
            runs.append([unit])
    return ",".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)
