"""What changed between two ways of living through the same orders, in figures with their orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plugin import timeline as t
from plugin.actions import AskRecovery, RefundCustomer, UrgeSupplier, WriteCustomer
from plugin.simulate import Account
from plugin.terms import Autonomy

OPENED, REFUNDS_ALONE, REFUNDS_ASKED = "opened", "refunds_alone", "refunds_asked"
NAMES = (
    *(OPENED, REFUNDS_ALONE, REFUNDS_ASKED, "letters", "urges", "recoveries"),
    *("alone", "asked", "held", "off", "moved"),
)
"""`moved`: the same step, at another time; it has no before and after of its own."""
OF_KIND = {
    WriteCustomer.kind: "letters",
    UrgeSupplier.kind: "urges",
    AskRecovery.kind: "recoveries",
}


@dataclass(frozen=True)
class Changed:
    """An order behind a figure: how often before, how often after."""

    order_id: int
    name: str
    before: int
    after: int


@dataclass
class Figure:
    """One figure: under the terms in force, and under those on the form."""

    name: str
    before: int = 0
    after: int = 0
    sums_before: Counter[str] = field(default_factory=Counter)
    """Minor units by currency; currencies are never added together."""
    sums_after: Counter[str] = field(default_factory=Counter)
    orders: list[Changed] = field(default_factory=list)
    """Only those in which it changed."""

    @property
    def difference(self) -> int:
        """More, or fewer when it is negative."""
        return self.after - self.before

    @property
    def sums(self) -> list[tuple[str, int]]:
        """(currency, minor units more or fewer), only where there is a difference."""
        both = sorted({*self.sums_before, *self.sums_after})
        found = [(c, self.sums_after[c] - self.sums_before[c]) for c in both]
        return [(currency, minor) for currency, minor in found if minor]


@dataclass
class _Tally:
    """What one order adds to the figures."""

    counts: Counter[str] = field(default_factory=Counter)
    sums: dict[str, Counter[str]] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)


def compare(before: Sequence[Account], after: Sequence[Account], since: datetime) -> list[Figure]:
    """Every figure of what happened since a moment, for the same orders in the same order."""
    figures = {name: Figure(name) for name in NAMES}
    for was, would in zip(before, after, strict=True):
        old, new = _tally(was.entries, since), _tally(would.entries, since)
        moved = sum(new.moments.get(key, at) != at for key, at in old.moments.items())
        new.counts["moved"] = moved
        for name, figure in figures.items():
            _add(figure, name, was, old, new)
    return list(figures.values())


def _add(figure: Figure, name: str, account: Account, old: _Tally, new: _Tally) -> None:
    figure.before += old.counts[name]
    figure.after += new.counts[name]
    sums_before = old.sums.get(name, Counter())
    sums_after = new.sums.get(name, Counter())
    figure.sums_before.update(sums_before)
    figure.sums_after.update(sums_after)
    if old.counts[name] != new.counts[name] or sums_before != sums_after:
        changed = Changed(account.order_id, account.name, old.counts[name], new.counts[name])
        figure.orders.append(changed)


def _tally(entries: Iterable[t.Entry], since: datetime) -> _Tally:
    tally = _Tally()
    for entry in entries:
        if entry.at < since:
            continue
        match entry.what:
            case t.CaseOpened():
                tally.counts[OPENED] += 1
            case t.Withheld():
                tally.counts["off"] += 1
            case t.Planned() as planned:
                tally.moments[planned.key] = entry.at
                _planned(tally, planned)
    return tally


def _planned(tally: _Tally, planned: t.Planned) -> None:
    alone = planned.level is Autonomy.AUTO
    tally.counts["alone" if alone else "asked"] += 1
    tally.counts["held"] += bool(planned.held)
    if planned.action in OF_KIND:
        tally.counts[OF_KIND[planned.action]] += 1
    if planned.action == RefundCustomer.kind:
        name = REFUNDS_ALONE if alone else REFUNDS_ASKED
        action = t.structured(planned.body, RefundCustomer)
        tally.counts[name] += 1
        tally.sums.setdefault(name, Counter())[action.currency] += action.minor
