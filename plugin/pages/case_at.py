"""The time machine: a case as it stood after any entry of its timeline, to be looked at only.

Facts, clocks and money are folded from the first entries again; nothing is stored for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, g, request
from sqlalchemy.engine import Connection

from plugin import caselist, profit, sentences
from plugin import timeline as t
from plugin.case import Case
from plugin.fold import fold
from plugin.order import Order, PlannedAction
from plugin.pages.case_check import open_disputes
from plugin.pages.case_goods import safety
from plugin.pages.case_parcels import Leg, legs_of, status_of
from plugin.pages.case_timeline import Line, lines_of, named
from plugin.pages.case_view import case_of, terms_now, waiting_of
from plugin.pages.clocks import Clocks, clocks_of
from plugin.pages.desk import Desk, language
from plugin.replay import Moment, Replayed, replay
from plugin.store import caselists, shops, timelines
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


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/cases/<case_id>/at")
    def case_at(case_id: str) -> str:
        with desk.db.read() as tx:
            found = _then(tx, g.shop, case_id, request.args.get("seq", ""))
        return desk.page(
            "case_at.html", case=found, sentences=sentences, named=named, status_of=status_of
        )

    @pages.get("/cases/<case_id>/replay")
    def case_replay(case_id: str) -> str:
        now = desk.clock.now()
        with desk.db.read() as tx:
            row, entries = _entries(tx, g.shop, case_id)
            terms = terms_now(tx, g.shop, entries)
        order_id = int(row["order_id"])
        found = replay(entries, terms, now, shop=g.shop.shop, order_id=order_id)
        order = fold(entries)
        return desk.page(
            "case_replay.html",
            row=row,
            replayed=found,
            began=order.cases[case_id].opened.terms_version,
            version=terms.version,
            was=_said(found.first.was if found.first else None, order),
            would=_said(found.first.would if found.first else None, fold(found.entries)),
            near=_near(found, entries),
        )


def _entries(tx: Connection, shop: Shop, case_id: str) -> tuple[dict[str, Any], list[t.Entry]]:
    row = caselists.one(tx, shop.shop, case_id)
    if row is None:
        abort(404)
    return row, timelines.read(tx, shop.shop, row["order_id"])


def _then(tx: Connection, shop: Shop, case_id: str, wanted: str) -> Then:
    row, entries = _entries(tx, shop, case_id)
    seq = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0
    seq = min(seq or len(entries), len(entries))
    return then(tx, shop, row, entries, seq)


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


# --- Replay ---------------------------------------------------------------------------------------


def _said(moment: Moment | None, order: Order) -> str:
    """A decision in words."""
    if moment is None:
        return ""
    entry = t.Entry(0, moment.at, "app", moment.what)
    return sentences.entry(entry, order, language=language(), zone=g.shop.zone)


def _near(found: Replayed, entries: Sequence[t.Entry]) -> int:
    """The place in the real timeline just before the two come apart; 0 where they do not."""
    if found.first is None:
        return 0
    before = [e.seq for e in entries if e.at <= found.first.at]
    return max(before, default=1)
