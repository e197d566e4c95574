"""A case's claim: the pack as the facts stand, and what a person has still to hand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from plugin import claim_pack
from plugin.actions import AskVerification
from plugin.case import Case
from plugin.fold import fold
from plugin.store import caselists, reports, shops, timelines
from plugin.terms import VERIFIED


@dataclass(frozen=True)
class Claim:
    """What is handed in for a case."""

    row: dict[str, Any]
    pack: claim_pack.Pack
    key: str
    """Of the handing in, while a person is to say that it was sent; else empty."""

    @property
    def file_name(self) -> str:
        """What the pack is called as a file."""
        name = "".join(c for c in self.row["number"] if c.isascii() and (c.isalnum() or c == "-"))
        return f"claim-{name}.zip"


def read(tx: Connection, shop: str, case_id: str) -> Claim | None:
    """A claim of this shop; None for anybody else's, and for a case that has none."""
    row = caselists.one(tx, shop, case_id)
    if row is None:
        return None
    order = fold(timelines.read(tx, shop, row["order_id"]))
    record = order.cases[case_id]
    opened = record.opened
    if opened.situation not in VERIFIED:
        return None
    terms = shops.terms_of(tx, shop, opened.terms_version)
    case = Case(order, opened.situation, opened.purchase_id, terms, opened.line_ids, record)
    kept = reports.evidence_of(tx, shop, case_id)
    words = reports.of_order(tx, shop, row["order_id"])
    return Claim(row, claim_pack.prepare(case, kept, words), _to_be_sent(case))


def _to_be_sent(case: Case) -> str:
    waiting = (
        planned.action.key
        for planned in case.planned
        if isinstance(planned.action, AskVerification) and planned.state == "by_hand"
    )
    return next(waiting, "")
