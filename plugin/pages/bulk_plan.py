"""What a bulk action will do to each row, told before anything is done.

A forecast is only told: whether it may be is decided once more when it is carried out, by
`merchant`, for each row by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from plugin import sentences
from plugin.actions import Letter, RefundCustomer, ReissueGoods
from plugin.order import Order
from plugin.pages import readings
from plugin.pages.case_steps import MOVES_MONEY
from plugin.pages.desk import language, say, when
from plugin.pages.readings import Step

STEPS = frozenset({"approve", "decline", "remind", "proof"})
"""Bulk actions that concern the step a case waits with; the others concern the case."""
REMINDERS = frozenset(
    {"urge_supplier", "chase_recovery", "chase_verification", "chase_interception"}
)
PROOF = frozenset({Letter.EVIDENCE_ASKED, Letter.EVIDENCE_REMINDED, Letter.EVIDENCE_LAST_CALL})
CHOICES = frozenset({"choose_remedy", "propose_alternative"})
WAITING = frozenset({"asked", "suggested"})

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """One bulk action, as the form says it."""

    do: str
    person: str = ""
    """Empty for nobody."""
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True)
class Forecast:
    """What will be done to one row, or why not."""

    row: Row
    key: str
    """Of the step it concerns; empty where it concerns the case."""
    text: str
    refused: str = ""
    minor: int = 0
    """What the customer is paid back."""
    currency: str = ""


def forecasts(
    tx: Connection, shop: str, asked: Asked, rows: Sequence[Row], *, spends: bool
) -> list[Forecast]:
    """For every row, in the order of the list; the same number of queries for one as for 200.

    `spends`: whoever asks may go ahead with what moves money.
    """
    if asked.do not in STEPS:
        return [_of_case(asked, row) for row in rows]
    steps = readings.next_steps(tx, shop, rows)
    waiting = [row for row in rows if row["case_id"] in steps]
    orders = readings.folded(tx, shop, [row["order_id"] for row in waiting])
    return [
        _of_step(
            asked,
            row,
            steps.get(row["case_id"]),
            orders.get(row["order_id"], Order()),
            spends=spends,
        )
        for row in rows
    ]


def totals(found: Iterable[Forecast]) -> dict[str, tuple[int, int]]:
    """Currency to (refunds, minor units) of what will be done; currencies are never added."""
    paid: dict[str, tuple[int, int]] = {}
    for one in found:
        if one.minor and not one.refused:
            count, minor = paid.get(one.currency, (0, 0))
            paid[one.currency] = (count + 1, minor + one.minor)
    return paid


def _of_case(asked: Asked, row: Row) -> Forecast:
    if asked.do == "assign":
        person = asked.person or say("inbox.nobody")
        return Forecast(row, "", say("bulk.will.assign", person=person))
    if row["closed_at"] is not None:
        return Forecast(row, "", "", say("bulk.closed"))
    text = say("bulk.will.snooze", time=when(asked.until))
    if asked.until and row["deadline"] and row["deadline"] < asked.until:
        text = say("bulk.will.snooze.deadline", time=when(row["deadline"]))
    return Forecast(row, "", text)


def _of_step(asked: Asked, row: Row, step: Step | None, order: Order, *, spends: bool) -> Forecast:
    if step is None:
        return Forecast(row, "", "", say("bulk.nothing_waits"))
    text = sentences.action(step.kind, step.body, order, language=language())
    refused = _refused(asked.do, step, row, order, spends=spends)
    if asked.do == "decline":
        return Forecast(row, step.key, say("bulk.will.decline", step=text), refused)
    minor, currency = money_of(step)
    return Forecast(row, step.key, text, refused, minor, currency)


def money_of(step: Step) -> tuple[int, str]:
    """(minor units, currency) a step pays back to the customer; nothing for any other step."""
    if step.kind != RefundCustomer.kind:
        return 0, ""
    minor = int(step.body["goods_minor"]) + int(step.body["shipping_minor"])
    return minor, str(step.body["currency"])


def asks_for_proof(body: Mapping[str, Any]) -> bool:
    """The step is a letter that asks the customer for pictures."""
    return body.get("letter") in PROOF


def _refused(do: str, step: Step, row: Row, order: Order, *, spends: bool) -> str:
    """Why not, for this row; empty when it can be."""
    if do == "decline":
        return ""
    if do == "remind" and step.kind not in REMINDERS:
        return say("bulk.no_reminder")
    if do == "proof" and not asks_for_proof(step.body):
        return say("bulk.no_proof")
    if step.kind in MOVES_MONEY and not spends:
        return say("bulk.no_right")
    if step.state not in WAITING:
        return say("bulk.by_hand")
    if step.kind in CHOICES:
        return say("bulk.choice")
    if step.why.startswith("contradicts"):
        return sentences.held(step.why, language=language())
    return say("bulk.both") if _both(step.key, str(row["case_id"]), order) else ""


def _both(key: str, case_id: str, order: Order) -> bool:
    """The customer would get the money and the goods: `merchant` will ask for a reason."""
    planned = order.planned.get(key)
    action = planned.action if planned else None
    if not isinstance(action, RefundCustomer | ReissueGoods):
        return False
    other = set(order.goods_coming(action.line_id, besides=order.purchase_of(case_id)))
    if isinstance(action, ReissueGoods):
        other |= set(order.spoken_for(action.line_id))
    allowed = {unit for line_id, unit in order.both_allowed if line_id == action.line_id}
    return bool((set(action.units) & other) - allowed)
