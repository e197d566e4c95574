"""Profit and loss of one case: what its goods brought, cost and lost, and what each way out leaves.

Pure. Amounts are whole minor units, positive for what came in and negative for what went out.
Currencies are kept apart, never converted: without a rate nobody knows a sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from plugin.actions import AskRecovery
from plugin.case import Case
from plugin.order import Order, Purchase
from plugin.profit_ways import Figure, WayOut, ways_out

__all__ = ["Account", "Figure", "WayOut", "account_of", "nets"]

COUNTED = frozenset({"sale", "refunded", "elsewhere", "cost", "replacement", "received"})
"""Figures that add up to the net; the others say what may still come."""


@dataclass(frozen=True)
class Account:
    """The card."""

    figures: tuple[Figure, ...]
    net: Mapping[str, int]
    """By currency, of what has really moved."""
    cost_known: bool
    apart: int
    """Minor units others repaid without saying for what; they may be for other goods."""
    ways: tuple[WayOut, ...]


def account_of(case: Case) -> Account:
    """What the goods of a case have brought and cost so far, and what each way out would leave."""
    scope = _scope(case)
    bought = _bought(case, scope)
    figures = [*_income(case.order, scope), *_spent(bought, case, scope)]
    net = nets(figures)
    repaid, apart = _elsewhere(case.order, scope)
    if repaid:
        figures.insert(1, Figure("elsewhere", -repaid, case.order.currency))
        net = nets(figures)
    return Account(
        figures=tuple(figures),
        net=net,
        cost_known=any(p.cost_currency for p in bought),
        apart=apart,
        ways=ways_out(case, net),
    )


def nets(figures: Iterable[Figure]) -> dict[str, int]:
    """What really moved, by currency."""
    found: dict[str, int] = {}
    for figure in figures:
        if figure.name in COUNTED:
            found[figure.currency] = found.get(figure.currency, 0) + figure.minor
    return found


# --- What has moved -------------------------------------------------------------------------------


def _scope(case: Case) -> Mapping[int, frozenset[int]]:
    """The units the card is about: all of the case's purchase, since its cost is one sum."""
    order, own = case.order, case.purchase
    named = own.units if own.id else case.units
    units = {line: frozenset(u) for line, u in named.items() if u and line in order.lines}
    return units or {line_id: frozenset(line.units) for line_id, line in order.lines.items()}


def _income(order: Order, scope: Mapping[int, frozenset[int]]) -> list[Figure]:
    sale = sum(
        sum(order.lines[line_id].worth(units, shipping=True)) for line_id, units in scope.items()
    )
    repaid = sum(_paid_back(order, line_id, units) for line_id, units in scope.items())
    found = [Figure("sale", sale, order.currency)]
    return [*found, Figure("refunded", -repaid, order.currency)] if repaid else found


def _paid_back(order: Order, line_id: int, units: frozenset[int]) -> int:
    """Our own refunds that were made for some of these units."""
    done = [p.action for p in order.our_refunds(line_id) if p.state == "done"]
    return sum(int(getattr(a, "minor", 0)) for a in done if units & set(getattr(a, "units", ())))


def _elsewhere(order: Order, scope: Mapping[int, frozenset[int]]) -> tuple[int, int]:
    """(for these goods, without saying or for others as well) that somebody else repaid."""
    ours = {mark for p in order.planned.values() for mark in p.marks}
    others = [r for r in order.refunds.values() if r.minor and r.mark not in ours]
    whole = set(order.lines) <= set(scope)
    mine = [r for r in others if whole or (r.lines and {i for i, _ in r.lines} <= set(scope))]
    counted = sum(r.minor for r in mine)
    return counted, sum(r.minor for r in others) - counted


def _bought(case: Case, scope: Mapping[int, frozenset[int]]) -> list[Purchase]:
    """Purchases that serve these units and were not cancelled before they were paid for."""
    return [
        p
        for p in case.order.purchases.values()
        if p.id and any(units & set(p.units.get(line_id, ())) for line_id, units in scope.items())
    ]


def _spent(
    bought: Sequence[Purchase], case: Case, scope: Mapping[int, frozenset[int]]
) -> list[Figure]:
    found = []
    for p in bought:
        if p.cost_currency:
            name = "replacement" if p.replacement else "cost"
            found.append(Figure(name, -p.cost_minor, p.cost_currency))
        if p.recovery_state:
            found += _recovered(p, case.order)
    return found


def _recovered(p: Purchase, order: Order) -> list[Figure]:
    asked = [
        planned.action
        for planned in order.planned.values()
        if isinstance(planned.action, AskRecovery)
        and planned.action.purchase_id == p.id
        and planned.state == "done"
    ]
    found = [Figure("asked", a.minor, a.currency) for a in asked[-1:] if a.minor]
    if p.recovery_state in {"agreed", "received"} and p.recovery_minor and p.cost_currency:
        found.append(Figure(p.recovery_state, p.recovery_minor, p.cost_currency))
    return found
