"""Where files are kept: by their SHA-256, in a folder nobody else may read.

A file is written under a passing name, synced and renamed, so a crash leaves the whole file or
none. Nothing a person typed is ever part of a path. Files that no case needs are swept later: the
file is there before its row is.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

CHUNK = 256 * 1024
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
NAME = re.compile(r"[a-z0-9-]{1,40}\.(jpg|json)", re.ASCII)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class TooLarge(Exception):
    """More came than may come; nothing of it was kept."""


class NoSpace(Exception):
    """The disk is full; nothing of it was kept. Again later."""


@dataclass(frozen=True)
class Received:
    """A kept file."""

    sha256: str
    size: int
    path: Path


class Keep:
    """A folder of files, by content."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def receive(self, stream: BinaryIO, limit: int) -> Received:
        """Keep what comes, up to `limit` bytes. The same content twice is one file.

        Raises TooLarge, reading no further, and NoSpace.
        """
        try:
            return self._receive(stream, limit)
        except OSError as error:
            if error.errno in FULL:
                raise NoSpace from None
            raise

    def path(self, sha256: str) -> Path:
        """Where a file is, or would be. Raises ValueError for anything but a SHA-256."""
        if not DIGEST.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def derived(self, sha256: str, name: str) -> Path:
        """Where a copy made of a file is, or would be: `picture.jpg`, `still-1.jpg`."""
        if not NAME.fullmatch(name):
            raise ValueError("not a name of ours")
        original = self.path(sha256)
        return original.with_name(f"{original.name}.{name}")

    def put_derived(self, sha256: str, name: str, content: bytes) -> Path:
        """Keep a copy made of a file. Raises NoSpace."""
        target = self.derived(sha256, name)
        try:
            with self._passing(target.parent) as passing:
                passing.write_bytes(content)
                passing.replace(target)
        except OSError as error:
            if error.errno in FULL:
                raise NoSpace from None
            raise
        return target

    def remove(self, sha256: str) -> None:
        """Take a file and all copies made of it away."""
        original = self.path(sha256)
        if original.parent.is_dir():
            for one in original.parent.glob(f"{sha256}*"):
                one.unlink(missing_ok=True)

    def sweep(self, known: Collection[str], older_than: datetime) -> int:
        """Remove what no case needs and nobody has touched since; how many files."""
        if not self.root.is_dir():
            return 0
        before, gone = older_than.timestamp(), 0
        for path in self.root.rglob("*"):
            if not path.is_file() or path.stat().st_mtime >= before:
                continue
            if path.name.partition(".")[0] not in known:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _receive(self, stream: BinaryIO, limit: int) -> Received:
        self._folder(self.root)
        digest, size = hashlib.sha256(), 0
        with self._passing(self.root) as passing:
            with passing.open("wb") as out:
                os.fchmod(out.fileno(), 0o600)
                while chunk := stream.read(min(CHUNK, limit + 1 - size)):
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            target = self.path(digest.hexdigest())
            self._folder(target.parent)
            if target.is_file():
                os.utime(target)  # somebody needs it again: not to be swept right now
            else:
                passing.replace(target)
                _sync(target.parent)
        return Received(digest.hexdigest(), size, target)

    @contextlib.contextmanager
    def _passing(self, folder: Path) -> Iterator[Path]:
        """A name that passes: renamed in time, or gone with whatever went wrong."""
        passing = folder / f"incoming-{secrets.token_hex(8)}"
        try:
            yield passing
        finally:
            passing.unlink(missing_ok=True)

    def _folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
