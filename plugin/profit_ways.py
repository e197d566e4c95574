"""The ways out of a case and what would be left after each: pure, currencies kept apart.

An amount nobody has told us is not guessed: then its way out has no figure and none is compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plugin.actions import ChooseRemedy
from plugin.case import Case
from plugin.terms import BEFORE_SHIPPING, VERIFIED, Remedy, Route, Situation

REFUND, NOTHING = "refund", "none"


@dataclass(frozen=True)
class Figure:
    """One line of the card."""

    name: str
    """`sale`, `refunded`, `elsewhere`, `cost`, `replacement`, `asked`, `agreed` or `received`"""
    minor: int
    currency: str


@dataclass(frozen=True)
class WayOut:
    """One possible resolution and what would be left after it."""

    name: str
    """`refund`, `reissue`, `replace` or `none`"""
    change: tuple[Figure, ...]
    """What it would cost; empty for nothing."""
    net: Mapping[str, int]
    known: bool = True
    """False: nobody has told us what it costs."""
    least: bool = False


def ways_out(case: Case, net: Mapping[str, int]) -> tuple[WayOut, ...]:
    """What is possible now, from the net as it stands; the cheapest marked where it can be said."""
    return _marked([_way(case, name, net) for name in _names(case)])


def _names(case: Case) -> tuple[str, ...]:
    """The ways out that are open now; none for a case that is closed or all settled."""
    if case.closed or not case.unsettled:
        return ()
    asked = [p.action for p in case.planned if p.state == "waiting"]
    for action in asked:
        if isinstance(action, ChooseRemedy):
            return action.choices
    if case.situation in BEFORE_SHIPPING:
        return REFUND, "replace", NOTHING
    if case.situation in VERIFIED:
        return REFUND, Remedy.REISSUE.value, NOTHING
    if case.situation is Situation.CUSTOMS_HOLD:
        return REFUND, NOTHING
    abroad = case.bought_as is not None and case.bought_as.route is Route.INTERNATIONAL
    return () if abroad else (REFUND, NOTHING)


def _way(case: Case, name: str, net: Mapping[str, int]) -> WayOut:
    change: list[Figure] | None
    if name == REFUND:
        change = [Figure(REFUND, -_worth(case), case.order.currency)]
    elif name == NOTHING:
        change = []
    else:
        change = _goods_again(case)
    left = dict(net)
    for figure in change or ():
        left[figure.currency] = left.get(figure.currency, 0) + figure.minor
    return WayOut(name, tuple(change or ()), left, known=change is not None)


def _worth(case: Case) -> int:
    """What a refund of everything that is unsettled would give back."""
    shipping = case.terms.refund_shipping
    lines = case.order.lines
    return sum(sum(lines[i].worth(u, shipping=shipping)) for i, u in case.unsettled.items())


def _goods_again(case: Case) -> list[Figure] | None:
    """The shop's best alternative for each line; else the same purchase once more at its price."""
    offered: list[Figure] = []
    for line_id, units in case.unsettled.items():
        offers = case.terms.alternatives_for(case.order.lines[line_id].facts.sku)
        if not offers:
            break
        price = offers[0].price_minor * len(units)
        offered.append(Figure("replacement", -price, offers[0].currency))
    if len(offered) == len(case.unsettled):
        return offered
    own = case.purchase
    everything = {i: set(u) for i, u in own.units.items()}
    if own.cost_currency and everything == {i: set(u) for i, u in case.unsettled.items()}:
        return [Figure("replacement", -own.cost_minor, own.cost_currency)]
    return None


def _marked(ways: Sequence[WayOut]) -> tuple[WayOut, ...]:
    """The cheapest of what gives the customer something is marked: only where all figures are
    known and in one currency."""
    currencies = {currency for way in ways for currency in way.net}
    paid = [way for way in ways if way.change]
    comparable = len(currencies) == 1 and all(way.known for way in ways) and len(paid) > 1
    if not comparable:
        return tuple(ways)
    (currency,) = currencies
    best = max(way.net[currency] for way in paid)
    cheapest = [way for way in paid if way.net[currency] == best]
    if len(cheapest) > 1:
        return tuple(ways)
    return tuple(replace(way, least=way is cheapest[0]) for way in ways)
