"""The timelines, entry by entry as they are committed: legal steps, the guide's gates, the clocks.

I6 deadlines, I7 the end is the end, I8 legal path, I9 all or nothing, I10 gates, I16 time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from plugin import timeline as t
from plugin.terms import STOPPED, VERIFIED, Route, Situation
from tests.simulation.invariants.freshness import ON_TIME

if TYPE_CHECKING:
    from tests.simulation.world import World

URGED_AFTER, GIVEN_UP_AFTER = timedelta(days=2), timedelta(days=4)
AGAIN_AT_MOST = 12
"""How often one case may ask for one thing: facts change, but not without end."""
OUTSIDE = ("store", "supplier", "mail")
"""Who speaks by deliveries."""
ROW = "SELECT state, mark, case_id FROM outbox WHERE shop = ? AND order_id = ? AND key = ?"


@dataclass
class Known:
    """What the timeline of one order has said so far, added up by other code than the app's."""

    seq: int = 0
    at: datetime | None = None
    version: datetime | None = None
    """Of the newest look at the order."""
    cases: dict[str, t.CaseOpened] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    planned: dict[str, t.Planned] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)
    ship_by: dict[str, datetime] = field(default_factory=dict)
    shipped: set[str] = field(default_factory=set)
    routes: dict[str, Route] = field(default_factory=dict)
    purchases: dict[str, t.PurchaseRecorded] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    verified: set[str] = field(default_factory=set)
    own_purse: set[str] = field(default_factory=set)
    proof: set[str] = field(default_factory=set)


class Timelines:
    """Every order's, as far as it was committed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.orders: dict[tuple[str, int], Known] = {}
        self.commits = 0
        self._handled: dict[tuple[str, str], int] = {}
        """In which transaction a delivery became entries."""

    def of(self, shop: str, order_id: int) -> Known:
        """What is known of an order."""
        return self.orders.setdefault((shop, order_id), Known())

    def erased(self, shop: str) -> None:
        """Nothing is known of a store's orders any more."""
        self.orders = {place: known for place, known in self.orders.items() if place[0] != shop}
        self._handled = {what: n for what, n in self._handled.items() if what[0] != shop}

    def added(self, shop: str, order_id: int, entries: list[t.Entry]) -> None:
        """Some entries were committed."""
        known = self.of(shop, order_id)
        for entry in entries:
            self._follows(known, entry, f"{shop} {order_id}")
            self._once(entry, shop)
            self._step(known, entry, shop, order_id)

    def _follows(self, known: Known, entry: t.Entry, where: str) -> None:
        if entry.seq != known.seq + 1:
            self.world.wrong("I8", f"{where}: entry {entry.seq} follows {known.seq}")
        if known.at and entry.at < known.at:
            self.world.wrong("I16", f"{where}: time runs backwards at entry {entry.seq}")
        known.seq, known.at = entry.seq, entry.at

    def _once(self, entry: t.Entry, shop: str) -> None:
        """What a delivery said is written down in one transaction, and never in another."""
        if entry.by not in OUTSIDE or " " not in entry.cause or entry.cause.startswith("action "):
            return
        first = self._handled.setdefault((shop, entry.cause), self.commits)
        if first != self.commits:
            self.world.wrong("I4", f"{shop}: {entry.cause} was handled twice")

    def _step(self, known: Known, entry: t.Entry, shop: str, order_id: int) -> None:
        if known.closed and entry.by != "app":
            self.world.seen["event after the end of a case"] += 1
        where = f"{shop} {order_id}"
        match entry.what:
            case t.CaseOpened() as opened:
                if opened.case_id in known.cases:
                    self.world.wrong("I7", f"{where}: case {opened.number} opened twice")
                known.cases[opened.case_id] = opened
                if opened.reopens and opened.reopens not in known.closed:
                    self.world.wrong("I7", f"{where}: {opened.number} reopens what is open")
            case t.CaseClosed(case_id):
                if case_id not in known.cases or case_id in known.closed:
                    self.world.wrong("I7", f"{where}: case {case_id} closed out of turn")
                known.closed.add(case_id)
            case t.Planned() as planned:
                self._planned(known, planned, entry, shop, order_id)
            case t.ActionDone(key):
                self._settled(known, key, "done", shop, order_id)
            case t.ActionRefused(key) | t.Declined(key) | t.Withdrawn(key):
                self._settled(known, key, "refused", shop, order_id)
            case t.OrderSeen(version) if known.version and version < known.version:
                self.world.wrong("I4", f"{where}: old news of {version} was taken for new")
            case _:
                _learn(known, entry.what)

    # --- what was planned -----------------------------------------------------------------------

    def _planned(
        self, known: Known, planned: t.Planned, entry: t.Entry, shop: str, order_id: int
    ) -> None:
        where = f"{shop} {order_id} {planned.key}"
        if planned.key in known.planned:
            self.world.wrong("I8", f"{where}: planned twice")
        if int(planned.key.partition("#")[2] or 0) > AGAIN_AT_MOST:
            self.world.wrong("I8", f"{where}: asked for again and again")
        if planned.case_id and planned.case_id in known.closed:
            self.world.wrong("I7", f"{where}: planned for a closed case")
        known.planned[planned.key] = planned
        if not self.world.probe.rows(ROW, shop, order_id, planned.key):
            self.world.wrong("I9", f"{where}: planned, and not in the outbox")
        late = timedelta(seconds=planned.late_seconds)
        if late > ON_TIME and not self.world.invariants.freshness.excuses(late):
            self.world.wrong("I6", f"{where}: {late} late")
        self._gate(known, planned, entry, where)

    def _gate(self, known: Known, planned: t.Planned, entry: t.Entry, where: str) -> None:
        case = known.cases.get(planned.case_id)
        if case is None or entry.by != "app":
            return
        ship_by = known.ship_by.get(case.purchase_id)
        if case.situation is Situation.LATE_SHIPMENT and ship_by is not None:
            wait = {"urge_supplier": URGED_AFTER, "refund_customer": GIVEN_UP_AFTER}
            least = wait.get(planned.action)
            if least is not None and entry.at < ship_by + least:
                self.world.wrong("I10", f"{where}: planned before its day")
        if planned.action in {"refund_customer", "reissue_goods"}:
            why = self.closed_gate(known, case)
            if why:
                self.world.wrong("I10", f"{where}: planned although {why}")

    def closed_gate(self, known: Known, case: t.CaseOpened) -> str:
        """Why no money or goods may go out for a case; empty when they may."""
        if case.situation in VERIFIED:
            fine = case.case_id in known.verified or case.case_id in known.own_purse
            return "" if fine else "nobody verified the claim"
        if case.situation in STOPPED and case.purchase_id in known.purchases:
            if case.purchase_id in known.stopped:
                return ""
            route = known.routes.get(case.purchase_id, Route.UNKNOWN)
            return f"the parcel was not stopped ({route})"
        return ""

    def _settled(self, known: Known, key: str, state: str, shop: str, order_id: int) -> None:
        where = f"{shop} {order_id} {key}"
        if key not in known.planned:
            self.world.wrong("I8", f"{where}: {state} without having been planned")
        before = known.settled.get(key)
        if before in {"done", state}:
            self.world.wrong("I8", f"{where}: {state} after {before}")
        known.settled[key] = state
        found = self.world.probe.one(ROW, shop, order_id, key)
        if found != state and not (state == "refused" and found == "done"):
            self.world.wrong("I9", f"{where}: {state} in the timeline, {found} in the outbox")
        planned = known.planned.get(key)
        if planned and state == "done" and planned.action == "choose_remedy":
            known.own_purse.add(planned.case_id)


def _learn(known: Known, what: t.Event) -> None:
    match what:
        case t.OrderSeen(version):
            known.version = version
        case t.PurchaseRecorded() as bought:
            known.purchases[bought.purchase_id] = bought
            known.routes.setdefault(bought.purchase_id, bought.route)
            if bought.ship_by is not None:
                before = known.ship_by.get(bought.purchase_id, bought.ship_by)
                known.ship_by[bought.purchase_id] = min(before, bought.ship_by)
        case t.SupplierAnswered(purchase_id, _, ship_by) if ship_by is not None:
            # A new promise moves no clock that was running from the first.
            known.ship_by.setdefault(purchase_id, ship_by)
        case t.RouteLearned(purchase_id, route):
            known.routes[purchase_id] = route
        case t.InterceptionSeen(purchase_id, "succeeded") | t.PurchaseCancelled(purchase_id):
            known.stopped.add(purchase_id)
        case t.VerificationSeen(case_id, "verified"):
            known.verified.add(case_id)
        case t.Approved(key, "refund" | "reissue") if key in known.planned:
            known.own_purse.add(known.planned[key].case_id)
        case t.EvidenceAdded(case_id):
            known.proof.add(case_id)
