"""Putting a backup in place, and beginning carefully.

Everything is unpacked beside the target and checked before anything there is touched. A target that
holds something is refused, unless it was said to replace it. Then each shop is marked: nothing is
sent for it until what happened since the backup has been read back from its store.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import (
    append_only,
    chain,
    chain_check,
    deeds,
    doubt,
    migrate,
    restorations,
    shops,
)
from plugin.store.chain_check import Walk
from plugin.store.database import Database
from plugin.store.sqlite import sqlite3
from plugin.store.tables import purchases
from scheduler.backup import manifest as lists
from scheduler.backup import postgres_copy, sqlite_copy
from scheduler.backup.making import Told
from scheduler.backup.manifest import DATABASE, EVIDENCE, Manifest
from scheduler.backup.sealed import Reader, Unreadable
from scheduler.runtime import Runtime

BEFORE = timedelta(hours=1)
"""What went out this long before the backup may not be known to it for certain either."""
CHUNK = 1024 * 1024


class NotWhole(Exception):
    """It is not what the backup's own list says; the message says where."""


class NotEmpty(Exception):
    """The target holds something; the message says what."""


@dataclass(frozen=True)
class Restored:
    """What was put in place."""

    manifest: Manifest
    rows: int
    links: int
    files: int
    aside: Path | None
    """Where the database that was there before is now; SQLite only."""


def restore(
    runtime: Runtime, file: Path, key: bytes, *, replace: bool, told: Told = lambda *_: None
) -> Restored:
    """Raises Unreadable, NotWhole, NotEmpty, OSError, and what the copies raise."""
    target = _Target(runtime, replace=replace)
    target.check()
    with _unpacked(file, key, target.folder, told) as (manifest, folder):
        _fits(manifest, runtime)
        put = target.put_sqlite if runtime.db.is_sqlite else target.put_postgresql
        rows, links, aside = put(folder / DATABASE, manifest)
        files = _put_evidence(runtime, folder)
    return Restored(manifest, rows, links, files, aside)


def _fits(manifest: Manifest, runtime: Runtime) -> None:
    here = "sqlite" if runtime.db.is_sqlite else "postgresql"
    if manifest.kind != here:
        raise NotWhole(f"it holds a {manifest.kind} database, and the target is {here}")
    if manifest.schema not in migrate.known():
        raise NotWhole(f"its tables are at {manifest.schema}, which this version does not know")


# --- Unpacking ------------------------------------------------------------------------------------


@contextmanager
def _unpacked(file: Path, key: bytes, beside: Path, told: Told) -> Iterator[tuple[Manifest, Path]]:
    """All of it, each file as the list says, or NotWhole."""
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restoring-") as name:
        folder = Path(name)
        (folder / EVIDENCE).mkdir()
        sums, listed = _unpack(file, key, folder, told)
        if listed is None:
            raise NotWhole("it has no list")
        manifest = lists.read(listed)
        if sums != dict(manifest.files):
            wrong = sorted(set(sums.items()) ^ set(manifest.files.items()))
            raise NotWhole(f"{wrong[0][0]} is not what was put in")
        yield manifest, folder


def _unpack(
    file: Path, key: bytes, folder: Path, told: Told
) -> tuple[dict[str, str], bytes | None]:
    sums: dict[str, str] = {}
    listed, total = None, file.stat().st_size
    with file.open("rb") as source, Reader(source, key) as sealed:
        try:
            with gzip.GzipFile(fileobj=sealed) as z, tarfile.open(fileobj=z, mode="r|") as archive:
                for member in archive:
                    content = archive.extractfile(member)
                    if content is None:
                        raise NotWhole(f"{member.name} is no file")
                    if member.name == lists.NAME:
                        listed = content.read()
                        continue
                    sums[member.name] = _write(content, folder / _safe(member.name))
                    told("unpacking", source.tell(), total)
                while z.read(CHUNK):
                    pass  # to the true end: what was cut off is noticed there
        except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
            raise Unreadable("it ends too early, or was changed") from error
    return sums, listed


def _safe(name: str) -> str:
    """Only names that a backup gives."""
    plain = name.removeprefix(EVIDENCE)
    good = name == DATABASE or (name != plain and plain.replace(".", "").replace("-", "").isalnum())
    if not good:
        raise NotWhole(f"{name!r} is no name of a backup")
    return name


def _write(content: IO[bytes], path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


# --- Putting it in place --------------------------------------------------------------------------


class _Target:
    """Where it goes."""

    def __init__(self, runtime: Runtime, *, replace: bool) -> None:
        self.runtime, self.replace = runtime, replace
        self.path = Path(str(runtime.db.url.database)).absolute()
        evidence = runtime.connections.evidence().root
        self.folder = self.path.parent if runtime.db.is_sqlite else evidence.parent

    def check(self) -> None:
        """Raises NotEmpty, before anything else is done."""
        if self.replace:
            return
        if self.runtime.db.is_sqlite:
            if self.path.exists() and self.path.stat().st_size:
                raise NotEmpty(f"{self.path} is there already")
        else:
            with self.runtime.db.read() as tx:
                if not postgres_copy.is_empty(tx):
                    raise NotEmpty("the database has tables already")
        root = self.runtime.connections.evidence().root
        if root.is_dir() and any(root.iterdir()):
            raise NotEmpty(f"{root} holds files already")

    def put_sqlite(self, copy: Path, manifest: Manifest) -> tuple[int, int, Path | None]:
        """Checked and made ready where it was unpacked; then one rename."""
        try:
            problems = sqlite_copy.problems_of(copy)
        except sqlite3.DatabaseError as error:
            problems = [str(error)]
        if problems:
            raise NotWhole(f"its database is damaged: {problems[0]}")
        copied = Database(f"sqlite:///{copy}")
        try:
            found = _checked(copied, manifest)
            _begin_carefully(copied, manifest, self.runtime)
        finally:
            copied.close()
        aside = self._aside()
        self.runtime.db.close()
        for beside in copy.parent.glob(f"{copy.name}-*"):
            beside.unlink()
        copy.rename(self.path)
        _sync(self.path.parent)
        return (*found, aside)

    def put_postgresql(self, dump: Path, manifest: Manifest) -> tuple[int, int, None]:
        """In one transaction of pg_restore; what does not check out is taken away again."""
        db, folder = self.runtime.db, self.runtime.settings.postgres_tools
        if self.replace:
            postgres_copy.empty(db)
        postgres_copy.restore(db, folder, dump)
        try:
            found = _checked(db, manifest)
        except NotWhole:
            postgres_copy.empty(db)
            raise
        _begin_carefully(db, manifest, self.runtime)
        return (*found, None)

    def _aside(self) -> Path | None:
        """What was there is kept beside, whole: a mistake can be taken back."""
        if not self.path.exists():
            return None
        stamp = f"{self.runtime.clock.now():%Y%m%dT%H%M%S}"
        aside = self.path.with_name(f"{self.path.name}.before-{stamp}")
        for ending in ("-wal", "-shm", "-journal", ""):
            there = self.path.with_name(self.path.name + ending)
            if there.exists():
                there.rename(aside.with_name(aside.name + ending))
        return aside


def _checked(db: Database, manifest: Manifest) -> tuple[int, int]:
    """Rows and links, each as the list says. How many of both."""
    with db.read() as tx:
        rows = _rows(tx, manifest)
        links = 0
        for shop, (n, noted) in sorted(manifest.heads.items()):
            walk = Walk(shop)
            broken = next(walk.go(tx), None)
            if broken is not None:
                where = f"link {broken.n}, order {broken.order_id} entry {broken.seq}"
                raise NotWhole(f"the history of {shop} is not as it was written: {where}")
            if (walk.n, walk.hash) != (n, noted) or chain_check.not_linked(tx, shop):
                raise NotWhole(f"the history of {shop} does not end where the list says")
            links += walk.looked
    return rows, links


def _rows(tx: Connection, manifest: Manifest) -> int:
    there = set(sa.inspect(tx).get_table_names())
    for name, count in manifest.rows.items():
        table = sa.table(name)
        query = sa.select(sa.func.count()).select_from(table)
        found = int(tx.execute(query).scalar_one()) if name in there else -1
        if found != count:
            raise NotWhole(f"{name} has {found} rows, and the list says {count}")
    return sum(manifest.rows.values())


def _put_evidence(runtime: Runtime, folder: Path) -> int:
    """Each file under its name; one that is there already has the same content by its name."""
    keep, count = runtime.connections.evidence(), 0
    keep.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in sorted((folder / EVIDENCE).iterdir()):
        sha256, _, derived = path.name.partition(".")
        place = keep.derived(sha256, derived) if derived else keep.path(sha256)
        for parent in (place.parent.parent, place.parent):
            parent.mkdir(mode=0o700, exist_ok=True)
        shutil.move(path, place)
        _sync(place.parent)
        count += 1
    return count


# --- Beginning carefully --------------------------------------------------------------------------


def _begin_carefully(db: Database, manifest: Manifest, runtime: Runtime) -> None:
    """What the backup does not know for certain may have happened: see `scheduler/careful.py`."""
    migrate.upgrade(db)
    now, since = runtime.clock.now(), manifest.moment - BEFORE
    with db.write() as tx:
        assert append_only.missing(tx) == []
        for shop in shops.everyone(tx):
            if shop.state == shops.UNINSTALLED:
                continue
            restorations.begin(tx, shop.shop, since, now)
            doubt.doubt_all(tx, shop.shop, since, now)
            known = shop.reconciled_to or since
            shops.change(tx, shop.shop, reconciled_to=min(known, since))
            mine = (purchases.c.shop == shop.shop) & purchases.c.look_at.is_not(None)
            tx.execute(sa.update(purchases).where(mine).values(look_at=now))
            n, noted = chain.head(tx, shop.shop)
            facts = {"link": n, "hash": noted}
            about = manifest.made_at
            by = deeds.OPERATOR
            deeds.add(tx, shop.shop, now, by=by, what="restored", about=about, facts=facts)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
