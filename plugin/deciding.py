"""Deciding for one order: the loop that the live engine and "what would this have done?" share.

Hear what happened, fold, decide, write down. What lies outside the order (the database, the
outbox, what was spent today) is asked through a few methods: `casework.py` answers them from the
database, `simulate.py` on paper. Nothing else differs, so the two cannot come apart.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from plugin import flags, policy
from plugin import timeline as t
from plugin.actions import Action, CloseCase, Decision, OpenCase, Reason, Withdraw
from plugin.case import Case
from plugin.fold import fold_on
from plugin.levels import how_far
from plugin.order import Order
from plugin.playbooks.why import with_facts
from plugin.returns import asked_for
from plugin.terms import Autonomy, Terms

NAMESPACE = UUID("5f0c1a52-6f0e-5b5e-9d0a-7b1d2c1f4a10")
"""Marks and case ids are derived from this, so that they can be derived again after a restore."""
ROUNDS = 50
FORGOTTEN = 3
"""Attempts that a backup may have missed: each takes a day and more."""
ON_TIME = timedelta(minutes=3)
"""A clock acted on within this is on time; later is marked late."""


class Restless(AssertionError):
    """Two rules undo each other's work without end: a fault in the playbooks."""


@dataclass
class Step:
    """What one step did, for logs and for `sweep`'s report."""

    order_id: int
    heard: int = 0
    """Events that were news; the rest was older than what is known, or known."""
    opened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)
    late: int = 0


class Deciding(ABC):
    """One order, as far as it is known, at one moment."""

    def __init__(self, shop: str, order_id: int, now: datetime, entries: list[t.Entry]) -> None:
        self.shop, self.order_id, self.now, self.entries = shop, order_id, now, entries
        self.by, self.cause = "app", ""
        self.step = Step(order_id)
        self.order, self.folded = Order(), 0
        self.refold()

    # --- what lies outside the order ------------------------------------------------------------

    @abstractmethod
    def terms_in_force(self) -> tuple[Terms, Mapping[int, Terms]]:
        """The shop's terms now, and those its cases began under, by version."""

    @abstractmethod
    def spent(self, currency: str) -> int:
        """Minor units of refunds decided on alone in the last day, whatever order they were of."""

    @abstractmethod
    def call_off(self, key: str, why: str) -> bool:
        """Take back what has not gone out. False: it is under way or was settled."""

    @abstractmethod
    def keep(self, action: Action, planned: t.Planned) -> None:
        """Something was written down in the timeline, to be carried out as far as it may go."""

    @abstractmethod
    def adopt(self, key: str, event: t.RefundSeen) -> None:
        """The store shows our own refund: note it as done, if it was not known."""

    @abstractmethod
    def booked(self, event: t.RecoverySeen) -> None:
        """Something became of the money we asked back."""

    # --- hearing --------------------------------------------------------------------------------

    def hear(self, event: t.Event) -> None:
        """Add what happened, if it is news. Nothing is decided yet."""
        if type(event) in t.NAMED_BY and event == self._last_word_on(event):
            return
        if self._is_stale(event):
            return
        if isinstance(event, t.RefundSeen) and not self._is_ours(event):
            event = replace(event, mark="")
        self.append(event)
        self.step.heard += 1
        if isinstance(event, t.RecoverySeen):
            self.booked(event)
        self.refold()

    def _last_word_on(self, event: t.Event) -> t.Event | None:
        """The last thing of its kind said of the same order, purchase, shipment or refund."""
        kind, named = type(event), t.NAMED_BY[type(event)]
        name = getattr(event, named)
        for entry in reversed(self.entries):
            if type(entry.what) is kind and getattr(entry.what, named) == name:
                return entry.what
        return None

    def _is_stale(self, event: t.Event) -> bool:
        """Nothing new: an older version, or the same fact told by another door."""
        order = self.order
        match event:
            case t.OrderSeen():
                return order.seen is not None and event.version < order.seen.version
            case t.RefundSeen():
                refund = order.refunds.get(event.refund_id)
                return refund is not None and _said(refund) == _said(event)
            case t.FulfilmentSeen():
                shipment = order.fulfilments.get(event.fulfilment_id)
                return shipment is not None and (
                    event.version < shipment.version or _shipped(shipment) == _shipped(event)
                )
            case _:
                return False

    def _is_ours(self, event: t.RefundSeen) -> bool:
        """Our own refund, seen in the store before (or after) its answer reached us."""
        key = next((p.key for p in self.order.planned.values() if event.mark in p.marks), None)
        key = key or self._forgotten(event)
        if key is None:
            return not event.mark
        if event.minor:  # else the sum is not told yet: the answer or a read will
            self.adopt(key, event)
        return True

    def _forgotten(self, event: t.RefundSeen) -> str | None:
        """A later attempt of ours than is known here: we come from a backup made before it."""
        for planned in self.order.planned.values() if event.mark else ():
            for generation in range(len(planned.marks) + 1, len(planned.marks) + 1 + FORGOTTEN):
                mark = mark_for(self.shop, self.order_id, planned.key, generation)
                if mark == event.mark:
                    self.append(t.AttemptRenewed(planned.key, generation, mark))
                    self.refold()
                    return planned.key
        return None

    # --- deciding -------------------------------------------------------------------------------

    def decide(self) -> list[Case]:
        """Take every decision that is due, until there is none; the cases as they then stand."""
        for _ in range(ROUNDS):
            cases = self._decide_once()
            if cases is not None:
                self.see_to_order(cases)
                return cases
        raise Restless(f"order {self.order_id}: decisions do not come to rest")

    def _decide_once(self) -> list[Case] | None:
        """Carry out the first case's news, so that the next is decided knowing it.

        Without any, every open case and every question that may become one.
        """
        quiet: list[Case] = []
        for case in policy.cases(self.order, self.terms, self.terms_of):
            before = len(self.entries)
            taken = case
            for decision in policy.decide(case, self.now):
                taken = self._take(taken, decision, case)
            if len(self.entries) > before:
                self.refold()
                return None
            quiet.append(case)
        return quiet

    def _take(self, case: Case, decision: Decision, seen: Case) -> Case:
        """Write a decision down; `seen` is the case as the rule saw it, before any was taken."""
        match decision:
            case OpenCase():
                if not case.opened:
                    return self._open(case, with_facts(decision.because, seen))
            case CloseCase():
                because = with_facts(decision.because, seen)
                self.append(t.CaseClosed(case.id, decision.outcome, because))
                self.step.closed.append(case.id)
            case Withdraw():
                if self.call_off(decision.key, decision.why):
                    self.append(t.Withdrawn(decision.key, decision.why))
            case _:
                return self._plan(case, decision, seen)
        return case

    def _plan(self, case: Case, action: Action, seen: Case) -> Case:
        key = self._fresh_key(action, case.id)
        if key is None:
            return case
        because = with_facts(action.because, seen)
        action = replace(action, because=because)
        level, held = how_far(self.terms, case, action, self.spent)
        if level is Autonomy.OFF:
            if key not in self.order.withheld:
                self.append(t.Withheld(key, action.kind, case.id, because))
                self.order.withheld.add(key)
            return case
        if not case.opened:
            case = self._open(case, because)
        self._write_down(case, action, key, because, level, held)
        return case

    def see_to_order(self, cases: list[Case]) -> None:
        """What is no step of any case: a return to be read, what the order says in the store.

        No rule has a say in it: a shop wants it, or does not.
        """
        for action in asked_for(self.order, self.terms):
            self._set_aside(action)
        flag = flags.due(self.order, cases, self.terms, self.now)
        if flag is not None:
            self._set_aside(flag)

    def _set_aside(self, action: Action) -> None:
        planned = t.Planned(
            key=action.key,
            action=action.kind,
            body=t.plain(action),
            case_id="",
            level=Autonomy.AUTO,
            because=replace(action.because, version=self.terms.version),
            mark=mark_for(self.shop, self.order_id, action.key, 1),
        )
        self.append(planned)
        self.keep(action, planned)
        self.refold()

    def flags(self) -> flags.Flags:
        """What the order should say in the store now. Nothing is decided."""
        cases = policy.cases(self.order, self.terms, self.terms_of)
        return flags.wanted(self.order, cases, self.terms, self.now)

    def _fresh_key(self, action: Action, case_id: str) -> str | None:
        """The key to plan under; None when this was asked for before.

        What was called off or refused for one case may be asked for again by another: then the
        same thing has a second key.
        """
        key, nth = action.key, 1
        while key in self.order.planned:
            known = self.order.planned[key]
            if known.counts or (known.case_id == case_id and not known.asked_again):
                return None
            nth += 1
            key = f"{action.key}#{nth}"
        return key

    def _open(self, case: Case, because: Reason) -> Case:
        ordinal = len(self.order.cases) + 1
        name = self.order.seen.name if self.order.seen else str(self.order_id)
        before = [
            r.opened.case_id
            for r in self.order.cases.values()
            if r.opened.situation is case.situation
            and r.opened.purchase_id == case.purchase_id
            and r.opened.line_ids == case.line_ids
        ]
        opened = t.CaseOpened(
            case_id=str(uuid5(NAMESPACE, f"case|{self.shop}|{self.order_id}|{ordinal}")),
            number=f"{name}-{ordinal}",
            situation=case.situation,
            purchase_id=case.purchase_id,
            line_ids=case.line_ids,
            terms_version=case.terms.version,
            because=because,
            reopens=before[-1] if before else "",
        )
        self.append(opened)
        self.refold()
        self.step.opened.append(opened.case_id)
        record = self.order.cases[opened.case_id]
        return Case(self.order, case.situation, case.purchase_id, case.terms, case.line_ids, record)

    def _write_down(
        self, case: Case, action: Action, key: str, because: Reason, level: Autonomy, held: str
    ) -> None:
        late = self._late(because)
        planned = t.Planned(
            key=key,
            action=action.kind,
            body=t.plain(action),
            case_id=case.id,
            level=level,
            because=because,
            mark=mark_for(self.shop, self.order_id, key, 1),
            held=held,
            late_seconds=late,
        )
        self.append(planned)
        self.keep(action, planned)
        self.step.planned.append(key)
        self.step.late += bool(late)
        self.refold()

    def _late(self, because: Reason) -> int:
        """Seconds a clock was acted on after its moment, if not for want of knowing before."""
        if not because.due:
            return 0
        heard = [e.at for e in self.entries if e.by != "app"]
        since = max([datetime.fromisoformat(because.due), *heard])
        late = self.now - since
        return int(late.total_seconds()) if late > ON_TIME else 0

    # --- small helpers --------------------------------------------------------------------------

    def next_look(self, cases: list[Case]) -> datetime | None:
        """When time alone may change something."""
        coming = [found[1] for case in cases if (found := policy.next_deadline(case, self.now))]
        return min(coming, default=None)

    def append(self, event: t.Event) -> None:
        """Add to the timeline, under the name and cause of whoever is speaking."""
        last = self.entries[-1].at if self.entries else self.now
        seq = len(self.entries) + 1
        self.entries.append(t.Entry(seq, max(self.now, last), self.by, event, self.cause))

    def refold(self) -> None:
        """Bring the order and the terms up to what the timeline says, by what was added to it.

        The order changes where it stands: a `Case` made before is of yesterday, and only its
        names (id, terms, whether it is opened) may still be asked.
        """
        fold_on(self.order, self.entries[self.folded :])
        self.folded = len(self.entries)
        self.terms, self.terms_of = self.terms_in_force()


def _said(refund: t.RefundSeen) -> tuple[object, ...]:
    return sorted(refund.lines), refund.minor, refund.currency, refund.mark


def _shipped(shipment: t.FulfilmentSeen) -> tuple[object, ...]:
    return sorted(shipment.lines), shipment.good, shipment.tracking_number


def mark_for(shop: str, order_id: int, key: str, generation: int) -> str:
    """The name one attempt goes by outside: its idempotency key and its mark."""
    return str(uuid5(NAMESPACE, f"{shop}|{order_id}|{key}|{generation}"))
