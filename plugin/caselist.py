"""What a list shows of a case: derived from the order each time it changes, kept for speed only.

A test folds every order again and compares: these columns never know anything by themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from plugin import policy
from plugin.actions import AskRecovery
from plugin.case import Case
from plugin.case_words import refresh_words
from plugin.order import CaseRecord, Order
from plugin.recoveries import refresh_recoveries
from plugin.standing import (
    CLOSED,
    NEEDS_YOU,
    WAITING,
    WORKING,
    is_provisional,
    next_step,
    status_of,
)
from plugin.store import caselists, tables, tallies
from plugin.store.tallies import Tally
from plugin.store.timelines import upsert
from plugin.terms import VERIFIED, Situation
from plugin.timeline import Entry
from plugin.urgency import urgency, urgency_of_closed

SUPPLIER, CUSTOMER = "supplier", "customer"
SUPPLIERS_CLOCKS = frozenset(
    {
        "urge_supplier",
        "treat_as_no_stock",
        "supplier_silent",
        "verification_earliest",
        "verification_overdue",
        "chase_verification",
        "chase_recovery",
        "recovery_shuts",
        "intercept_within",
    }
)
"""Clocks that run while a supplier, or whoever verifies for him, has to answer."""


def refresh_list(
    tx: Connection,
    shop: str,
    order_id: int,
    order: Order,
    cases: Iterable[Case],
    entries: Iterable[Entry],
    now: datetime,
) -> None:
    """Bring the list's rows of an order up to date; `entries` are its timeline."""
    if not order.cases:
        return
    cases = list(cases)
    by_id = {case.id: case for case in cases if case.opened}
    stood = caselists.stood(tx, shop, order_id)
    if any(row.asleep and row.deadline and row.deadline <= now for row in stood):
        caselists.wake_overdue(tx, shop, order_id, now)
    change = Counter[Tally]()
    for old in stood:
        change.subtract(_standing(old.currency, old.at_risk, old.owed_currency, old.owed))
        change.subtract({Tally(tallies.PROBLEM, old.supplier, old.situation): 1})
    for record in order.cases.values():
        row = list_row(order, record, by_id.get(record.opened.case_id), now)
        row |= {"shop": shop, "order_id": order_id, "updated_at": now}
        upsert(tx, tables.cases, row, ["shop", "case_id"])
        sums = row["currency"], row["at_risk_minor"], row["owed_currency"], row["owed_minor"]
        change.update(_standing(*sums))
        change.update({Tally(tallies.PROBLEM, row["supplier"], row["situation"]): 1})
    tallies.stand(tx, shop, order_id, change)
    refresh_recoveries(tx, shop, order_id, order, cases)
    refresh_words(tx, shop, order_id, order, entries)


def _standing(currency: str, at_risk: int, owed_currency: str, owed: int) -> dict[Tally, int]:
    """What a case adds to the sums the first page shows."""
    return {
        Tally(tallies.AT_RISK, unit=currency): at_risk,
        Tally(tallies.OWED, unit=owed_currency): owed,
    }


def list_row(order: Order, record: CaseRecord, case: Case | None, now: datetime) -> dict[str, Any]:
    """One case as the list shows it; `case` is None once it is closed."""
    opened = record.opened
    purchase = order.purchases.get(opened.purchase_id)
    row: dict[str, Any] = {
        "case_id": opened.case_id,
        "number": opened.number,
        "situation": str(opened.situation),
        "supplier": purchase.supplier if purchase else "",
        "status": CLOSED,
        "next_step": "",
        "deadline": None,
        "deadline_name": "",
        "provisional": False,
        "at_risk_minor": 0,
        "currency": order.currency,
        "owed_minor": 0,
        "owed_currency": "",
        "outcome": record.closed.outcome if record.closed else "",
        "opened_at": record.opened_at,
        "closed_at": record.closed_at,
        "waits_for": "",
        "country": order.seen.country[:2] if order.seen else "",
        "route": str(purchase.route) if purchase else "",
        "urgency": urgency_of_closed(record.closed_at or record.opened_at),
    }
    if case is None:
        return row
    coming = policy.next_deadline(case, now)
    waiting = next_step(case)
    owed, lost, status = _owed(case), at_risk(case), status_of(case, waiting)
    owed_in = case.purchase.cost_currency if owed else ""
    return row | {
        "status": status,
        "next_step": waiting.key if waiting else "",
        "deadline": coming[1] if coming else None,
        "deadline_name": coming[0].name if coming else "",
        "provisional": coming is not None and is_provisional(case, coming[0]),
        "at_risk_minor": lost,
        "owed_minor": owed,
        "owed_currency": owed_in,
        "waits_for": _waits_for(case, status, coming[0].name if coming else ""),
        "urgency": urgency(
            needs_you=status == NEEDS_YOU,
            at_risk=(lost, order.currency),
            owed=(owed, owed_in),
            deadline=coming[1] if coming else None,
            opened_at=record.opened_at,
        ),
    }


def _waits_for(case: Case, status: str, clock: str) -> str:
    """Whose word a case waits for, when it is neither yours nor about money coming back."""
    if status not in {WAITING, WORKING}:
        return ""
    asked_for_proof = case.situation in VERIFIED and case.waiting_for_proof_since
    asked_for_address = case.situation is Situation.WRONG_ADDRESS and case.address_wanted_since
    if asked_for_proof or (asked_for_address and case.nothing_bought):
        return CUSTOMER
    return SUPPLIER if clock in SUPPLIERS_CLOCKS else ""


def at_risk(case: Case) -> int:
    """Minor units the customer paid for goods that have neither come nor been repaid."""
    total = 0
    for line_id, units in case.at_stake.items():
        goods, freight = case.order.lines[line_id].worth(units, shipping=True)
        total += goods + freight
    return total


def _owed(case: Case) -> int:
    if not case.recovery_open:
        return 0
    action = case.recovery.action if case.recovery else None
    # A claim that went by API asked for all that was paid; part of a purchase goes by hand.
    return action.minor if isinstance(action, AskRecovery) else case.purchase.cost_minor
