"""One after-sales problem on some units of one order, as a playbook sees it.

Before it is opened a case is only a question ("is this purchase late?"); the playbook's first
action opens it. Everything here is read from the order and the terms, so that the rules in
`playbooks/` read as sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from plugin.actions import AskRecovery, ProposeAlternative, RefundCustomer
from plugin.business_days import end_of_day_after
from plugin.order import CaseRecord, Order, PlannedAction, Purchase, Units
from plugin.terms import Route, Situation, Terms


@dataclass(frozen=True)
class Case:
    """A problem, or the question whether there is one."""

    order: Order
    situation: Situation
    purchase_id: str
    terms: Terms
    line_ids: tuple[int, ...] = ()
    record: CaseRecord | None = None

    @property
    def id(self) -> str:
        """Empty until it is opened."""
        return self.record.opened.case_id if self.record else ""

    @property
    def opened(self) -> bool:
        """It has been taken in hand."""
        return self.record is not None

    @property
    def closed(self) -> bool:
        """It has come to its end."""
        return self.record is not None and self.record.closed is not None

    # --- the goods --------------------------------------------------------------------------

    @cached_property
    def purchase(self) -> Purchase:
        """What was bought for these units; a stand-in where nobody has told us."""
        known = self.order.purchases.get(self.purchase_id)
        if self.purchase_id and known is not None:
            return known
        return _untold(self.order, known, self.terms)

    @cached_property
    def units(self) -> Mapping[int, Units]:
        """The units it is about, by line."""
        told = self.purchase.units
        if not self.purchase_id and self.line_ids:
            # A merchant's word on a line is about the line, whoever was to serve it.
            lines = self.order.lines
            told = {i: lines[i].units for i in self.line_ids if i in lines}
        return {
            line_id: units
            for line_id, units in told.items()
            if units
            and line_id in self.order.lines
            and (not self.line_ids or line_id in self.line_ids)
        }

    @cached_property
    def missing(self) -> Mapping[int, Units]:
        """Units the customer waits for that no other case sees to."""
        left = {
            line_id: tuple(u for u in units if (line_id, u) not in self._seen_to_elsewhere)
            for line_id, units in self.waited_for.items()
        }
        return {line_id: units for line_id, units in left.items() if units}

    @cached_property
    def waited_for(self) -> Mapping[int, Units]:
        """Units the customer still waits for: not shipped, not repaid, not removed."""
        left: dict[int, Units] = {}
        for line_id, units in self.units.items():
            away = {
                *self.order.shipped(line_id),
                *self.order.repaid(line_id),
                *self.order.gone_elsewhere(line_id),
            }
            rest = tuple(u for u in units if u not in away)
            if rest:
                left[line_id] = rest
        return left

    @property
    def nothing_to_wait_for(self) -> bool:
        """Everything shipped, was repaid or was removed; or order or purchase was cancelled."""
        return bool(not self.missing or self.order.cancelled_at or self._will_not_come)

    @property
    def _will_not_come(self) -> bool:
        """Cancelled: the late clocks stop. Goods that cannot be had are no less missing for it."""
        return self.purchase.cancelled_at is not None and self.situation is not Situation.NO_STOCK

    @property
    def how_it_ended(self) -> str:
        """One word for why there is nothing to wait for."""
        if self.order.cancelled_at:
            return "order_cancelled"
        if self._will_not_come:
            return "purchase_cancelled"
        everything = [(line, u) for line, units in self.units.items() for u in units]
        if everything and all(u in self.order.shipped(line) for line, u in everything):
            return "shipped"
        return "nothing_left" if everything else "bought_elsewhere"

    # --- the clocks -------------------------------------------------------------------------

    @cached_property
    def ship_by(self) -> datetime | None:
        """The promised ship-by date; without one, payment plus handling days."""
        if self.purchase.ship_by is not None:
            return self.purchase.ship_by
        if self.order.paid_at is None:
            return None
        # Goods whose purchase was cancelled are to be bought again: that takes handling days too.
        freed = [] if self.purchase_id else self._cancellations
        return end_of_day_after(max([self.order.paid_at, *freed]), self.terms.handling_days)

    @property
    def _cancellations(self) -> list[datetime]:
        purchases = self.order.purchases.values()
        return [p.cancelled_at for p in purchases if p.cancelled_at is not None]

    @property
    def told_at(self) -> datetime | None:
        """When we had first heard of both the order and the purchase."""
        heard = [m for m in (self.order.told_at, self.purchase.told_at) if m is not None]
        return max(heard, default=None)

    @property
    def ship_by_was_promised(self) -> bool:
        """False when it is only payment plus handling days."""
        return self.purchase.ship_by is not None

    @property
    def waiting_for_answer_since(self) -> datetime | None:
        """When the supplier was last asked something he has not answered."""
        return self.purchase.asked_at if self.purchase.answered_at is None else None

    @property
    def acts_on_route(self) -> bool:
        """The late clocks act here: domestic, or the shop wants them everywhere."""
        return not self.terms.domestic_only or self.route is Route.DOMESTIC

    @property
    def route(self) -> Route:
        """Where the parcel is."""
        return self.purchase.route

    # --- what was decided -------------------------------------------------------------------

    @cached_property
    def planned(self) -> tuple[PlannedAction, ...]:
        """What this case has asked for."""
        return tuple(p for p in self.order.planned.values() if self.id and p.case_id == self.id)

    @property
    def refunds(self) -> tuple[PlannedAction, ...]:
        """Its refunds to the customer."""
        return tuple(p for p in self.planned if isinstance(p.action, RefundCustomer))

    @property
    def proposals(self) -> tuple[PlannedAction, ...]:
        """Its proposals of other suppliers."""
        return tuple(p for p in self.planned if isinstance(p.action, ProposeAlternative))

    @property
    def recovery(self) -> PlannedAction | None:
        """Its asking for the purchase's money."""
        return next((p for p in self.planned if isinstance(p.action, AskRecovery)), None)

    @property
    def took_the_no_stock_route(self) -> bool:
        """It has asked for money or goods for the customer."""
        return bool(self.refunds or self.proposals)

    @property
    def taken_elsewhere(self) -> bool:
        """Other cases already see to everything that is still waited for."""
        return bool(self.waited_for) and not self.missing

    @cached_property
    def _seen_to_elsewhere(self) -> set[tuple[int, int]]:
        """(line id, unit) for which another case has asked for money or goods."""
        return {
            (p.action.line_id, unit)
            for p in self.order.planned.values()
            if p.case_id != self.id
            and isinstance(p.action, RefundCustomer | ProposeAlternative)
            and self._sees_to(p)
            for unit in p.action.units
        }

    def _sees_to(self, planned: PlannedAction) -> bool:
        if isinstance(planned.action, RefundCustomer):
            return planned.counts
        # A proposal sees to goods while it is open, and afterwards if it promised others; but
        # those others are then watched like any goods.
        promised = planned.state == "done" and planned.choice == "replace"
        return planned.alive or (promised and not self.purchase.replacement)

    @property
    def replacement_proposed_at(self) -> datetime | None:
        """When goods from elsewhere were first proposed instead of money."""
        moments = [
            p.planned_at
            for p in self.proposals
            if isinstance(p.action, ProposeAlternative) and p.action.as_replacement
        ]
        return min(moments, default=None)

    @property
    def recovery_open(self) -> bool:
        """Money was asked back and neither came nor was refused."""
        return self.recovery is not None and self.purchase.recovery_state in {"asked", "agreed"}

    @property
    def recovery_last_asked_at(self) -> datetime | None:
        """The last time we asked, while an answer is open."""
        if not self.recovery_open:
            return None
        return self.purchase.chased_at or self.purchase.recovery_asked_at


def _untold(order: Order, known: Purchase | None, terms: Terms) -> Purchase:
    """The purchase nobody has told us of: whatever no other purchase serves."""
    units = {
        line_id: tuple(u for u in line.units if u not in order.bought(line_id))
        for line_id, line in order.lines.items()
        if line.facts.requires_shipping
    }
    route = known.route if known and known.route is not Route.UNKNOWN else terms.assumed_route
    return Purchase(
        id="",
        units=units,
        route=route,
        asked_at=known.asked_at if known else None,
        answered_at=known.answered_at if known else None,
        ship_by=known.ship_by if known else None,
        recovery_state=known.recovery_state if known else "",
    )
