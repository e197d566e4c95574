"""What became of each purchase whose money was asked back: a row for the recovery page.

Derived from the ledger's entries and the order, and kept for speed only: an amount shown is always
that of an entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from plugin.actions import AskRecovery
from plugin.case import Case
from plugin.deadlines import CHASE_RECOVERY, RECOVERY_SHUTS
from plugin.order import Order
from plugin.store import ledger, recoveries
from plugin.store.ledger import Entry

ASKED, VERIFYING, AGREED, RECEIVED, REFUSED, ENDED = (
    "asked",
    "verifying",
    recoveries.AGREED,
    "received",
    "refused",
    "ended",
)
"""`ended`: its case was closed with the money neither in nor refused."""
A_DAY = timedelta(days=1)


def refresh_recoveries(
    tx: Connection, shop: str, order_id: int, order: Order, cases: Iterable[Case]
) -> None:
    """Bring the rows of an order up to date."""
    asked = any(isinstance(p.action, AskRecovery) for p in order.planned.values())
    if not asked and not any(p.recovery_state for p in order.purchases.values()):
        return
    entries = ledger.of_order(tx, shop, order_id, "recovery")
    is_open = {case.id: case for case in cases if case.opened}
    recoveries.keep(tx, shop, order_id, recovery_rows(order, entries, is_open))


def recovery_rows(
    order: Order, entries: Iterable[Entry], is_open: Mapping[str, Case]
) -> list[dict[str, Any]]:
    """A row for each purchase; `is_open` are the open cases by id."""
    known: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        planned = order.planned.get(entry.key)
        action = planned.action if planned else None
        purchase_id = action.purchase_id if isinstance(action, AskRecovery) else entry.key
        known.setdefault(purchase_id, {})[entry.what] = entry
    for purchase in order.purchases.values():
        if purchase.recovery_asked_at and purchase.id not in known:
            # A platform took the claim as asking; how much it will give is not known yet.
            case_id = _claimed_for(order, purchase.id)
            known[purchase.id] = {
                ASKED: Entry(
                    *(0, ASKED, purchase.id, 0, purchase.cost_currency or order.currency),
                    *(purchase.recovery_asked_at, case_id),
                )
            }
    return [_row(order, purchase_id, stages, is_open) for purchase_id, stages in known.items()]


def _row(
    order: Order, purchase_id: str, stages: Mapping[str, Entry], is_open: Mapping[str, Case]
) -> dict[str, Any]:
    case_id = next((entry.case_id for entry in stages.values() if entry.case_id), "")
    record, case = order.cases.get(case_id), is_open.get(case_id)
    purchase = order.purchases.get(purchase_id)
    state = _state(stages, case, closed=record is not None and case is None)
    still = state in {ASKED, VERIFYING, AGREED}
    owed = (stages.get(AGREED) or stages.get(ASKED)) if still else None
    shuts = RECOVERY_SHUTS.due(case) if still and case else None
    return {
        "purchase_id": purchase_id,
        "case_id": case_id,
        "number": record.opened.number if record else "",
        "supplier": purchase.supplier if purchase else "",
        "state": state,
        "open": still,
        "stages": {
            what: {"minor": e.minor, "currency": e.currency, "at": e.at.isoformat()}
            for what, e in stages.items()
        },
        "owed_minor": owed.minor if owed else 0,
        "owed_currency": owed.currency if owed else "",
        "since": min(entry.at for entry in stages.values()),
        "shuts": shuts,
        "expected_on": _expected(stages, shuts) if still else "",
    }


def _state(stages: Mapping[str, Entry], case: Case | None, *, closed: bool) -> str:
    for final in (RECEIVED, REFUSED):
        if final in stages:
            return final
    if closed:
        return ENDED
    if AGREED in stages:
        return AGREED
    return VERIFYING if case is not None and case.claim_sent_at else ASKED


def _expected(stages: Mapping[str, Entry], shuts: datetime | None) -> str:
    """The day by which money should be in: when it is asked for again, or the window's last."""
    if AGREED in stages:
        return (stages[AGREED].at + CHASE_RECOVERY.count * A_DAY).date().isoformat()
    return shuts.date().isoformat() if shuts else ""


def _claimed_for(order: Order, purchase_id: str) -> str:
    for case_id in order.claims:
        if order.purchase_of(case_id) == purchase_id:
            return case_id
    return ""
