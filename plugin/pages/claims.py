"""A case's claim pack: as a page, as a page to print, and as one file."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g
from werkzeug.wrappers import Response as Answer

from plugin import claim_pack, history_file
from plugin.evidence.keep import Keep
from plugin.pages import claim_reading
from plugin.pages.desk import Desk


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""
    keep = Keep(desk.settings.evidence_folder)

    @pages.get("/cases/<case_id>/claim")
    def claim(case_id: str) -> str:
        found = _read(desk, case_id)
        return desk.page("claim.html", row=found.row, pack=found.pack, key=found.key)

    @pages.get("/cases/<case_id>/claim.zip")
    def claim_zip(case_id: str) -> Answer:
        found = _read(desk, case_id)
        with desk.db.read() as tx:
            history = history_file.hashes(tx, g.shop.shop, int(found.row["order_id"]))
        answer = Response(claim_pack.zipped(found.pack, keep, desk.clock.now(), history), 200)
        answer.headers["Content-Type"] = "application/zip"
        answer.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def _read(desk: Desk, case_id: str) -> claim_reading.Claim:
    with desk.db.read() as tx:
        found = claim_reading.read(tx, g.shop.shop, case_id)
    if found is None:
        abort(404)
    return found
