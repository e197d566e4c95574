"""Taking a file in: its bytes, is there room, what is in them, its copies, then its row.

The file is there before its row is, so there is never a row without its file; a file that was
refused goes away at once. The same file again is the one that is there, so a retry is harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin import customer_reports
from plugin.evidence.check import Finding, examine, keep_copies, same_again
from plugin.evidence.keep import Keep, Received, TooLarge
from plugin.evidence.limits import LIMITS
from plugin.evidence.shots import SHOTS
from plugin.merchant import Click, NotPossible
from plugin.pages.customer.reading import Sent
from plugin.store import reports, tables, timelines
from plugin.store.database import Database
from plugin.store.reports import Evidence
from plugin.terms import Situation
from plugin.words.speech import tidy

STATUS = {
    "too_large": 413,
    "too_many": 413,
    "shop_full": 413,
    "not_a_picture_or_video": 415,
    "closed": 409,
}
UNUSABLE = 422


@dataclass(frozen=True)
class Place:
    """Where a file is to go: a case, and what its situation is."""

    case_id: str
    situation: Situation


@dataclass(frozen=True)
class Verdict:
    """What became of a file."""

    name: str
    reason: str = ""
    """Why it was refused; empty when it was kept."""
    already: bool = False
    advice: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """It is kept."""
        return not self.reason

    @property
    def status(self) -> int:
        """The answer's status where this is the first to be refused."""
        return STATUS.get(self.reason, UNUSABLE)


def take(db: Database, keep: Keep, click: Click, places: Sequence[Place], sent: Sent) -> Verdict:
    """Keep one file with each of some cases, or say why not. Raises NoSpace."""
    name = tidy(sent.file.filename, 120) or "-"
    try:
        received = keep.receive(cast(BinaryIO, sent.file.stream), LIMITS.video_bytes)
    except TooLarge:
        return Verdict(name, "too_large")
    with db.read() as tx:
        missing = [p for p in places if not _has(tx, click, p, received.sha256)]
        full = [_no_room(tx, click, p, received.size) for p in missing]
    if not missing:
        return Verdict(name, already=True)
    if all(full):
        _let_go(db, keep, received.sha256)
        return Verdict(name, full[0])
    finding = examine(received.path)
    if not finding.accepted:
        _let_go(db, keep, received.sha256)
        return Verdict(name, finding.reason)
    keep_copies(keep, received.sha256, finding)
    incoming = _Incoming(name, sent.shot, received, finding)
    verdicts = [_add(db, click, place, incoming) for place in missing]
    return next((verdict for verdict in verdicts if verdict.accepted), verdicts[0])


@dataclass(frozen=True)
class _Incoming:
    name: str
    shot: str
    received: Received
    finding: Finding


def _add(db: Database, click: Click, place: Place, incoming: _Incoming) -> Verdict:
    name, received, finding = incoming.name, incoming.received, incoming.finding
    with db.write() as tx:
        timelines.lock(tx, click.shop, click.order_id)
        refused = _no_room(tx, click, place, received.size)
        if not refused and not received.path.is_file():
            refused = "examiner_failed"  # another's refusal took it away meanwhile
        if refused:
            return Verdict(name, refused)
        there = reports.evidence_of(tx, click.shop, place.case_id)
        again = same_again(finding, [one.facts for one in there])
        advice = (*finding.advice, *(("same_again",) if again else ()))
        found = Evidence(
            case_id=place.case_id,
            evidence_id=received.sha256,
            order_id=click.order_id,
            number=max((one.number for one in there), default=0) + 1,
            name=name,
            media=finding.media,
            mime=finding.mime,
            size=received.size,
            shot=incoming.shot if incoming.shot in SHOTS.get(place.situation, ()) else "",
            checked=finding.checked,
            advice=advice,
            facts=finding.facts,
            received_at=click.now,
            by=click.by,
        )
        try:
            customer_reports.add_evidence(tx, click, found)
        except NotPossible:
            return Verdict(name, "closed")
    return Verdict(name, advice=(*advice, *(() if finding.checked else ("unchecked",))))


def _no_room(tx: Connection, click: Click, place: Place, size: int) -> str:
    """Why no more fits: the case is full, or the shop's share is."""
    if len(reports.evidence_of(tx, click.shop, place.case_id)) >= LIMITS.files_per_case:
        return "too_many"
    if reports.size_of_shop(tx, click.shop) + size > LIMITS.shop_bytes:
        return "shop_full"
    return ""


def _has(tx: Connection, click: Click, place: Place, sha256: str) -> bool:
    return reports.evidence_by_id(tx, click.shop, place.case_id, sha256) is not None


def _let_go(db: Database, keep: Keep, sha256: str) -> None:
    """Refused files take no room, unless some case has had it since before."""
    one = sa.select(tables.evidence.c.evidence_id).where(tables.evidence.c.evidence_id == sha256)
    with db.read() as tx:
        if tx.execute(one.limit(1)).first() is None:
            keep.remove(sha256)
