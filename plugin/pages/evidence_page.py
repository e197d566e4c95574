"""A case's evidence: our own copies of pictures, videos to be saved, and files the merchant adds.

What was uploaded is never shown in a browser: of a picture there is the copy we made, a video is
only saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as Answer

from plugin import evidence_files
from plugin.evidence.keep import Keep, NoSpace
from plugin.merchant import Click
from plugin.pages import cases
from plugin.pages.customer import reading, uploads
from plugin.pages.customer.looking import verdict_words
from plugin.pages.customer.uploads import Place, Verdict
from plugin.pages.desk import Desk, say
from plugin.pages.texts import known
from plugin.store import caselists, reports
from plugin.store.reports import Evidence
from plugin.terms import VERIFIED, Situation

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cache-Control": "private, max-age=600",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NO_ROOM = 503


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""
    keep = Keep(desk.settings.evidence_folder)

    @pages.get("/cases/<case_id>/evidence/<evidence_id>")
    def evidence(case_id: str, evidence_id: str) -> Answer:
        return _copy(keep, _one(desk, case_id, evidence_id))

    @pages.get("/cases/<case_id>/evidence/<evidence_id>/video")
    def video(case_id: str, evidence_id: str) -> Answer:
        return _video(keep, _one(desk, case_id, evidence_id))

    @pages.post("/cases/<case_id>/evidence")
    def upload(case_id: str) -> Answer:
        reading.with_files()
        return _upload(desk, keep, case_id)


def _one(desk: Desk, case_id: str, evidence_id: str) -> Evidence:
    with desk.db.read() as tx:
        found = reports.evidence_by_id(tx, g.shop.shop, case_id, evidence_id)
    if found is None:
        abort(404)
    return found


def _copy(keep: Keep, found: Evidence) -> Answer:
    path = evidence_files.copy_of(keep, found)
    if path is None:
        abort(404)
    answer = send_file(path, mimetype="image/jpeg", conditional=False)
    answer.headers.update(HEADERS)
    name = evidence_files.copy_name(found)
    answer.headers["Content-Disposition"] = f"inline; filename={name}"
    return answer


def _video(keep: Keep, found: Evidence) -> Answer:
    path, name = evidence_files.video_of(keep, found), evidence_files.video_name(found)
    if path is None:
        abort(404)
    answer = send_file(path, mimetype=found.mime, as_attachment=True, download_name=name)
    answer.headers.update(HEADERS)
    return answer


# --- Files the merchant adds ----------------------------------------------------------------------


def _upload(desk: Desk, keep: Keep, case_id: str) -> Answer:
    with desk.db.read() as tx:
        row = caselists.one(tx, g.shop.shop, case_id)
    if row is None or row["situation"] not in VERIFIED:
        abort(404)
    try:
        verdicts = _take(desk, keep, row)
    except NoSpace:
        problem = say("upload.no_space")
        return Response(cases.show(desk, case_id, problem=problem), NO_ROOM)
    if not verdicts:
        bad = {"files": say("upload.none")}
        return Response(cases.show(desk, case_id, bad=bad), 422)
    refused = next((verdict for verdict in verdicts if not verdict.accepted), None)
    if refused is None and not any(v.advice or v.already for v in verdicts):
        return redirect(url_for("desk.case", case_id=case_id, _anchor="evidence"), 303)
    page = cases.show(desk, case_id, verdicts=_said(verdicts))
    return Response(page, refused.status if refused else 200)


def _take(desk: Desk, keep: Keep, row: dict[str, Any]) -> list[Verdict]:
    reading.arrived()
    place = Place(row["case_id"], Situation(row["situation"]))
    who = Click(g.shop.shop, int(row["order_id"]), g.person, desk.clock.now())
    shot = request.form.get("shot", "")
    return [
        uploads.take(desk.db, keep, who, [place], reading.Sent(shot, sent.file))
        for sent in reading.files()
    ]


def _said(verdicts: Sequence[Verdict]) -> list[tuple[Verdict, str]]:
    """What became of each file; where the customer is told to write to us, other words."""
    return [
        (v, say(f"upload.{v.reason}") if known(f"upload.{v.reason}") else verdict_words(v))
        for v in verdicts
    ]
