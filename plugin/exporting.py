"""Everything a shop has here, packed to be taken away."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO

from plugin.evidence.keep import Keep
from plugin.evidence_files import copy_name, copy_of, video_name, video_of
from plugin.store import audit, reports
from plugin.store.audit import ALSO, WHOLE
from plugin.store.database import Database

CHUNK = 64 * 1024


def packed(db: Database, shop: str, keep: Keep) -> IO[bytes]:
    """A file per table, a line of JSON per row; of the evidence what is handed out elsewhere too.

    On disk, because it may be large.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever hands it on closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*WHOLE, *ALSO):
            with archive.open(f"{name}.jsonl", "w") as out:
                for row in audit.everything(db, shop, name):
                    out.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
        with db.read() as tx:
            evidence = list(reports.all_evidence(tx, shop))
        for one in evidence:
            for path, name in (
                (copy_of(keep, one), copy_name(one)),
                (video_of(keep, one), video_name(one)),
            ):
                if path is not None:
                    inside = f"evidence/{one.case_id}/{name}"
                    archive.write(path, inside, compress_type=zipfile.ZIP_STORED)
    file.seek(0)
    return file


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces; closed when it was sent."""
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
