"""An order lived through again under other terms, and the first point where it would differ.

The living is `simulate.py`'s: the same decisions as the live engine's, on paper. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from plugin import timeline as t
from plugin.actions import ASIDE
from plugin.simulate import simulate
from plugin.terms import Terms

SAME_MOMENT = timedelta(minutes=15)
"""The live engine looks every few seconds and may be busy; paper decides on the dot."""


@dataclass(frozen=True)
class Moment:
    """One decision and when it was taken."""

    at: datetime
    what: t.Planned | t.Withheld | t.CaseOpened | t.CaseClosed

    @property
    def name(self) -> str:
        """What is the same decision in both: the thing it moves, or the case it is about."""
        key = getattr(self.what, "key", "") or getattr(self.what, "case_id", "")
        kind = "step" if isinstance(self.what, t.Planned | t.Withheld) else self.what.kind
        return f"{kind}:{key}"

    @property
    def how(self) -> str:
        """How far it went: a level, `off`, or how a case ended."""
        match self.what:
            case t.Planned(level=level):
                return str(level)
            case t.Withheld():
                return "off"
            case t.CaseClosed(outcome=outcome):
                return outcome
            case _:
                return ""

    @property
    def meant_for(self) -> datetime:
        """When it should have been taken: a clock acted on late was meant for its moment."""
        return self.at - timedelta(seconds=getattr(self.what, "late_seconds", 0))


@dataclass(frozen=True)
class Differs:
    """The first point where the two come apart."""

    at: datetime
    how: str
    """`more`: only under these terms; `less`: not under these; `level`: it would go otherwise;
    `moved`: it would be at another time."""
    was: Moment | None
    would: Moment | None


@dataclass(frozen=True)
class Replayed:
    """What came out."""

    until: datetime
    decisions: int
    """How many were really taken."""
    first: Differs | None
    entries: tuple[t.Entry, ...] = field(default=(), repr=False)
    """The timeline on paper, for its words."""
    stuck: bool = False
    """The decisions did not come to rest: nothing is known."""


def replay(
    entries: Sequence[t.Entry],
    terms: Terms,
    until: datetime,
    *,
    shop: str = "",
    order_id: int = 0,
) -> Replayed:
    """Live an order through again and compare. `terms` hold the alternatives for its goods."""
    was = moments(entries)
    if not entries:
        return Replayed(until, 0, None)
    paper = simulate(entries, terms, until, shop=shop, order_id=order_id)
    if paper.stuck:
        return Replayed(until, len(was), None, paper.entries, stuck=True)
    first = first_difference(was, moments(paper.entries))
    return Replayed(until, len(was), first, paper.entries)


def moments(entries: Iterable[t.Entry]) -> list[Moment]:
    """Every decision of a timeline, in order; what the store is told of them is none."""
    kinds = (t.Planned, t.Withheld, t.CaseOpened, t.CaseClosed)
    taken = [Moment(e.at, e.what) for e in entries if isinstance(e.what, kinds)]
    return [moment for moment in taken if getattr(moment.what, "action", "") not in ASIDE]


def first_difference(was: Sequence[Moment], would: Sequence[Moment]) -> Differs | None:
    """The earliest decision that is in one only, went otherwise, or at another time."""
    real = {moment.name: moment for moment in was}
    paper = {moment.name: moment for moment in would}
    found = [_compare(real.get(name), paper.get(name)) for name in dict.fromkeys([*real, *paper])]
    return min((one for one in found if one), key=lambda one: one.at, default=None)


def _compare(was: Moment | None, would: Moment | None) -> Differs | None:
    if was is None:
        assert would is not None
        return Differs(would.at, "more", None, would)
    if would is None:
        return Differs(was.at, "less", was, None)
    first = min(was.meant_for, would.meant_for)
    if abs(was.meant_for - would.meant_for) > SAME_MOMENT:
        return Differs(first, "moved", was, would)
    return Differs(first, "level", was, would) if was.how != would.how else None
