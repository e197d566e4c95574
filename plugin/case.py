"""One after-sales problem on some units of one order, as a playbook sees it.

Before it is opened a case is only a question ("is this purchase late?"); the playbook's first
action opens it. Everything here is read from the order and the terms, so that the rules in
`playbooks/` read as sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plugin import timeline as t
from plugin.actions import (
    AskRecovery,
    ChooseRemedy,
    InterceptParcel,
    ProposeAlternative,
    RefundCustomer,
    ReissueGoods,
)
from plugin.business_days import Reckoned, end_of_day_after
from plugin.known_once import known_once
from plugin.order import CaseRecord, Claim, Order, PlannedAction, Purchase, Report, Units
from plugin.terms import BEFORE_SHIPPING, STOPPED, VERIFIED, Route, Situation, Terms

REPORTED = VERIFIED | STOPPED
"""Situations about exactly the units that a report names."""


@dataclass(eq=False)
class Case:
    """A problem, or the question whether there is one. Read-only, and good until its order changes.

    Not frozen: a decision asks dozens of questions, and what is frozen takes several times as long
    to make.
    """

    order: Order
    situation: Situation
    purchase_id: str
    terms: Terms
    line_ids: tuple[int, ...] = ()
    record: CaseRecord | None = None

    @known_once
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

    @property
    def opened_at(self) -> datetime | None:
        """When it was taken in hand."""
        return self.record.opened_at if self.record else None

    # --- the goods --------------------------------------------------------------------------

    @known_once
    def purchase(self) -> Purchase:
        """What was bought for these units; a stand-in where nobody has told us."""
        known = self.order.purchases.get(self.purchase_id)
        if self.purchase_id and known is not None:
            return known
        return _untold(self.order, known, self.terms)

    @known_once
    def units(self) -> Mapping[int, Units]:
        """The units it is about, by line."""
        if self.situation in REPORTED:
            return self._reported_units
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

    @property
    def _reported_units(self) -> Mapping[int, Units]:
        found: dict[int, set[int]] = {}
        for report in self.reports:
            for line_id, units in report.units.items():
                if line_id in self.order.lines:
                    found.setdefault(line_id, set()).update(units)
        return {line_id: tuple(sorted(units)) for line_id, units in found.items() if units}

    @known_once
    def unsettled(self) -> Mapping[int, Units]:
        """Units the customer has had nothing for yet: no money, no other goods, not removed."""
        left: dict[int, Units] = {}
        for line_id, units in self.units.items():
            order = self.order
            had = {
                *order.repaid(line_id),
                *order.gone_elsewhere(line_id),
                *order.goods_coming(line_id, besides=self.purchase_id),
            }
            rest = tuple(u for u in units if u not in had)
            if rest:
                left[line_id] = rest
        return left

    @property
    def at_stake(self) -> Mapping[int, Units]:
        """Units the customer paid for and has not got, or not as they should be."""
        return self.missing if self.situation in BEFORE_SHIPPING else self.unsettled

    # --- what was reported ------------------------------------------------------------------

    @known_once
    def reports(self) -> tuple[Report, ...]:
        """What was reported of it, since an earlier case about the same came to its end."""
        mine = (self.situation, self.purchase_id, self.line_ids)
        ended = [
            record.closed_seq
            for record in self.order.cases.values()
            if record.closed is not None
            and record is not self.record
            and self._same_question(record)
            and (self.record is None or record.opened_seq < self.record.opened_seq)
        ]
        since = max(ended, default=0)
        return tuple(
            r
            for r in self.order.reports
            if (r.situation, r.purchase_id, r.line_ids) == mine and r.seq > since
        )

    def _same_question(self, record: CaseRecord) -> bool:
        opened = record.opened
        mine = (self.situation, self.purchase_id, self.line_ids)
        return (opened.situation, opened.purchase_id, opened.line_ids) == mine

    @property
    def reported_at(self) -> datetime | None:
        """When it was first reported."""
        return self.reports[0].at if self.reports else None

    @property
    def wish(self) -> str:
        """What the customer would like, as last said."""
        return next((r.wish for r in reversed(self.reports) if r.wish), "")

    @property
    def parcels(self) -> int:
        """Into how many parcels that fit the goods could be split; 0 when nobody has said."""
        return max((r.parcels for r in self.reports), default=0)

    # --- proof, claim, verification ---------------------------------------------------------

    @property
    def evidence(self) -> tuple[t.EvidenceAdded, ...]:
        """Pictures and videos, oldest first."""
        return tuple(added for _, added in self.order.evidence.get(self.id, ()))

    @property
    def waiting_for_proof_since(self) -> datetime | None:
        """When it was reported, while nobody has sent a picture or a video."""
        return None if self.evidence or self.claim else self.reported_at

    @property
    def last_evidence_at(self) -> datetime | None:
        """When the last picture or video came, while the claim is not handed in."""
        kept = self.order.evidence.get(self.id)
        return kept[-1][0] if kept and self.claim is None else None

    @property
    def claim(self) -> Claim | None:
        """The claim that was handed in, once it was."""
        return self.order.claims.get(self.id)

    @property
    def claim_sent_at(self) -> datetime | None:
        """When the claim was handed in, while its result is open."""
        return self.claim.sent_at if self.claim and not self.claim.result else None

    @property
    def claim_last_asked_at(self) -> datetime | None:
        """When the result was last asked for."""
        return self.claim.chased_at if self.claim and not self.claim.result else None

    @property
    def verified_at(self) -> datetime | None:
        """When the claim was verified."""
        verified = self.claim is not None and self.claim.result == "verified"
        return self.claim.result_at if self.claim and verified else None

    @property
    def delivered_at(self) -> datetime | None:
        """When the last shipment with its goods arrived, as far as the tracking tells."""
        mine = [
            f.fulfilment_id
            for f in self.order.fulfilments.values()
            if f.good and any(line_id in self.units for line_id, _ in f.lines)
        ]
        moments = [self.order.delivered[f] for f in mine if f in self.order.delivered]
        return max(moments, default=None)

    def chosen(self, of: str) -> str:
        """What a person chose to do about `of`; empty while nobody has."""
        for put in self.choices(of):
            if put.state in {"going", "done"}:
                return put.choice
            if put.state == "declined":
                return "none"
        return ""

    def choices(self, of: str) -> tuple[PlannedAction, ...]:
        """The times this was put to a person."""
        return tuple(
            p for p in self.planned if isinstance(p.action, ChooseRemedy) and p.action.of == of
        )

    # --- parcels that are to be stopped -----------------------------------------------------

    @known_once
    def bought_as(self) -> Purchase | None:
        """What was bought for its goods, by now; None while nothing was."""
        own = self.order.purchases.get(self.purchase_id) if self.purchase_id else None
        if own is not None and own.cancelled_at is None:
            return own
        # What was cancelled may have been bought again: a living purchase counts more.
        return next(
            (
                p
                for p in self.order.purchases.values()
                if p.id and not p.cancelled_at and not p.replacement and self._serves(p)
            ),
            own,
        )

    def _serves(self, purchase: Purchase) -> bool:
        if not self.units:  # a doubt about what nobody had bought yet, and now all is
            return True
        return any(set(purchase.units.get(line, ())) & set(u) for line, u in self.units.items())

    @property
    def nothing_bought(self) -> bool:
        """No purchase serves its goods, and none of them has left by the store's own word."""
        shipped = any(
            set(units) & set(self.order.shipped(line)) for line, units in self.units.items()
        )
        return bool(self.units) and self.bought_as is None and not shipped

    @property
    def route_wanted_since(self) -> datetime | None:
        """When it was reported, while nobody knows where the parcel to be stopped is."""
        bought = self.bought_as
        unknown = bought is None or (bought.route is Route.UNKNOWN and not bought.stopped)
        return self.reported_at if unknown and not self.nothing_bought else None

    @property
    def address_wanted_since(self) -> datetime | None:
        """When the address was first asked about, while nobody has settled it."""
        settled = any(report.id in self.order.address_settled for report in self.reports)
        return None if settled else self.opened_at

    @property
    def customs(self) -> str:
        """Where its parcel is with customs; what has arrived since has cleared."""
        since, arrived = self.purchase.customs_since, self.delivered_at
        if self.purchase.customs == "held" and since and arrived and arrived > since:
            return "cleared"
        return self.purchase.customs

    @property
    def held_since(self) -> datetime | None:
        """When a customs hold was taken in hand, while it lasts."""
        return self.opened_at if self.customs == "held" else None

    @property
    def intercept_asked_at(self) -> datetime | None:
        """When stopping the parcel was last asked for, while nobody knows what came of it."""
        bought = self.bought_as
        return bought.intercept_asked_at if bought and not bought.interception else None

    @property
    def being_stopped(self) -> bool:
        """Another case is about to stop these very goods, or has."""
        return any(
            record.closed is None
            and record.opened.situation in STOPPED
            and record.opened.purchase_id == self.purchase_id
            and (self._stopping(record) or record.opened.situation is Situation.CANCELLATION)
            for record in self.order.cases.values()
        )

    def _stopping(self, record: CaseRecord) -> bool:
        return any(
            p.case_id == record.opened.case_id and isinstance(p.action, InterceptParcel)
            for p in self.order.planned.values()
        )

    @known_once
    def missing(self) -> Mapping[int, Units]:
        """Units the customer waits for that no other case sees to."""
        left = {
            line_id: tuple(u for u in units if (line_id, u) not in self._seen_to_elsewhere)
            for line_id, units in self.waited_for.items()
        }
        return {line_id: units for line_id, units in left.items() if units}

    @known_once
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

    @known_once
    def nothing_to_wait_for(self) -> bool:
        """Everything shipped, was repaid or was removed; or order or purchase was cancelled."""
        return bool(not self.missing or self.order.cancelled_at or self._will_not_come)

    @property
    def _will_not_come(self) -> bool:
        """Cancelled: the late clocks stop. Goods that cannot be had are no less missing for it."""
        return self.purchase.cancelled_at is not None and self.situation is not Situation.NO_STOCK

    @known_once
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

    @known_once
    def reckoned(self) -> dict[str, Reckoned | None]:
        """Its clocks by name, as far as they have been asked for."""
        return {}

    @known_once
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

    @known_once
    def planned(self) -> tuple[PlannedAction, ...]:
        """What this case has asked for."""
        if not self.opened:
            return ()
        return tuple(p for p in self.order.planned.values() if p.case_id == self.id)

    @known_once
    def refunds(self) -> tuple[PlannedAction, ...]:
        """Its refunds to the customer."""
        return tuple(p for p in self.planned if isinstance(p.action, RefundCustomer))

    @known_once
    def proposals(self) -> tuple[PlannedAction, ...]:
        """Its proposals of other suppliers."""
        return tuple(p for p in self.planned if isinstance(p.action, ProposeAlternative))

    @property
    def reissues(self) -> tuple[PlannedAction, ...]:
        """Its goods to be sent once more."""
        return tuple(p for p in self.planned if isinstance(p.action, ReissueGoods))

    @known_once
    def recovery(self) -> PlannedAction | None:
        """Its asking for the purchase's money."""
        return next((p for p in self.planned if isinstance(p.action, AskRecovery)), None)

    @known_once
    def took_the_no_stock_route(self) -> bool:
        """It has asked for money or goods for the customer."""
        return bool(self.refunds or self.proposals)

    @property
    def taken_elsewhere(self) -> bool:
        """Other cases already see to everything that is still waited for."""
        return bool(self.waited_for) and not self.missing

    @known_once
    def _seen_to_elsewhere(self) -> set[tuple[int, int]]:
        """(line id, unit) for which another case has asked for money or goods."""
        return {
            (p.action.line_id, unit)
            for p in self.order.planned.values()
            if p.case_id != self.id
            and isinstance(p.action, RefundCustomer | ProposeAlternative | ReissueGoods)
            and self._sees_to(p)
            for unit in p.action.units
        }

    def _sees_to(self, planned: PlannedAction) -> bool:
        if isinstance(planned.action, RefundCustomer | ReissueGoods):
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

    @known_once
    def recovery_open(self) -> bool:
        """Money was asked back and neither came nor was refused."""
        asked = self.recovery is not None or bool(self.claim and self.claim.remote_id)
        return asked and self.purchase.recovery_state in {"asked", "agreed"}

    @property
    def recovery_last_asked_at(self) -> datetime | None:
        """The last time we asked, while an answer is open."""
        if not self.recovery_open:
            return None
        return self.purchase.chased_at or self.purchase.recovery_asked_at


def _untold(order: Order, known: Purchase | None, terms: Terms) -> Purchase:
    """The purchase nobody has told us of: whatever no other purchase serves."""
    route = known.route if known and known.route is not Route.UNKNOWN else terms.assumed_route
    return Purchase(
        id="",
        units=order.unbought(),
        route=route,
        asked_at=known.asked_at if known else None,
        answered_at=known.answered_at if known else None,
        ship_by=known.ship_by if known else None,
        recovery_state=known.recovery_state if known else "",
    )
