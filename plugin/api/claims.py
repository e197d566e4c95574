"""A case's evidence and its claim pack, as data and as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, g, request, send_file
from werkzeug.datastructures import FileStorage

from plugin import claim_pack, evidence_files, history_file
from plugin.api import rows
from plugin.api.cases import whole
from plugin.api.door import Door, Problem
from plugin.api.operation import JPEG, VIDEOS, ZIP, Asked, Operation
from plugin.api.shapes import COUNT, MOMENT, WORD, YES_NO, or_null, record, text, things
from plugin.evidence.keep import NoSpace
from plugin.pages import claim_reading
from plugin.pages.case_can import readiness_of
from plugin.pages.customer import uploads
from plugin.pages.customer.reading import Sent
from plugin.pages.roles import Right
from plugin.store import reports
from plugin.store.reports import Evidence
from plugin.terms import VERIFIED, Situation


def list_evidence(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        found = whole(tx, asked)
        kept = reports.evidence_of(tx, g.shop.shop, asked["case_id"])
    ready = readiness_of(found.case)
    return {
        "evidence": [_evidence(one) for one in kept],
        "ready": {"have": ready.have, "wanted": ready.wanted, "missing": list(ready.missing)}
        if ready
        else None,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    same = ("evidence_id", "number", "name", "media", "mime", "size", "shot", "checked", "by")
    found = {name: getattr(one, name) for name in same}
    return {**found, "advice": list(one.advice), "received_at": rows.moment(one.received_at)}


def get_picture(door: Door, asked: Asked) -> Any:
    found = _one(door, asked)
    path = evidence_files.copy_of(door.keep, found)
    return _file(path, JPEG, evidence_files.copy_name(found))


def get_video(door: Door, asked: Asked) -> Any:
    found = _one(door, asked)
    path = evidence_files.video_of(door.keep, found)
    return _file(path, found.mime, evidence_files.video_name(found))


def _one(door: Door, asked: Asked) -> Evidence:
    with door.db.read() as tx:
        found = reports.evidence_by_id(tx, g.shop.shop, asked["case_id"], asked["evidence_id"])
    if found is None:
        raise rows.not_found("The case has no evidence by that id")
    return found


def _file(path: Path | None, mime: str, name: str) -> Response:
    if path is None:
        raise rows.not_found("There is no such file of it")
    answer = send_file(
        path, mimetype=mime, as_attachment=True, download_name=name, conditional=False
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def add_evidence(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        row = rows.case_row(tx, asked)
    if row["situation"] not in VERIFIED:
        raise rows.not_found("The case is not one that needs proof")
    place = uploads.Place(row["case_id"], Situation(row["situation"]))
    file = FileStorage(request.stream, filename=asked.get("name", "upload"))
    sent, who = Sent(asked.get("shot", ""), file), rows.click(door, int(row["order_id"]))
    try:
        found = uploads.take(door.db, door.keep, who, [place], sent)
    except NoSpace:
        raise Problem(503, "no_space", "There is no room for it now", after=60) from None
    if not found.accepted:
        raise Problem(found.status, found.reason, f"The file was refused: {found.reason}")
    return {"already": found.already, "advice": list(found.advice)}


def get_claim(door: Door, asked: Asked) -> Any:
    found = _claim(door, asked)
    pack = found.pack
    return {
        "subject": pack.subject,
        "letter_zh": pack.letter_zh,
        "letter_en": pack.letter_en,
        "problem_zh": pack.problem_zh,
        "problem_en": pack.problem_en,
        "facts": [vars(fact) for fact in pack.facts],
        "goods": [{"title": title, "sku": sku, "count": count} for title, sku, count in pack.goods],
        "words": list(pack.words),
        "evidence": [vars(piece) for piece in pack.pieces],
        "hashes": pack.hashes,
        "key": found.key,
    }


def get_claim_file(door: Door, asked: Asked) -> Any:
    found = _claim(door, asked)
    with door.db.read() as tx:
        history = history_file.hashes(tx, g.shop.shop, int(found.row["order_id"]))
    packed = claim_pack.zipped(found.pack, door.keep, door.clock.now(), history)
    answer = Response(packed, mimetype=ZIP)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    return answer


def _claim(door: Door, asked: Asked) -> claim_reading.Claim:
    with door.db.read() as tx:
        found = claim_reading.read(tx, g.shop.shop, asked["case_id"])
    if found is None:
        raise rows.not_found("The case has no claim")
    return found


EVIDENCE = record(
    {
        "evidence_id": WORD,
        "number": COUNT,
        "name": WORD,
        "media": WORD,
        "mime": WORD,
        "size": COUNT,
        "shot": WORD,
        "checked": YES_NO,
        "by": WORD,
        "advice": things(WORD),
        "received_at": MOMENT,
    }
)
PIECE = record(
    {
        "number": COUNT,
        "evidence_id": WORD,
        "media": WORD,
        "shot": WORD,
        "received_at": WORD,
        "checked": YES_NO,
        "file": WORD,
    }
)

OPERATIONS = (
    Operation(
        "list_evidence",
        "GET",
        "/cases/{case_id}/evidence",
        "The case's pictures and videos, and how ready its proof is",
        Right.VIEW,
        list_evidence,
        record(
            {
                "evidence": things(EVIDENCE),
                "ready": or_null(record({"have": COUNT, "wanted": COUNT, "missing": things(WORD)})),
            }
        ),
        pages=("desk.case",),
    ),
    Operation(
        "add_evidence",
        "POST",
        "/cases/{case_id}/evidence",
        "Add a picture or video: the body is the file as it is. The same file again changes "
        "nothing; `advice` says what could be better and blocks nothing",
        Right.WORK,
        add_evidence,
        record({"already": YES_NO, "advice": things(WORD)}),
        query={"name": text(120, 1), "shot": text(30)},
        takes_file=True,
        status=201,
        conflicts=True,
        also=(503,),
        pages=("desk.upload",),
    ),
    Operation(
        "get_picture",
        "GET",
        "/cases/{case_id}/evidence/{evidence_id}",
        "Our own copy of a picture, or a still of a video",
        Right.VIEW,
        get_picture,
        files=(JPEG,),
        pages=("desk.evidence",),
    ),
    Operation(
        "get_video",
        "GET",
        "/cases/{case_id}/evidence/{evidence_id}/video",
        "A video as it came",
        Right.VIEW,
        get_video,
        files=VIDEOS,
        pages=("desk.video",),
    ),
    Operation(
        "get_claim",
        "GET",
        "/cases/{case_id}/claim",
        "The claim pack: letters in Chinese and English, facts, numbered evidence with hashes; "
        "`key` is the step to be marked as sent once it was",
        Right.VIEW,
        get_claim,
        record(
            {
                "subject": WORD,
                "letter_zh": WORD,
                "letter_en": WORD,
                "problem_zh": WORD,
                "problem_en": WORD,
                "facts": things(record({"label_zh": WORD, "label_en": WORD, "value": WORD})),
                "goods": things(record({"title": WORD, "sku": WORD, "count": COUNT})),
                "words": things(WORD),
                "evidence": things(PIECE),
                "hashes": WORD,
                "key": WORD,
            }
        ),
        pages=("desk.claim",),
    ),
    Operation(
        "get_claim_file",
        "GET",
        "/cases/{case_id}/claim.zip",
        "The same as one file, with the evidence",
        Right.VIEW,
        get_claim_file,
        files=(ZIP,),
        pages=("desk.claim_zip",),
    ),
)
