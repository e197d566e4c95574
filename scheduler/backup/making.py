"""Making a backup while the app works: a copy of the database, then the evidence it speaks of.

The copy is put together beside the file and removed with whatever goes wrong; the file has its name
only when it is whole and on the disk.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from plugin.evidence.keep import Keep
from plugin.store import migrate, reports
from plugin.store.database import Database
from scheduler.backup import manifest as lists
from scheduler.backup import postgres_copy, sqlite_copy
from scheduler.backup.manifest import DATABASE, EVIDENCE, Manifest
from scheduler.backup.sealed import Writer
from scheduler.runtime import Runtime

Told = Callable[[str, int, int], None]
"""Hears what is being copied, how far it is, and of how much."""


@dataclass(frozen=True)
class Made:
    """What was put into the file."""

    manifest: Manifest
    size: int


def make(runtime: Runtime, file: Path, key: bytes, told: Told = lambda *_: None) -> Made:
    """One file with everything. Raises FileExistsError, OSError, and what the copies raise."""
    if file.exists():
        raise FileExistsError(f"{file} is there already")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".postvendita-") as folder:
        passing = Path(folder) / "passing"
        with open(passing, "xb", opener=_private) as out:
            manifest = _fill(runtime, out, key, Path(folder), told)
            out.flush()
            os.fsync(out.fileno())
        size = passing.stat().st_size
        os.link(passing, file)  # unlike a rename, never over a file that has come meanwhile
    return Made(manifest, size)


def _fill(runtime: Runtime, out: BinaryIO, key: bytes, folder: Path, told: Told) -> Manifest:
    made_at = runtime.clock.now().isoformat()
    sums: dict[str, str] = {}
    with (
        Writer(out, key) as sealed,
        gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=1) as z,
        tarfile.open(fileobj=z, mode="w|") as archive,
    ):
        copy = folder / DATABASE
        rows, heads, evidence = _database(runtime, copy, told)
        sums[DATABASE] = _put(archive, DATABASE, copy)
        copy.unlink()
        missing = []
        for number, sha256 in enumerate(evidence):
            told("evidence", number, len(evidence))
            found = _files(runtime.connections.evidence(), sha256)
            if not found:
                missing.append(sha256)
            for path in found:
                name = EVIDENCE + path.name
                sums[name] = _put(archive, name, path)
        kind = "sqlite" if runtime.db.is_sqlite else "postgresql"
        schema = str(migrate.version(runtime.db))
        manifest = Manifest(made_at, kind, schema, rows, heads, sums, missing)
        _put_bytes(archive, lists.NAME, lists.written(manifest))
    return manifest


def _database(
    runtime: Runtime, copy: Path, told: Told
) -> tuple[dict[str, int], dict[str, list[Any]], list[str]]:
    """Copy it; what the copy holds is counted in the very state that was copied."""
    if runtime.db.is_sqlite:
        source = Path(str(runtime.db.url.database))
        sqlite_copy.copy(source, copy, lambda done, total: told("database", done, total))
        copied = Database(f"sqlite:///{copy}")
        try:
            with copied.read() as tx:
                found = lists.rows_of(tx), lists.heads_of(tx), sorted(reports.kept_files(tx))
        finally:
            copied.close()
        for beside in copy.parent.glob(f"{copy.name}-*"):
            beside.unlink()
        return found
    with runtime.db.snapshot() as tx:
        folder = runtime.settings.postgres_tools
        postgres_copy.dump(tx, runtime.db.url, folder, copy)
        return lists.rows_of(tx), lists.heads_of(tx), sorted(reports.kept_files(tx))


def _files(keep: Keep, sha256: str) -> list[Path]:
    """A file and the copies made of it."""
    original = keep.path(sha256)
    return sorted(original.parent.glob(f"{sha256}*")) if original.is_file() else []


def _put(archive: tarfile.TarFile, name: str, path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as content:
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(content.fileno()).st_size, 0o600
        archive.addfile(info, _Hashing(content, digest))
    return digest.hexdigest()


def _put_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, io.BytesIO(content))


class _Hashing:
    """Reads, and hashes what it reads."""

    def __init__(self, source: BinaryIO, digest: hashlib._Hash) -> None:
        self._source, self._digest = source, digest

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._digest.update(chunk)
        return chunk


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
