"""What would this have done? A past order lived through again under other terms, on paper.

The deciding is the live engine's own (`deciding.py`); only its surroundings are made of paper.
The world's news is heard at its time, the clock is turned through every look between, and what
goes out by itself is done at once. Where the real timeline tells how a step ended, it ends so
here too, as long after it was planned; what waits for a person is approved only if it was.

What an order says in the store's admin is left out: it follows from the rest and moves nothing.

Pure: nothing is read, sent or written. Orders share one till, so that the cap per day holds.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from plugin import timeline as t
from plugin.actions import Action, RefundCustomer
from plugin.case import Case
from plugin.deciding import Deciding, Restless
from plugin.gates import why_not
from plugin.levels import A_DAY
from plugin.simulate_history import History
from plugin.terms import Alternative, Autonomy, Terms

NO_NEWS = (t.NoteWritten, t.DeadlineMoved, t.OrderEdited, t.CaseAssigned, t.CaseSnoozed)
"""Kept for people to read; no decision looks at them."""
NOBODY: Mapping[str, Sequence[Alternative]] = {}


@dataclass
class Till:
    """What went out alone, over all the orders that are lived through together."""

    paid: list[tuple[datetime, Paper, str, int, str]] = field(default_factory=list)
    """(when, order, key, minor units, currency), oldest first"""

    def spent(self, currency: str, since: datetime) -> int:
        """Minor units of refunds that were done or are on their way, by nobody's word."""
        total = 0
        for when, paper, key, minor, of in reversed(self.paid):
            if when < since:
                break
            if of == currency and paper.went_alone(key):
                total += minor
        return total


@dataclass(frozen=True)
class Account:
    """What became of one order on paper."""

    order_id: int
    name: str
    entries: tuple[t.Entry, ...]
    stuck: bool = False
    """Its decisions did not come to rest: nothing after that is known."""


class Paper(Deciding):
    """One order, lived through again."""

    def __init__(
        self,
        shop: str,
        order_id: int,
        history: History,
        terms: Terms,
        till: Till,
    ) -> None:
        self.published, self.till, self.history = (terms, {terms.version: terms}), till, history
        self.at_once: list[str] = []
        self.approved: set[str] = set()
        self.stuck = False
        self.looks_at: datetime | None = None
        super().__init__(shop, order_id, history.starts, [])

    # --- the path -------------------------------------------------------------------------------

    @property
    def next_moment(self) -> datetime | None:
        """When something happens next: news, the end of a step, or a clock."""
        told, look = self.history.next_at, self.looks_at
        if told is None or look is None:
            return told or look
        return min(told, look)

    def live(self, now: datetime) -> None:
        """Let everything of one moment happen."""
        self.now = now
        while (told := self.history.next_at) is not None and told <= now:
            looked_first = self._is_due and self.history.comes_after_a_look
            if looked_first or self._hear_next():
                self._settle()
        if self._is_due:
            self._settle()

    @property
    def _is_due(self) -> bool:
        return self.looks_at is not None and self.looks_at <= self.now

    def _hear_next(self) -> bool:
        """Hear the next news; is there anything to decide for it?"""
        matters = False
        for said in self.history.take(self.order):
            self.by, self.cause = said.by, said.cause
            before = len(self.entries)
            if said.ending:
                self._end(said.what)
            else:
                self.hear(said.what)
            if len(self.entries) > before:
                self.history.placed(said.seq, before + 1)
                matters = matters or _matters(said.what)
        self.by, self.cause = "app", "clock"
        return matters

    def _end(self, event: t.Event) -> None:
        planned = self.order.planned.get(getattr(event, "key", ""))
        if planned is None or not planned.alive:
            return
        if isinstance(event, t.Approved):
            self.approved.add(event.key)
        self._add(event)

    def _settle(self) -> None:
        """Decide, carry out what goes at once, and decide again, until nothing is left."""
        cases = self.decide()
        while self.at_once:
            self._carry_out(self.at_once.pop(0))
            cases = self.decide()
        self.looks_at = self.next_look(cases)

    def _carry_out(self, key: str) -> None:
        planned = self.order.planned[key]
        if planned.state != "going":
            return
        action = planned.action
        minor, currency, why = 0, "", ""
        if isinstance(action, RefundCustomer):
            minor, currency = action.minor, action.currency
            why = why_not(self.order, action, planned.case_id)
        done = t.ActionDone(key, minor=minor, currency=currency)
        self._add(t.ActionRefused(key, why) if why else done)

    # --- what lies outside the order, on paper --------------------------------------------------

    def terms_in_force(self) -> tuple[Terms, Mapping[int, Terms]]:
        """One version for everything."""
        return self.published

    def spent(self, currency: str) -> int:
        """Out of the common till."""
        return self.till.spent(currency, self.now - A_DAY)

    def call_off(self, key: str, why: str) -> bool:
        """Whatever was not sent. What ends this very moment is under way already."""
        planned = self.order.planned.get(key)
        open_still = planned is not None and planned.state in {"waiting", "going", "by_hand"}
        return open_still and not self.history.is_ending(key, self.now)

    def see_to_order(self, cases: list[Case]) -> None:
        """There is no store's admin to read, or to say anything in."""

    def keep(self, action: Action, planned: t.Planned) -> None:
        """Remember what goes at once, and what it takes from the till."""
        if self.history.follow(self.order, planned, self.entries[-1].at):
            self.at_once.append(planned.key)
        if isinstance(action, RefundCustomer) and planned.level is Autonomy.AUTO:
            row = (self.now, self, planned.key, action.minor, action.currency)
            self.till.paid.append(row)

    def adopt(self, key: str, event: t.RefundSeen) -> None:
        """The store's own word that it was paid."""
        if self.order.planned[key].state != "done":
            self.append(t.ActionDone(key, str(event.refund_id), event.minor, event.currency))
            self.refold()

    def booked(self, event: t.RecoverySeen) -> None:
        """No ledger on paper."""

    def went_alone(self, key: str) -> bool:
        """A refund nobody was asked about, done or on its way."""
        planned = self.order.planned.get(key)
        return planned is not None and planned.counts and key not in self.approved

    def _add(self, event: t.Event) -> None:
        self.append(event)
        self.refold()

    def account(self) -> Account:
        """What became of it."""
        name = self.order.seen.name if self.order.seen else str(self.order_id)
        return Account(self.order_id, name, tuple(self.entries), self.stuck)


def simulate(
    history: Sequence[t.Entry],
    terms: Terms,
    until: datetime,
    *,
    shop: str = "",
    order_id: int = 0,
) -> Account:
    """Live one order through again under other terms, up to a moment."""
    return simulate_all({order_id: history}, terms, until, shop=shop)[0]


def simulate_all(
    histories: Mapping[int, Sequence[t.Entry]],
    terms: Terms,
    until: datetime,
    *,
    shop: str = "",
    alternatives: Mapping[str, Sequence[Alternative]] = NOBODY,
) -> list[Account]:
    """Live orders through again side by side, in the order of time, out of one till.

    `alternatives` are the shop's other suppliers by product, where `terms` does not hold them.
    """
    till = Till()
    papers = [
        Paper(shop, order_id, History(entries), _with(terms, entries, alternatives), till)
        for order_id, entries in histories.items()
        if entries
    ]
    agenda = [(paper.next_moment, n) for n, paper in enumerate(papers)]
    coming = [(moment, n) for moment, n in agenda if moment is not None and moment <= until]
    heapq.heapify(coming)
    while coming:
        now, n = coming[0]
        try:
            papers[n].live(now)
        except Restless:
            papers[n].stuck = True
        moment = None if papers[n].stuck else papers[n].next_moment
        if moment is not None and moment <= until:
            heapq.heapreplace(coming, (moment, n))
        else:
            heapq.heappop(coming)
    return [paper.account() for paper in papers]


def _with(
    terms: Terms, history: Sequence[t.Entry], alternatives: Mapping[str, Sequence[Alternative]]
) -> Terms:
    """The terms with the alternatives for one order's goods."""
    if not alternatives:
        return terms
    seen = [entry.what for entry in history if isinstance(entry.what, t.OrderSeen)]
    skus = dict.fromkeys(facts.sku for event in seen for facts in event.lines)
    mine = tuple(offer for sku in skus for offer in alternatives.get(sku, ()))
    return replace(terms, alternatives=mine) if mine else terms


def _matters(event: t.Event) -> bool:
    if isinstance(event, t.TrackingSeen):
        return event.status == "delivered"
    return not isinstance(event, NO_NEWS)
