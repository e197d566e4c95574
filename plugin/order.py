"""What an order's timeline adds up to: lines, units, purchases, refunds, what is planned.

`fold.py` makes an `Order` from a timeline; nobody else changes one.

Lines are counted in units: unit 1 to n of a line bought n times. A purchase, a shipment and a
refund each concern some units, which is what makes "the same goods" and "the same money" exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps

from plugin import timeline as t
from plugin.actions import Action, ProposeAlternative, RefundCustomer, ReissueGoods
from plugin.known_once import known_once
from plugin.money import share_out
from plugin.terms import Autonomy, Route, Situation

DISPUTE_OVER = frozenset({"won", "prevented"})
CHARGED_BACK = frozenset({"lost", "accepted", "charge_refunded"})
ALIVE = frozenset({"waiting", "going", "by_hand", "unknown"})

Units = tuple[int, ...]


@dataclass
class Line:
    """One line of the order."""

    facts: t.LineFacts
    shipping_minor: int = 0
    """The line's share of the shipping the customer paid."""

    @known_once
    def units(self) -> Units:
        """Every unit as bought."""
        return tuple(range(1, self.facts.quantity + 1))

    def worth(self, units: Iterable[int], *, shipping: bool) -> tuple[int, int]:
        """(goods, shipping) in minor units that were paid for some units, exact to the cent.

        Units that were bought or planned for and that the store no longer shows are worth nothing.
        """
        count = len(self.units)
        goods = share_out(self.facts.paid_minor, [1] * count)
        freight = share_out(self.shipping_minor, [1] * count) if shipping else [0] * count
        wanted = [u - 1 for u in units if u <= count]
        return sum(goods[i] for i in wanted), sum(freight[i] for i in wanted)


@dataclass
class Purchase:
    """What was bought from one supplier for some units; `id` empty: nobody has told us."""

    id: str
    supplier: str = ""
    reference: str = ""
    connection: str = "by_hand"
    units: Mapping[int, Units] = field(default_factory=dict)
    route: Route = Route.UNKNOWN
    ship_by: datetime | None = None
    ordered_at: datetime | None = None
    cost_minor: int = 0
    cost_currency: str = ""
    replacement: bool = False
    told_at: datetime | None = None
    """When we first heard of it."""
    shipped_at: datetime | None = None
    cancelled_at: datetime | None = None
    asked_at: datetime | None = None
    """The last urge or question that has had no answer."""
    answered_at: datetime | None = None
    recovery_state: str = ""
    """Empty, `asked`, `agreed`, `received` or `refused`."""
    recovery_asked_at: datetime | None = None
    recovery_minor: int = 0
    chased: int = 0
    chased_at: datetime | None = None
    customs: str = ""
    """Empty, `held`, `cleared`, `returned` or `destroyed`."""
    customs_since: datetime | None = None
    customs_tracked: bool = False
    customs_at: datetime | None = None
    """The moment the last word on customs speaks of."""
    intercept_asked_at: datetime | None = None
    intercept_chased: int = 0
    interception: str = ""
    """Empty, `succeeded` or `failed`."""

    @property
    def stopped(self) -> bool:
        """It will not reach the customer: the parcel was stopped, or never left."""
        return self.interception == "succeeded" or self.cancelled_at is not None

    def customs_known_better(self, state: str, since: datetime) -> bool:
        """A word on customs that a later one has overtaken: news may come in any order.

        Of two that speak of one moment being held is the earlier.
        """
        if self.customs_at is None or since > self.customs_at:
            return False
        return since < self.customs_at or (state == "held" and self.customs != "held")


@dataclass
class PlannedAction:
    """An action that was written down, and what has become of it."""

    key: str
    action: Action
    case_id: str
    level: Autonomy
    mark: str
    marks: tuple[str, ...]
    """Every mark an attempt has gone by, the last one included."""
    planned_at: datetime
    state: str
    """waiting (for a person's word), going, by_hand, unknown, done, refused, declined, withdrawn"""
    choice: str = ""
    settled_at: datetime | None = None

    @property
    def alive(self) -> bool:
        """Still to be done, or nobody knows."""
        return self.state in ALIVE

    @property
    def asked_again(self) -> bool:
        """May the same case ask once more? What was called off, and money that facts stopped."""
        stopped = isinstance(self.action, RefundCustomer) and self.state == "refused"
        return self.state == "withdrawn" or stopped

    @property
    def counts(self) -> bool:
        """Done or still to be done: what it moves is spoken for."""
        return self.alive or self.state == "done"


@dataclass
class CaseRecord:
    """An opened case, as its own events tell it."""

    opened: t.CaseOpened
    opened_at: datetime
    closed: t.CaseClosed | None = None
    closed_at: datetime | None = None
    opened_seq: int = 0
    closed_seq: int = 0


@dataclass
class Report:
    """A word that something is wrong with some goods."""

    situation: Situation
    purchase_id: str
    line_ids: tuple[int, ...]
    """Empty: all of the purchase."""
    at: datetime
    seq: int
    message: str = ""
    units: Mapping[int, Units] = field(default_factory=dict)
    """Which units exactly, where it says."""
    id: str = ""
    """Where the customer's own words are kept."""
    wish: str = ""
    by_check: bool = False
    """Our own look at the order, not somebody's word."""
    parcels: int = 0


@dataclass
class Claim:
    """A claim that was handed in to be verified."""

    sent_at: datetime
    remote_id: str = ""
    """The platform's id where an API took it; empty where a person did."""
    chased: int = 0
    chased_at: datetime | None = None
    result: str = ""
    """Empty, `verified` or `refused`."""
    result_at: datetime | None = None
    message: str = ""


def once_per_line(work_out: Callable[[Order, int], Units]) -> Callable[[Order, int], Units]:
    """Units of a line, counted once between two folds: nothing else changes an order."""

    @wraps(work_out)
    def told(order: Order, line_id: int) -> Units:
        if order.told is None:
            return work_out(order, line_id)
        key = (work_out, line_id)
        if key not in order.told:
            order.told[key] = work_out(order, line_id)
        return order.told[key]

    return told


@dataclass
class Order:
    """The order at one moment. Made by `fold`; read-only for everybody else."""

    seen: t.OrderSeen | None = None
    first_seen: t.OrderSeen | None = None
    lines: dict[int, Line] = field(default_factory=dict)
    purchases: dict[str, Purchase] = field(default_factory=dict)
    fulfilments: dict[int, t.FulfilmentSeen] = field(default_factory=dict)
    refunds: dict[int, t.RefundSeen] = field(default_factory=dict)
    transactions: dict[int, t.TransactionSeen] = field(default_factory=dict)
    disputes: dict[int, t.DisputeSeen] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    planned: dict[str, PlannedAction] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    cases: dict[str, CaseRecord] = field(default_factory=dict)
    both_allowed: set[tuple[int, int]] = field(default_factory=set)
    """(line id, unit) for which money and goods were both allowed by a person."""
    evidence: dict[str, list[tuple[datetime, t.EvidenceAdded]]] = field(default_factory=dict)
    """By case, oldest first."""
    claims: dict[str, Claim] = field(default_factory=dict)
    """By case."""
    checked: t.OrderChecked | None = None
    address_settled: dict[str, str] = field(default_factory=dict)
    """`confirmed` or `corrected`, by the report it answers."""
    bounced: dict[str, str] = field(default_factory=dict)
    """Letters that did not arrive, by key: `bounced` or `complained`."""
    delivered: dict[int, datetime] = field(default_factory=dict)
    """When a shipment arrived, by fulfilment."""
    returns_asked: set[int] = field(default_factory=set)
    """Returns a customer asked the store for."""
    flaggings: int = 0
    """How often what the order says of its cases in the store was to be written."""
    flagged: str = ""
    """A digest of what it says there, as far as we know; see `flags.py`."""
    paid_at: datetime | None = None
    told_at: datetime | None = None
    """When we first heard of it."""
    told: dict[object, Units] | None = field(default=None, repr=False, compare=False)
    """What was counted since the last fold; None while it is being folded."""

    @property
    def cancelled_at(self) -> datetime | None:
        """When the order was cancelled in the store, if it was."""
        return self.seen.cancelled_at if self.seen else None

    @property
    def in_dispute(self) -> bool:
        """A card dispute is open or was lost: the bank may give, or gave, the money back."""
        return any(d.status.lower() not in DISPUTE_OVER for d in self.disputes.values())

    @property
    def dispute(self) -> str:
        """What stops money from going out by itself: `in_dispute`, `charged_back` or nothing."""
        if any(d.status.lower() in CHARGED_BACK for d in self.disputes.values()):
            return "charged_back"
        return "in_dispute" if self.in_dispute else ""

    @property
    def repaid_without_lines(self) -> bool:
        """Somebody paid money back without saying for what."""
        return any(r.minor and not r.lines and not self._is_ours(r) for r in self.refunds.values())

    @property
    def currency(self) -> str:
        """What the customer paid in."""
        return self.seen.currency if self.seen else ""

    @once_per_line
    def shipped(self, line_id: int) -> Units:
        """Units known to have left: by their purchase, or as many as the store's shipments say."""
        line = self.lines[line_id]
        known = {
            u for p in self.purchases.values() if p.shipped_at for u in p.units.get(line_id, ())
        }
        told = sum(
            quantity
            for f in self.fulfilments.values()
            if f.good
            for (lid, quantity) in f.lines
            if lid == line_id
        )
        more = [u for u in line.units if u not in known][: max(0, told - len(known))]
        return tuple(sorted(known | set(more)))

    def our_refunds(self, line_id: int) -> list[PlannedAction]:
        """Our refunds of a line that were made or are still to be made."""
        return [
            p
            for p in self.planned.values()
            if isinstance(p.action, RefundCustomer) and p.action.line_id == line_id and p.counts
        ]

    @once_per_line
    def repaid(self, line_id: int) -> Units:
        """Units whose refund by us was made."""
        return _units(p for p in self.our_refunds(line_id) if p.state == "done")

    @once_per_line
    def spoken_for(self, line_id: int) -> Units:
        """Units whose refund by us was made or is planned."""
        return _units(self.our_refunds(line_id))

    @once_per_line
    def gone_elsewhere(self, line_id: int) -> Units:
        """Units repaid or removed by somebody else: the admin, another app, an edit.

        The store tells counts, not units: those we have not spoken for are taken first, from the
        last, then those only planned.
        """
        line = self.lines[line_id]
        ours = set(self.repaid(line_id))
        others = sum(
            quantity
            for refund in self.refunds.values()
            if not self._is_ours(refund)
            for (lid, quantity) in refund.lines
            if lid == line_id
        )
        missing = line.facts.quantity - line.facts.current_quantity
        count = min(max(others, missing - len(ours)), len(line.units) - len(ours))
        if count <= 0:
            return ()
        planned = set(self.spoken_for(line_id)) - ours
        left = sorted((u for u in line.units if u not in ours), key=lambda u: (u in planned, -u))
        return tuple(sorted(left[:count]))

    def refunded_elsewhere_minor(self) -> int:
        """Minor units repaid by others, whatever lines they named."""
        return sum(r.minor for r in self.refunds.values() if not self._is_ours(r))

    def goods_coming(self, line_id: int, besides: str = "") -> Units:
        """Units for which other goods are on the way, not counting the purchase `besides`."""
        replacements = [p for p in self.purchases.values() if p.replacement]
        bought = {
            u
            for p in replacements
            if p.id != besides and not p.cancelled_at
            for u in p.units.get(line_id, ())
        }
        served = {u for p in replacements for u in p.units.get(line_id, ())}
        promised = {
            u
            for p in self.planned.values()
            if isinstance(p.action, ProposeAlternative)
            and p.action.line_id == line_id
            and p.choice == "replace"
            and p.counts
            for u in p.action.units
        }
        return tuple(sorted(bought | (promised - served) | self._sent_again(line_id)))

    def _sent_again(self, line_id: int) -> set[int]:
        """Units that are reissued, or that leave in several parcels while that is being done."""
        return {
            unit
            for p in self.planned.values()
            if isinstance(p.action, ReissueGoods | ProposeAlternative)
            and p.action.line_id == line_id
            and (self._reissued(p) or self._split(p))
            for unit in p.action.units
        }

    def _reissued(self, planned: PlannedAction) -> bool:
        # A proposal that nobody said yes to promises nothing.
        promised = planned.counts and planned.state != "waiting"
        return isinstance(planned.action, ReissueGoods) and promised

    def _split(self, planned: PlannedAction) -> bool:
        record = self.cases.get(planned.case_id)
        is_open = record is not None and record.closed is None
        return planned.choice == "split" and planned.counts and is_open

    def purchase_of(self, case_id: str) -> str:
        """The purchase a case is about; empty when nobody has told us of one."""
        record = self.cases.get(case_id)
        return record.opened.purchase_id if record else ""

    def awaits(self, purchase_id: str) -> bool:
        """Some of a purchase may still have to leave; empty: of what nobody told us was bought."""
        if self.cancelled_at is not None:
            return False
        if not purchase_id:
            return bool(self.unbought())
        purchase = self.purchases[purchase_id]
        return purchase.shipped_at is None and purchase.cancelled_at is None

    def unbought(self) -> dict[int, Units]:
        """Units no purchase serves, of lines that are sent to somebody."""
        left: dict[int, Units] = {}
        for line_id, line in self.lines.items():
            if line.facts.requires_shipping:
                bought = self.bought(line_id)
                left[line_id] = tuple(u for u in line.units if u not in bought)
        return {line_id: units for line_id, units in left.items() if units}

    @once_per_line
    def bought(self, line_id: int) -> Units:
        """Units some purchase serves; replacements are the same units once more."""
        return tuple(
            sorted(
                {
                    u
                    for p in self.purchases.values()
                    if not p.cancelled_at and not p.replacement
                    for u in p.units.get(line_id, ())
                }
            )
        )

    def _is_ours(self, refund: t.RefundSeen) -> bool:
        return bool(refund.mark) and any(refund.mark in p.marks for p in self.planned.values())


def _units(planned: Iterable[PlannedAction]) -> Units:
    found = {u for p in planned if isinstance(p.action, RefundCustomer) for u in p.action.units}
    return tuple(sorted(found))
