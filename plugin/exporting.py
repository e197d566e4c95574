"""Everything a shop has here, packed to be taken away."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator

from plugin.evidence.keep import Keep
from plugin.evidence_files import copy_name, copy_of, video_name, video_of
from plugin.store import audit, reports, walls
from plugin.store.audit import ALSO, WHOLE
from plugin.store.database import Database

CHUNK = 64 * 1024


def packed(db: Database, shop: str, keep: Keep) -> Iterator[bytes]:
    """A ZIP file in pieces, made while it is sent: a large shop takes minutes to be read.

    A file per table, a line of JSON per row; of the evidence what is handed out elsewhere too.
    """
    return walls.within(shop, _packed(db, shop, keep))


def _packed(db: Database, shop: str, keep: Keep) -> Iterator[bytes]:
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*WHOLE, *ALSO):
            with archive.open(f"{name}.jsonl", "w", force_zip64=True) as out:
                for row in audit.everything(db, shop, name):
                    out.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
                    yield from pieces.ready()
        with db.read() as tx:
            evidence = list(reports.all_evidence(tx, shop))
        for one in evidence:
            for path, name in (
                (copy_of(keep, one), copy_name(one)),
                (video_of(keep, one), video_name(one)),
            ):
                if path is not None:
                    inside = zipfile.ZipInfo.from_file(path, f"evidence/{one.case_id}/{name}")
                    with path.open("rb") as file, archive.open(inside, "w") as out:
                        while chunk := file.read(CHUNK):
                            out.write(chunk)
                            yield from pieces.ready()
    yield from pieces.ready(least=1)


class _Pieces:
    """What an archive is written to that is sent at once: it can only be added to."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._begun = False
        """A browser shows that the file is coming as soon as it has some of it."""

    def write(self, data: bytes, /) -> int:
        """Keep it until it is taken."""
        self._parts.append(bytes(data))
        self._size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing lies anywhere else."""

    def close(self) -> None:
        """Nothing is held."""

    def ready(self, *, least: int = CHUNK) -> Iterator[bytes]:
        """What was written so far, once it is worth sending."""
        if self._size >= (least if self._begun else 1):
            self._begun = True
            whole = b"".join(self._parts)
            self._parts, self._size = [], 0
            yield whole
