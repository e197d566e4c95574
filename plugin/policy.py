"""Contents: the nine situations in the guide's order, and the playbook that handles each.

Everything that is ever decided is decided by `decide` below, from an order's timeline, the
shop's terms and the time: by the live engine, by a replay, and by "what would this have done?".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from typing import Protocol

from plugin.actions import Decision
from plugin.case import Case
from plugin.deadlines import Deadline
from plugin.order import CaseRecord, Order
from plugin.playbooks import (
    cancellation,
    customs_hold,
    damaged,
    late_shipment,
    no_stock,
    oversized,
    supplier_silent,
    wrong_address,
    wrong_items,
)
from plugin.terms import BEFORE_SHIPPING, Situation, Terms


class Playbook(Protocol):
    """A situation: which clocks it has, when to ask whether it is there, what to do about it."""

    @property
    def SITUATION(self) -> Situation:
        """Which of the nine."""

    @property
    def DEADLINES(self) -> tuple[Deadline, ...]:
        """Every clock that can change its answer."""

    def questions(self, order: Order) -> list[tuple[str, tuple[int, ...]]]:
        """(purchase id, line ids) it may concern; no line ids means all of the purchase."""

    def decide(self, case: Case, now: datetime) -> list[Decision]:
        """What should have been asked for by now. Pure; only a deadline changes the answer."""


PLAYBOOKS: Mapping[Situation, Playbook] = {
    # Before shipping
    Situation.NO_STOCK: no_stock,
    Situation.OVERSIZED: oversized,
    Situation.LATE_SHIPMENT: late_shipment,
    Situation.SUPPLIER_SILENT: supplier_silent,
    # After shipping
    Situation.CUSTOMS_HOLD: customs_hold,
    Situation.WRONG_ITEMS: wrong_items,
    Situation.DAMAGED: damaged,
    # Special
    Situation.CANCELLATION: cancellation,
    Situation.WRONG_ADDRESS: wrong_address,
}

FOUND_BY_CLOCKS = frozenset({Situation.LATE_SHIPMENT, Situation.SUPPLIER_SILENT})
"""What nobody has to report. The others need a report before there is anything to ask."""

REOPENS_AFTER = frozenset({"shipped", "bought_elsewhere"})
"""Ends that a later fact can undo (a shipment cancelled): the same problem is then a new case."""


def cases(order: Order, terms: Terms, terms_of: Mapping[int, Terms]) -> Iterator[Case]:
    """Every open case, and every question that may become one, in the guide's order.

    An open case is judged by the terms it began under (`terms_of`, by version).
    """
    found = _found(order)
    for situation, playbook in PLAYBOOKS.items():
        if situation not in found:
            continue
        records = [r for r in order.cases.values() if r.opened.situation is situation]
        for record in records:
            if record.closed is None:
                began = terms_of.get(record.opened.terms_version, terms)
                yield _opened(order, record, began)
        for purchase_id, line_ids in playbook.questions(order):
            mine = [r for r in records if _is_about(r, purchase_id, line_ids)]
            if all(_may_reopen(r, order) for r in mine):
                yield Case(order, situation, purchase_id, terms, line_ids)


def decide(case: Case, now: datetime) -> list[Decision]:
    """What should have been asked for by now, for one case."""
    return PLAYBOOKS[case.situation].decide(case, now)


def next_deadline(case: Case, now: datetime) -> tuple[Deadline, datetime] | None:
    """The earliest clock still to come for a case: what it waits for, and until when."""
    before = case.situation in BEFORE_SHIPPING
    if not case.opened and before and case.nothing_to_wait_for:
        return None
    coming = [
        (due, deadline)
        for deadline in PLAYBOOKS[case.situation].DEADLINES
        if (due := deadline.due(case)) is not None and due > now
    ]
    if not coming:
        return None
    due, deadline = min(coming, key=lambda pair: pair[0])
    return deadline, due


def _found(order: Order) -> Set[Situation]:
    if not order.reports and not order.cases:
        return FOUND_BY_CLOCKS
    reported = {report.situation for report in order.reports}
    opened = {record.opened.situation for record in order.cases.values()}
    return FOUND_BY_CLOCKS | reported | opened


def _opened(order: Order, record: CaseRecord, terms: Terms) -> Case:
    opened = record.opened
    return Case(order, opened.situation, opened.purchase_id, terms, opened.line_ids, record)


def _is_about(record: CaseRecord, purchase_id: str, line_ids: tuple[int, ...]) -> bool:
    return record.opened.purchase_id == purchase_id and record.opened.line_ids == line_ids


def _may_reopen(record: CaseRecord, order: Order) -> bool:
    if record.closed is None or record.closed_at is None:
        return False
    opened = record.opened
    return record.closed.outcome in REOPENS_AFTER or any(
        report.seq > record.closed_seq
        and (report.situation, report.purchase_id, report.line_ids)
        == (opened.situation, opened.purchase_id, opened.line_ids)
        for report in order.reports
    )
