"""Everything a shop has here, packed to be taken away."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO

from plugin.store import audit
from plugin.store.audit import ALSO, WHOLE
from plugin.store.database import Database

CHUNK = 64 * 1024


def packed(db: Database, shop: str) -> IO[bytes]:
    """A file per table, a line of JSON per row; on disk, because it may be large."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    with db.read() as tx, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (*WHOLE, *ALSO):
            with archive.open(f"{name}.jsonl", "w") as out:
                for row in audit.everything(tx, shop, name):
                    out.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
    file.seek(0)
    return file


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces; closed when it was sent."""
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
