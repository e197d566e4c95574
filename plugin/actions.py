"""Everything we can do to the world: plain, frozen, each knowing its key.

A key names the thing an action moves, not the case that asks for it: the refund of units 1 and 2
of a line has one key whichever situation wants it, so two situations that meet on one line
cannot pay twice. The outbox holds each key once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
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
    RECOVERY_SHUTS = "recovery_shuts"
    CUSTOMS_HELD = "customs_held"
    CUSTOMS_STILL_HELD = "customs_still_held"
    CUSTOMS_HELD_LONG = "customs_held_long"
    CUSTOMS_CLEARED = "customs_cleared"
    CUSTOMS_RETURNED = "customs_returned"
    PROBLEM_REPORTED = "problem_reported"
    NO_EVIDENCE = "no_evidence"
    VERIFICATION_OVERDUE = "verification_overdue"
    REMEDY_OVERDUE = "remedy_overdue"
    ROUTE_WANTED = "route_wanted"
    INTERCEPTION_QUIET = "interception_quiet"
    ADDRESS_DOUBTFUL = "address_doubtful"
    ADDRESS_QUIET = "address_quiet"
    MAIL_BOUNCED = "mail_bounced"
    REFUND_FAILED = "refund_failed"
    MISSED_CLOCKS = "missed_clocks"
    DIGEST = "digest"


class Letter(StrEnum):
    """A letter to the customer."""

    REFUNDED = "refunded"
    INVITED = "invited"
    REISSUED = "reissued"
    CUSTOMS_HELD = "customs_held"
    CUSTOMS_STILL_HELD = "customs_still_held"
    CUSTOMS_HELD_LONG = "customs_held_long"
    CUSTOMS_CLEARED = "customs_cleared"
    EVIDENCE_ASKED = "evidence_asked"
    EVIDENCE_REMINDED = "evidence_reminded"
    EVIDENCE_LAST_CALL = "evidence_last_call"
    NO_EVIDENCE = "no_evidence"
    CLAIM_SENT = "claim_sent"
    CLAIM_REFUSED = "claim_refused"
    CANCELLED = "cancelled"
    NOT_INTERCEPTED = "not_intercepted"
    CANNOT_STOP = "cannot_stop"
    ADDRESS_ASKED = "address_asked"
    ADDRESS_REMINDED = "address_reminded"


SAYS_MONEY = frozenset({Letter.REFUNDED})
SAYS_GOODS = frozenset({Letter.REISSUED})
SAYS_NO_MONEY = frozenset({Letter.NOT_INTERCEPTED, Letter.CANNOT_STOP, Letter.CLAIM_REFUSED})
CONTRADICTS: Mapping[Letter, frozenset[Letter]] = {
    **dict.fromkeys(SAYS_MONEY, SAYS_NO_MONEY | SAYS_GOODS),
    **dict.fromkeys(SAYS_GOODS | SAYS_NO_MONEY, SAYS_MONEY),
}
"""Letters that, once one was sent about some goods, the other must not follow unseen."""


@dataclass(frozen=True)
class Action:
    """Something to be done outside, because of something."""

    because: Reason
    kind: ClassVar[str] = ""
    settles: ClassVar[timedelta] = timedelta()
    """How long it waits before it goes out, so that what follows at once goes with it."""

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
    parcels: int = 0
    """How many parcels that fit the goods could be split into; 0 when that is no way out."""
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
class HoldOrder(Action):
    """Keep the order from being shipped until a doubt is settled."""

    case_id: str
    reason: str
    """`address` or `parcel`"""
    kind: ClassVar[str] = "hold_order"

    @property
    def key(self) -> str:
        """Once per case."""
        return f"hold:{self.case_id}"


@dataclass(frozen=True)
class ReleaseOrder(Action):
    """Lift our own hold."""

    case_id: str
    held_for: str
    """`address` or `parcel`: the hold of another case stays."""
    kind: ClassVar[str] = "release_order"

    @property
    def key(self) -> str:
        """Once per case."""
        return f"release:{self.case_id}"


@dataclass(frozen=True)
class CorrectAddress(Action):
    """Write the address the customer gave into the order."""

    report_id: str
    """Where the address is kept: among the customer's own words, which can be erased."""
    kind: ClassVar[str] = "correct_address"

    @property
    def key(self) -> str:
        """Once per answer of the customer's."""
        return f"address:{self.report_id}"


@dataclass(frozen=True)
class CancelOrder(Action):
    """Cancel the order in the store; never a way to pay back."""

    case_id: str
    kind: ClassVar[str] = "cancel_order"

    @property
    def key(self) -> str:
        """An order is cancelled once."""
        return "cancel"


@dataclass(frozen=True)
class InterceptParcel(Action):
    """Have a parcel stopped that is still inside China."""

    purchase_id: str
    kind: ClassVar[str] = "intercept_parcel"

    @property
    def key(self) -> str:
        """Once per purchase."""
        return f"intercept:{self.purchase_id}"


@dataclass(frozen=True)
class ChaseInterception(Action):
    """Ask what became of stopping a parcel."""

    purchase_id: str
    nth: int
    kind: ClassVar[str] = "chase_interception"

    @property
    def key(self) -> str:
        """Once for each reminder."""
        return f"chase_intercept:{self.purchase_id}:{self.nth}"


@dataclass(frozen=True)
class AskVerification(Action):
    """Hand the claim with its proof in, to be verified."""

    case_id: str
    purchase_id: str
    kind: ClassVar[str] = "ask_verification"

    @property
    def key(self) -> str:
        """Once per case."""
        return f"verify:{self.case_id}"


@dataclass(frozen=True)
class ChaseVerification(Action):
    """Ask for the result of a verification that is overdue."""

    case_id: str
    purchase_id: str
    nth: int
    kind: ClassVar[str] = "chase_verification"

    @property
    def key(self) -> str:
        """Once for each reminder."""
        return f"chase_verify:{self.case_id}:{self.nth}"


@dataclass(frozen=True)
class ChooseRemedy(Action):
    """The merchant's decision between ways to go on."""

    case_id: str
    of: str
    """What is decided: `verified`, `refused`, `not_claimed`, `no_evidence` or `returned`."""
    choices: tuple[str, ...]
    """Of `refund`, `reissue` and `none`."""
    wish: str = ""
    """What the customer asked for, if anything."""
    kind: ClassVar[str] = "choose_remedy"

    @property
    def key(self) -> str:
        """Once per question and case."""
        return f"choose:{self.of}:{self.case_id}"


@dataclass(frozen=True)
class ReissueGoods(Action):
    """Send some units of a line once more, at no charge."""

    line_id: int
    units: tuple[int, ...]
    kind: ClassVar[str] = "reissue_goods"

    @property
    def key(self) -> str:
        """The units it replaces."""
        return f"reissue:{self.line_id}:{spell_units(self.units)}"


@dataclass(frozen=True)
class MirrorReturn(Action):
    """Open a return in the store for what a verified claim is about. It moves no money."""

    case_id: str
    kind: ClassVar[str] = "mirror_return"

    @property
    def key(self) -> str:
        """Once per case."""
        return f"return:{self.case_id}"


@dataclass(frozen=True)
class CloseReturn(Action):
    """Close the return we opened in the store."""

    case_id: str
    kind: ClassVar[str] = "close_return"

    @property
    def key(self) -> str:
        """Once per case."""
        return f"close_return:{self.case_id}"


@dataclass(frozen=True)
class ReadReturn(Action):
    """Read a return the customer asked the store for, to take it in hand where a rule is for it."""

    return_id: int
    kind: ClassVar[str] = "read_return"

    @property
    def key(self) -> str:
        """Once per return."""
        return f"read_return:{self.return_id}"


@dataclass(frozen=True)
class FlagOrder(Action):
    """Bring what the order says of its cases in the store up to date.

    What it says is read off the order when it goes out, not when it is planned: however often
    things change meanwhile, the store is told once, and the latest.
    """

    nth: int
    says: str
    """A digest of what there was to say when it was planned."""
    kind: ClassVar[str] = "flag_order"
    settles: ClassVar[timedelta] = timedelta(minutes=1)

    @property
    def key(self) -> str:
        """Each writing of an order's flags."""
        return f"flag:{self.nth}"


@dataclass(frozen=True)
class OpenCase:
    """A problem is taken in hand before anything is done about it."""

    because: Reason


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


Decision = Action | OpenCase | CloseCase | Withdraw

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
        HoldOrder,
        ReleaseOrder,
        CorrectAddress,
        CancelOrder,
        InterceptParcel,
        ChaseInterception,
        AskVerification,
        ChaseVerification,
        ChooseRemedy,
        ReissueGoods,
        MirrorReturn,
        CloseReturn,
        ReadReturn,
        FlagOrder,
    )
}
ASIDE = frozenset({ReadReturn.kind, FlagOrder.kind})
"""Kinds of action that are no step of any case: they keep the store's admin and the app in step."""


def spell_units(units: tuple[int, ...]) -> str:
    """`(1, 2, 3, 5)` is "1-3,5": one spelling for one set."""
    runs: list[list[int]] = []
    for unit in sorted(set(units)):
        if runs and unit == runs[-1][-1] + 1:
            runs[-1].append(unit)
        else:
            runs.append([unit])
    return ",".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)
