"""Everything that can happen to an order, in the past tense.

Events are plain, frozen facts. What they add up to is in `order.py` and `case.py`; what is done
about them is decided in `playbooks/`. No event holds personal data: names and addresses live in
one erasable place, the `customers` table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import cattrs
from cattrs.preconf.json import make_converter

from plugin.actions import Reason
from plugin.terms import Autonomy, Route, Situation

T = TypeVar("T")

Lines = tuple[tuple[int, int], ...]
"""(line id, quantity), as platforms tell it."""


@dataclass(frozen=True)
class LineFacts:
    """A line as bought. `paid_minor` is for all units: after discounts, with tax."""

    id: int
    title: str
    sku: str
    quantity: int
    current_quantity: int
    paid_minor: int
    requires_shipping: bool = True
    product_id: int | None = None
    grams: int | None = None
    """What one unit weighs, where the store says."""


@dataclass(frozen=True)
class Event:
    """Something that happened."""

    kind: ClassVar[str] = ""


# --- The store tells us -------------------------------------------------------------------------


@dataclass(frozen=True)
class OrderSeen(Event):
    """The order as the store had it at `version` (its `updated_at`)."""

    version: datetime
    name: str
    placed_at: datetime
    paid_at: datetime | None
    cancelled_at: datetime | None
    currency: str
    shop_currency: str
    lines: tuple[LineFacts, ...]
    shipping_paid_minor: int = 0
    country: str = ""
    test: bool = False
    kind: ClassVar[str] = "order_seen"


@dataclass(frozen=True)
class FulfilmentSeen(Event):
    """A shipment of some lines. `good` is False once it was cancelled or failed."""

    fulfilment_id: int
    shipped_at: datetime
    version: datetime
    lines: Lines
    good: bool = True
    tracking_company: str = ""
    tracking_number: str = ""
    kind: ClassVar[str] = "fulfilment_seen"


@dataclass(frozen=True)
class TrackingSeen(Event):
    """A carrier's event on a shipment."""

    fulfilment_id: int
    status: str
    happened_at: datetime
    message: str = ""
    kind: ClassVar[str] = "tracking_seen"


@dataclass(frozen=True)
class RefundSeen(Event):
    """A refund in the store's own ledger. `mark` is ours when we made it, else empty."""

    refund_id: int
    made_at: datetime
    lines: Lines
    minor: int
    currency: str
    mark: str = ""
    kind: ClassVar[str] = "refund_seen"


@dataclass(frozen=True)
class TransactionSeen(Event):
    """Money moved, or failed to: `status` success, pending, failure or error."""

    transaction_id: int
    what: str
    status: str
    minor: int
    currency: str
    kind: ClassVar[str] = "transaction_seen"

    @property
    def is_failed_refund(self) -> bool:
        """Money that should have gone back to the customer and did not."""
        return self.what == "refund" and self.status in {"failure", "error"}


@dataclass(frozen=True)
class DisputeSeen(Event):
    """A card dispute on the order. It stops every automatic refund while it is open."""

    dispute_id: int
    what: str
    status: str
    kind: ClassVar[str] = "dispute_seen"


@dataclass(frozen=True)
class OrderEdited(Event):
    """Lines were added or removed; the order is read again for the result."""

    edit_id: int
    kind: ClassVar[str] = "order_edited"


@dataclass(frozen=True)
class ReturnRequested(Event):
    """The customer asked the store for a return; what of and why is read from the store."""

    return_id: int
    kind: ClassVar[str] = "return_requested"


# --- The supplier, an import or the merchant tells us --------------------------------------------


@dataclass(frozen=True)
class PurchaseRecorded(Event):
    """What was bought from one supplier for some lines."""

    purchase_id: str
    supplier: str
    reference: str
    connection: str
    """`by_hand`, or the name of an API we have: `1688`."""
    lines: Lines
    route: Route
    ship_by: datetime | None
    ordered_at: datetime | None
    cost_minor: int
    cost_currency: str
    replacement: bool = False
    """Bought instead of other goods of the same order that could not be had."""
    kind: ClassVar[str] = "purchase_recorded"


@dataclass(frozen=True)
class PurchaseShipped(Event):
    """The supplier handed the parcel over."""

    purchase_id: str
    shipped_at: datetime
    tracking_number: str = ""
    kind: ClassVar[str] = "purchase_shipped"


@dataclass(frozen=True)
class PurchaseCancelled(Event):
    """The purchase will not come; not a word about its money."""

    purchase_id: str
    cancelled_at: datetime
    kind: ClassVar[str] = "purchase_cancelled"


@dataclass(frozen=True)
class RouteLearned(Event):
    """Where a purchase's parcel is. It moves from domestic to international once."""

    purchase_id: str
    route: Route
    kind: ClassVar[str] = "route_learned"


@dataclass(frozen=True)
class OutOfStockReported(Event):
    """Some goods cannot be had. Empty `line_ids`: all of the purchase."""

    purchase_id: str
    line_ids: tuple[int, ...] = ()
    message: str = ""
    kind: ClassVar[str] = "out_of_stock_reported"


@dataclass(frozen=True)
class SupplierAnswered(Event):
    """An answer to an urge or a question, maybe with a new date."""

    purchase_id: str
    message: str = ""
    ship_by: datetime | None = None
    kind: ClassVar[str] = "supplier_answered"


@dataclass(frozen=True)
class SupplierAsked(Event):
    """The merchant asked the supplier something, outside the app."""

    purchase_id: str
    question: str = ""
    kind: ClassVar[str] = "supplier_asked"


@dataclass(frozen=True)
class RecoverySeen(Event):
    """What became of the money we asked back: `agreed`, `received` or `refused`."""

    purchase_id: str
    state: str
    minor: int = 0
    currency: str = ""
    message: str = ""
    kind: ClassVar[str] = "recovery_seen"


@dataclass(frozen=True)
class OversizedReported(Event):
    """A carrier or supplier refused the parcel for its size or weight. Empty: all of it."""

    purchase_id: str
    line_ids: tuple[int, ...] = ()
    message: str = ""
    parcels: int = 0
    """Into how many parcels that fit it could be split, where that is known."""
    kind: ClassVar[str] = "oversized_reported"


@dataclass(frozen=True)
class CustomsSeen(Event):
    """Where a parcel stands with customs: `held`, `cleared`, `returned` or `destroyed`."""

    purchase_id: str
    state: str
    since: datetime
    tracked: bool = False
    """Read off the tracking, where a short stop is nothing yet; otherwise somebody told us."""
    message: str = ""
    kind: ClassVar[str] = "customs_seen"


@dataclass(frozen=True)
class InterceptionSeen(Event):
    """What became of stopping a parcel: `succeeded` or `failed`."""

    purchase_id: str
    result: str
    message: str = ""
    kind: ClassVar[str] = "interception_seen"


@dataclass(frozen=True)
class VerificationSeen(Event):
    """What became of a claim: `verified` or `refused`."""

    case_id: str
    result: str
    message: str = ""
    kind: ClassVar[str] = "verification_seen"


@dataclass(frozen=True)
class LetterBounced(Event):
    """A letter did not arrive: `bounced` or `complained`. No more are sent to that address."""

    key: str
    what: str
    kind: ClassVar[str] = "letter_bounced"


# --- The customer tells us, or the merchant in his name ------------------------------------------


@dataclass(frozen=True)
class ProblemReported(Event):
    """A problem with some goods: situations 6 to 9. No lines: all of the purchase.

    The customer's own words, and an address that was given, are kept apart from the timeline,
    under `report_id`: they can be erased.
    """

    report_id: str
    situation: Situation
    purchase_id: str
    lines: Lines = ()
    wish: str = ""
    """What the customer would like: `refund`, `reissue` or nothing said."""
    kind: ClassVar[str] = "problem_reported"


@dataclass(frozen=True)
class EvidenceAdded(Event):
    """A picture or video, kept under its SHA-256."""

    case_id: str
    evidence_id: str
    media: str
    """`picture` or `video`"""
    shot: str = ""
    """Which of the shot list it is meant to be."""
    checked: bool = True
    """False: nobody could look inside; size and signature only."""
    advice: tuple[str, ...] = ()
    kind: ClassVar[str] = "evidence_added"


@dataclass(frozen=True)
class AddressSettled(Event):
    """A doubtful address: the customer or the merchant `confirmed` or `corrected` it."""

    report_id: str
    how: str
    kind: ClassVar[str] = "address_settled"


# --- We looked ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrderChecked(Event):
    """Our own look at a new order, before anything is bought: only codes, no address."""

    doubts: tuple[str, ...] = ()
    """`field:code`, of the address."""
    parcel: str = "unknown"
    """`fits`, `warn`, `over` or `unknown`, against the limits of the shop's shipping line."""
    line: str = ""
    over_grams: int = 0
    over_mm: int = 0
    parcels: int = 0
    """Into how many parcels that fit it could be split."""
    kind: ClassVar[str] = "order_checked"


@dataclass(frozen=True)
class DeadlineMoved(Event):
    """The calendar was announced or corrected, and a date of a case moved with it."""

    case_id: str
    deadline: str
    before: datetime
    after: datetime
    calendar: str
    """The calendar's version."""
    kind: ClassVar[str] = "deadline_moved"


# --- We decided ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseOpened(Event):
    """A problem, taken in hand."""

    case_id: str
    number: str
    situation: Situation
    purchase_id: str
    line_ids: tuple[int, ...]
    terms_version: int
    because: Reason
    reopens: str = ""
    kind: ClassVar[str] = "case_opened"


@dataclass(frozen=True)
class CaseClosed(Event):
    """Nothing was left to do. A case never leaves its end; a reopening is a new one."""

    case_id: str
    outcome: str
    because: Reason
    kind: ClassVar[str] = "case_closed"


@dataclass(frozen=True)
class Planned(Event):
    """An action was written down to be done, as far as its rule may go."""

    key: str
    action: str
    body: Mapping[str, Any]
    case_id: str
    level: Autonomy
    because: Reason
    mark: str
    held: str = ""
    """Why less was done than the rule allows: over the cap, in dispute."""
    late_seconds: int = 0
    kind: ClassVar[str] = "planned"


@dataclass(frozen=True)
class Withheld(Event):
    """A rule is off: what would have been done was not."""

    key: str
    action: str
    case_id: str
    because: Reason
    kind: ClassVar[str] = "withheld"


@dataclass(frozen=True)
class Withdrawn(Event):
    """An action was no longer wanted before it went out."""

    key: str
    why: str
    kind: ClassVar[str] = "withdrawn"


# --- The merchant decided ------------------------------------------------------------------------


@dataclass(frozen=True)
class Approved(Event):
    """Go ahead."""

    key: str
    choice: str = ""
    """For a proposal `source`, `invite`, `replace` or `split`; for a remedy one of its choices."""
    kind: ClassVar[str] = "approved"


@dataclass(frozen=True)
class Declined(Event):
    """No."""

    key: str
    why: str = ""
    kind: ClassVar[str] = "declined"


@dataclass(frozen=True)
class BothAllowed(Event):
    """The customer may have the money and the goods: a choice that names what it costs."""

    line_id: int
    units: tuple[int, ...]
    cost_minor: int
    currency: str
    why: str
    kind: ClassVar[str] = "both_allowed"


@dataclass(frozen=True)
class NoteWritten(Event):
    """A person's note."""

    text: str
    kind: ClassVar[str] = "note_written"


@dataclass(frozen=True)
class CaseAssigned(Event):
    """A case was given to one of the shop's people; to nobody where `person` is empty."""

    case_id: str
    person: str
    kind: ClassVar[str] = "case_assigned"


@dataclass(frozen=True)
class CaseSnoozed(Event):
    """A case was put off until a moment; taken up again where there is none."""

    case_id: str
    until: datetime | None
    kind: ClassVar[str] = "case_snoozed"


# --- Outside, it was done or it was not ----------------------------------------------------------


@dataclass(frozen=True)
class ActionDone(Event):
    """The outside world confirmed it."""

    key: str
    remote_id: str = ""
    minor: int = 0
    currency: str = ""
    by_hand: bool = False
    kind: ClassVar[str] = "action_done"


@dataclass(frozen=True)
class ActionRefused(Event):
    """The outside world said no, for good."""

    key: str
    why: str
    kind: ClassVar[str] = "action_refused"


@dataclass(frozen=True)
class OutcomeLost(Event):
    """The answer was lost: nobody knows yet whether it was done. It is read back."""

    key: str
    why: str
    kind: ClassVar[str] = "outcome_lost"


@dataclass(frozen=True)
class HandedOver(Event):
    """It needs a person: there is no API for it, or something does not add up."""

    key: str
    why: str
    draft: Mapping[str, str] = field(default_factory=dict)
    """For a message to be sent by hand: to, subject, text_zh, text_en."""
    kind: ClassVar[str] = "handed_over"


@dataclass(frozen=True)
class Held(Event):
    """What was to go out by itself waits for a person's word after all."""

    key: str
    why: str
    kind: ClassVar[str] = "held"


@dataclass(frozen=True)
class AttemptRenewed(Event):
    """The last attempt is certain not to have happened; the next goes by another mark."""

    key: str
    generation: int
    mark: str
    kind: ClassVar[str] = "attempt_renewed"


@dataclass(frozen=True)
class Entry:
    """One place in an order's timeline."""

    seq: int
    at: datetime
    """When we learned of it. Never decreases within an order."""
    by: str
    """`app`, `store`, `supplier`, `import`, or a person."""
    what: Event
    cause: str = ""
    """The webhook, clock or person behind it."""


def _leaves(kind: type[Event]) -> list[type[Event]]:
    below = kind.__subclasses__()
    return [leaf for sub in below for leaf in _leaves(sub)] if below else [kind]


FACTS = (
    OrderSeen,
    FulfilmentSeen,
    TrackingSeen,
    RefundSeen,
    TransactionSeen,
    DisputeSeen,
    OrderEdited,
    ReturnRequested,
    PurchaseRecorded,
    PurchaseShipped,
    PurchaseCancelled,
    RouteLearned,
    CustomsSeen,
    InterceptionSeen,
    OrderChecked,
)
"""What others tell us, as often as they like: the same words twice are one fact."""

NAMED_BY: Mapping[type[Event], str] = {
    fact: "kind" if fact in {OrderSeen, OrderChecked} else fields(fact)[0].name for fact in FACTS
}
"""The field that says which purchase, shipment or refund a fact is about, or that it is the
order's own."""

EVENTS: Mapping[str, type[Event]] = {event.kind: event for event in _leaves(Event)}

_converter: cattrs.Converter = make_converter()
_converter.register_unstructure_hook(datetime, lambda moment: moment.isoformat())
_converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
_converter.register_structure_hook(str | int, lambda value, _: value)


def plain(value: Any) -> dict[str, Any]:
    """An event or action as JSON-ready values."""
    result: dict[str, Any] = _converter.unstructure(value)
    return result


def event_from(kind: str, body: Mapping[str, Any]) -> Event:
    """The event that `plain` wrote. Raises KeyError for a kind nobody knows."""
    return _converter.structure(dict(body), EVENTS[kind])


def structured(body: Mapping[str, Any], into: type[T]) -> T:
    """A value of type `into` from what `plain` wrote."""
    return _converter.structure(dict(body), into)
