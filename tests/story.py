"""Telling an order's story in a few words, and asking the policy what follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from plugin import policy
from plugin import timeline as t
from plugin.actions import Action, CloseCase, Decision, OpenCase, Withdraw
from plugin.case import Case
from plugin.fold import fold
from plugin.order import Order
from plugin.playbooks.why import with_facts
from plugin.terms import Autonomy, Route, Situation, Terms
from tests.conftest import MONDAY

LAMP, CUP = 11, 12
SHIP_BY = MONDAY + timedelta(days=5)
HUANYU = "Huanyu/T1"


def line(line_id: int = LAMP, **changes: Any) -> t.LineFacts:
    """A paper lamp, bought once for $24.90."""
    facts = t.LineFacts(
        id=line_id,
        title="Paper lamp" if line_id == LAMP else "Tea cup",
        sku=f"SKU-{line_id}",
        quantity=1,
        current_quantity=1,
        paid_minor=2490,
    )
    changed = replace(facts, **changes)
    if "quantity" in changes and "current_quantity" not in changes:
        changed = replace(changed, current_quantity=changed.quantity)
    return changed


def order_seen(*lines: t.LineFacts, **changes: Any) -> t.OrderSeen:
    """Order #1001, paid on Monday."""
    seen = t.OrderSeen(
        version=MONDAY,
        name="#1001",
        placed_at=MONDAY,
        paid_at=MONDAY,
        cancelled_at=None,
        currency="USD",
        shop_currency="USD",
        lines=lines or (line(),),
    )
    return replace(seen, **changes)


def purchase(**changes: Any) -> t.PurchaseRecorded:
    """Bought from Huanyu for ¥88, to be shipped by Saturday, inside China."""
    recorded = t.PurchaseRecorded(
        purchase_id=HUANYU,
        supplier="Huanyu",
        reference="T1",
        connection="by_hand",
        lines=((LAMP, 1),),
        route=Route.DOMESTIC,
        ship_by=SHIP_BY,
        ordered_at=MONDAY,
        cost_minor=8800,
        cost_currency="CNY",
    )
    return replace(recorded, **changes)


def shipped(at: datetime, *lines: tuple[int, int]) -> t.FulfilmentSeen:
    """The store saw a shipment."""
    return t.FulfilmentSeen(501, at, at, lines or ((LAMP, 1),))


@dataclass
class Story:
    """A timeline, told step by step; decisions are taken by the policy alone, on paper."""

    terms: Terms = field(default_factory=Terms)
    entries: list[t.Entry] = field(default_factory=list)

    def tell(self, *events: t.Event, at: datetime = MONDAY, by: str = "store") -> Story:
        """Something happened."""
        for event in events:
            self.entries.append(t.Entry(len(self.entries) + 1, at, by, event))
        return self

    @property
    def order(self) -> Order:
        """What it adds up to."""
        return fold(self.entries)

    def at(self, now: datetime) -> list[Action]:
        """Every action taken by then and not before; they join the story as carried out later."""
        taken: list[Action] = []
        for _ in range(50):
            fresh = self.round(now)
            if not fresh:
                return taken
            taken += [d for d in fresh if isinstance(d, Action)]
        raise AssertionError("decisions do not come to rest")

    def done(self, key: str, at: datetime) -> Story:
        """An action was carried out."""
        return self.tell(t.ActionDone(key), at=at)

    def round(self, now: datetime) -> list[Decision]:
        """What the first case that wants anything wants, written down."""
        for case in policy.cases(self.order, self.terms, {self.terms.version: self.terms}):
            decided = [d for d in policy.decide(case, now) if self.is_new(case, d)]
            fresh = [_as_taken(case, decision) for decision in decided]
            if fresh:
                self._write_down(case, fresh, now)
                return fresh
        return []

    def is_new(self, case: Case, decision: Decision) -> bool:
        """It was not asked for before, or may be asked for again."""
        if isinstance(decision, Action):
            known = self.order.planned.get(decision.key)
            return known is None or not (known.counts or known.case_id == case.id)
        if isinstance(decision, Withdraw):
            return self.order.planned[decision.key].alive
        return True

    def _write_down(self, case: Case, fresh: list[Decision], now: datetime) -> None:
        case_id = case.id
        for decision in fresh:
            match decision:
                case OpenCase():
                    case_id = self._open(case, decision, now)
                case CloseCase(outcome, because):
                    self.tell(t.CaseClosed(case.id, outcome, because), at=now, by="app")
                case Withdraw(key, why):
                    self.tell(t.Withdrawn(key, why), at=now, by="app")
                case _:
                    case_id = case_id or self._open(case, decision, now)
                    self._plan(case, case_id, decision, now)

    def _open(self, case: Case, decision: Action | OpenCase, now: datetime) -> str:
        case_id = f"case-{len(self.order.cases) + 1}"
        opened = t.CaseOpened(
            case_id,
            case_id,
            case.situation,
            case.purchase_id,
            case.line_ids,
            self.terms.version,
            decision.because,
        )
        self.tell(opened, at=now, by="app")
        return case_id

    def _plan(self, case: Case, case_id: str, action: Action, now: datetime) -> None:
        level = self.terms.goes(case.situation, action.because.clause)
        planned = t.Planned(
            action.key,
            action.kind,
            t.plain(action),
            case_id,
            level if level is not Autonomy.OFF else Autonomy.SUGGEST,
            action.because,
            mark=f"mark-{action.key}",
        )
        self.tell(planned, at=now, by="app")

    # --- for the situations that come with reports ------------------------------------------

    def report(
        self, situation: Situation, *lines: tuple[int, int], at: datetime = MONDAY, **more: Any
    ) -> Story:
        """The customer reports a problem with goods of Huanyu's."""
        number = len(self.entries)
        words: dict[str, Any] = {"purchase_id": HUANYU, "wish": "", **more}
        event = t.ProblemReported(f"report-{number}", situation, lines=lines, **words)
        return self.tell(event, at=at, by="customer")

    def carry_out(self, at: datetime, *, but: tuple[str, ...] = ()) -> Story:
        """Everything that goes out by itself is done, except some kinds."""
        going = [p for p in self.order.planned.values() if p.state == "going"]
        for planned in going:
            if planned.action.kind not in but:
                self.done(planned.key, at)
        return self

    def choose(self, of: str, choice: str, at: datetime) -> Story:
        """The merchant chooses what is to be done."""
        key = next(k for k in self.order.planned if k.startswith(f"choose:{of}:"))
        return self.tell(t.Approved(key, choice), at=at, by="Alice").done(key, at)

    @property
    def case(self) -> Any:
        """Its only case, as the last one was."""
        return list(self.order.cases.values())[-1]

    def outcomes(self) -> list[str]:
        """How its cases ended; an open one has not."""
        return [r.closed.outcome if r.closed else "open" for r in self.order.cases.values()]


def kinds(actions: list[Action]) -> list[str]:
    """What kinds of actions, in order."""
    return [action.kind for action in actions]


def _as_taken(case: Case, decision: Decision) -> Decision:
    """As the engine writes it down: with the facts the rule saw."""
    if isinstance(decision, Withdraw):
        return decision
    return replace(decision, because=with_facts(decision.because, case))
