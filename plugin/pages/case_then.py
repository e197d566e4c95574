"""A case as it stood after an entry of its timeline: facts, clocks and money folded again.

Nothing is stored for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from plugin import caselist, profit, sentences
from plugin import timeline as t
from plugin.case import Case
from plugin.fold import fold
from plugin.order import Order, PlannedAction
from plugin.pages.case_goods import safety
from plugin.pages.case_parcels import Leg, legs_of
from plugin.pages.case_safety import open_disputes
from plugin.pages.case_timeline import Line, lines_of
from plugin.pages.case_view import case_of, waiting_of
from plugin.pages.clocks import Clocks, clocks_of
from plugin.pages.desk import language
from plugin.store import shops
from plugin.store.shops import Shop
from plugin.timeline import plain


@dataclass(frozen=True)
class StepThen:
    """A step as far as it had come."""

    text: str
    state: str
    badge: str


@dataclass(frozen=True)
class Then:
    """A case after the first entries of its order's timeline."""

    row: dict[str, Any]
    """The case's row of today, for its number and its place."""
    seq: int
    last: int
    at: datetime
    order: Order
    opened: bool
    """False: the case did not exist yet; only the order is shown."""
    listed: dict[str, Any]
    """What the list said of it: status, money at risk, next deadline."""
    cause: str
    waiting: str
    steps: Sequence[StepThen]
    lines: Sequence[Line]
    more_lines: int
    sums: dict[str, int]
    disputes: tuple[str, ...]
    profit: profit.Account | None
    legs: Sequence[Leg]
    clocks: Clocks | None


def then(
    tx: Connection, shop: Shop, row: dict[str, Any], all_entries: Sequence[t.Entry], seq: int
) -> Then:
    """A case as it stood after entry `seq`, at that entry's time."""
    entries = all_entries[:seq]
    order, at = fold(entries), entries[-1].at
    case_id, spoken, zone = row["case_id"], language(), shop.zone
    skus = [line.facts.sku for line in order.lines.values()]
    offers = shops.alternatives_for(tx, shop.shop, skus) if case_id in order.cases else []
    case = case_of(tx, shop, order, case_id, offers) if case_id in order.cases else None
    lines, more = lines_of(entries, order, language=spoken, zone=zone)
    return Then(
        row=row,
        seq=seq,
        last=len(all_entries),
        at=at,
        order=order,
        opened=case is not None,
        listed=_listed(order, case, at) if case else {},
        cause=_cause(case, at, spoken, zone) if case else "",
        waiting=waiting_of(case, at, spoken, zone) if case else "",
        steps=[_step(planned, order, spoken) for planned in case.planned] if case else [],
        lines=lines,
        more_lines=more,
        sums=safety(order),
        disputes=open_disputes(order),
        profit=profit.account_of(case) if case else None,
        legs=legs_of(case, entries, at) if case else [],
        clocks=clocks_of(case, at, spoken) if case else None,
    )


def _listed(order: Order, case: Case, at: datetime) -> dict[str, Any]:
    assert case.record is not None
    return caselist.list_row(order, case.record, None if case.closed else case, at)


def _cause(case: Case, at: datetime, spoken: str, zone: str) -> str:
    assert case.record is not None
    return sentences.cause(case.record.opened.because, language=spoken, zone=zone, now=at)


def _step(planned: PlannedAction, order: Order, spoken: str) -> StepThen:
    body = plain(planned.action)
    text = sentences.action(planned.action.kind, body, order, language=spoken)
    badge = "asked" if planned.state == "waiting" else planned.state
    return StepThen(text, sentences.step_state(planned.state, language=spoken), badge)
