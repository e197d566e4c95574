"""I10, the guide's gates: what had to come first stands in the timeline before it.

A clock acts at its moment or later; a parcel that is inside China is stopped before its customer is
repaid; wrong and damaged goods are verified, or paid for by the merchant's own choice, before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from plugin.auditor.violation import Orders, Violation
from plugin.store.tables import outbox

ID = "I10"
WHATS = frozenset({"too_early", "not_stopped", "not_verified"})
MUST_STOP = ("cancellation", "wrong_address")
MUST_VERIFY = ("wrong_items", "damaged")
KINDS = (
    *("planned", "approved", "action_done", "case_opened"),
    *("interception_seen", "purchase_cancelled", "purchase_recorded", "verification_seen"),
)
Rows = Sequence[Any]


@dataclass(frozen=True)
class _Trail:
    """What stood in an order's timeline before a refund was done."""

    rows: Rows

    def has(self, kind: str, **said: object) -> bool:
        """An entry of this kind that says this."""
        return any(
            row.kind == kind and all(row.body.get(name) == value for name, value in said.items())
            for row in self.rows
        )

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [row.body for row in self.rows if row.kind == kind]


def of_orders(orders: Orders) -> Iterator[Violation]:
    """Every clock that acted, and every refund that left."""
    trails: dict[int, list[Any]] = defaultdict(list)
    for row in orders.told(KINDS):
        trails[row.order_id].append(row)
        due = row.body["because"].get("due") if row.kind == "planned" else ""
        if due and row.at < datetime.fromisoformat(due):
            subject = f"{row.order_id}/{row.body['key']}"
            yield Violation(ID, "too_early", subject, row.order_id, {"due": due})
    left = sa.select(outbox.c.order_id, outbox.c.key, outbox.c.case_id, outbox.c.body).where(
        orders.mine(outbox),
        outbox.c.action == "refund_customer",
        outbox.c.first_sent_at.is_not(None),
        outbox.c.state.in_(("claimed", "unknown", "done")),
    )
    for row in orders.tx.execute(left):
        what = _why_not(_before(trails[row.order_id], row.key), row)
        if what:
            yield Violation(ID, what, f"{row.order_id}/{row.key}", row.order_id)


def _before(rows: Rows, key: str) -> _Trail:
    done = [r.seq for r in rows if r.kind == "action_done" and r.body.get("key") == key]
    return _Trail([r for r in rows if not done or r.seq < done[0]])


def _why_not(trail: _Trail, refund: Any) -> str:
    opened = [b for b in trail.of("case_opened") if b["case_id"] == refund.case_id]
    if not opened:
        return ""
    situation = opened[-1]["situation"]
    if situation in MUST_STOP and not _stopped(trail, opened[-1]["purchase_id"], refund):
        return "not_stopped"
    if situation in MUST_VERIFY and not _verified(trail, refund.case_id):
        return "not_verified"
    return ""


def _stopped(trail: _Trail, purchase_id: str, refund: Any) -> bool:
    line_id = refund.body["line_id"]
    serving = {purchase_id} if purchase_id else set()
    for bought in trail.of("purchase_recorded"):
        if not purchase_id and any(one == line_id for one, _ in bought["lines"]):
            serving.add(bought["purchase_id"])
    return not serving or any(
        trail.has("interception_seen", purchase_id=one, result="succeeded")
        or trail.has("purchase_cancelled", purchase_id=one)
        for one in serving
    )


def _verified(trail: _Trail, case_id: str) -> bool:
    if trail.has("verification_seen", case_id=case_id, result="verified"):
        return True
    choosing = [
        body["key"]
        for body in trail.of("planned")
        if body["case_id"] == case_id and body["action"] == "choose_remedy"
    ]
    return any(trail.has("approved", key=key, choice="refund") for key in choosing)
