"""A case's claim pack: as a page, as a page to print, and as one file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response as Answer

from plugin import claim_pack, history_file
from plugin.actions import AskVerification
from plugin.case import Case
from plugin.evidence.keep import Keep
from plugin.fold import fold
from plugin.pages.desk import Desk
from plugin.store import caselists, reports, shops, timelines
from plugin.terms import VERIFIED


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""
    keep = Keep(desk.settings.evidence_folder)

    @pages.get("/cases/<case_id>/claim")
    def claim(case_id: str) -> str:
        with desk.db.read() as tx:
            row, case, pack = _read(tx, case_id)
        return desk.page("claim.html", row=row, pack=pack, key=_to_be_sent(case))

    @pages.get("/cases/<case_id>/claim.zip")
    def claim_zip(case_id: str) -> Answer:
        with desk.db.read() as tx:
            row, _case, pack = _read(tx, case_id)
            history = history_file.hashes(tx, g.shop.shop, int(row["order_id"]))
        answer = Response(claim_pack.zipped(pack, keep, desk.clock.now(), history), 200)
        name = "".join(c for c in row["number"] if c.isascii() and (c.isalnum() or c == "-"))
        answer.headers["Content-Type"] = "application/zip"
        answer.headers["Content-Disposition"] = f'attachment; filename="claim-{name}.zip"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def _to_be_sent(case: Case) -> str:
    """The key of the handing in, while a person is to say that it was sent; else empty."""
    waiting = (
        planned.action.key
        for planned in case.planned
        if isinstance(planned.action, AskVerification) and planned.state == "by_hand"
    )
    return next(waiting, "")


def _read(tx: Connection, case_id: str) -> tuple[dict[str, Any], Case, claim_pack.Pack]:
    """A claim of this shop; 404 for anybody else's, and for a case that has none."""
    row = caselists.one(tx, g.shop.shop, case_id)
    if row is None:
        abort(404)
    order = fold(timelines.read(tx, g.shop.shop, row["order_id"]))
    record = order.cases[case_id]
    opened = record.opened
    if opened.situation not in VERIFIED:
        abort(404)
    terms = shops.terms_of(tx, g.shop.shop, opened.terms_version)
    case = Case(order, opened.situation, opened.purchase_id, terms, opened.line_ids, record)
    kept = reports.evidence_of(tx, g.shop.shop, case_id)
    words = reports.of_order(tx, g.shop.shop, row["order_id"])
    return row, case, claim_pack.prepare(case, kept, words)
