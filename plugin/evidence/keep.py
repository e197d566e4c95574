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


@contextlib.contextmanager
def room() -> Iterator[None]:
    """What is written in here finds room, or NoSpace is raised."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoSpace from None
        raise


@dataclass(frozen=True)
class Received:
    """A kept file."""

    sha256: str
    size: int
    path: Path


class Keep:
    """A folder of files, by content."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()  # one folder, whoever changes directory meanwhile

    def receive(self, stream: BinaryIO, limit: int) -> Received:
        """Keep what comes, up to `limit` bytes. The same content twice is one file.

        Raises TooLarge, reading no further, and NoSpace.
        """
        digest, size = hashlib.sha256(), 0
        with self._incoming() as incoming:
            while chunk := stream.read(min(CHUNK, limit + 1 - size)):
                size += len(chunk)
                if size > limit:
                    raise TooLarge
                digest.update(chunk)
                incoming.write(chunk)
            target = self.path(digest.hexdigest())
            self._settle(incoming, target)
        return Received(digest.hexdigest(), size, target)

    def path(self, sha256: str) -> Path:
        """Where a file is, or would be. Raises ValueError for anything but a SHA-256."""
        if not DIGEST.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def derived(self, sha256: str, name: str) -> Path:
        """Where a copy made of a file is, or would be: `picture.jpg`, `still-1.jpg`.

        Raises ValueError for a name that is not of this kind.
        """
        if not NAME.fullmatch(name):
            raise ValueError("not a name of ours")
        original = self.path(sha256)
        return original.with_name(f"{original.name}.{name}")

    def put_derived(self, sha256: str, name: str, content: bytes) -> Path:
        """Keep a copy made of a file. Raises NoSpace."""
        target = self.derived(sha256, name)
        with self._incoming() as incoming:
            incoming.write(content)
            self._settle(incoming, target)
        return target

    def remove(self, sha256: str) -> None:
        """Take a file and all copies made of it away."""
        original = self.path(sha256)
        if original.parent.is_dir():
            for one in original.parent.glob(f"{sha256}*"):
                one.unlink(missing_ok=True)

    def sweep(self, known: Collection[str], older_than: datetime) -> int:
        """Remove what no case needs and nobody has touched since; how many files."""
        before, gone = older_than.timestamp(), 0
        for path in self.root.rglob("*"):
            # Others receive and remove meanwhile: what has gone by itself is no trouble.
            with contextlib.suppress(FileNotFoundError):
                if path.name.partition(".")[0] in known or not path.is_file():
                    continue
                if path.stat().st_mtime < before:
                    path.unlink()
                    gone += 1
        return gone

    @contextlib.contextmanager
    def _incoming(self) -> Iterator[BinaryIO]:
        """A file under a passing name: settled in time, or gone with whatever went wrong."""
        with room():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            passing = self.root / f"incoming-{secrets.token_hex(8)}"
            try:
                with open(passing, "xb", opener=_private) as file:
                    yield file
            finally:
                passing.unlink(missing_ok=True)

    def _settle(self, incoming: BinaryIO, target: Path) -> None:
        """On the disk first, then under its name: a row may say that it is there.

        A file that is there already is replaced by its like, and so is young again to a sweep.
        """
        incoming.flush()
        os.fsync(incoming.fileno())
        for folder in (target.parent.parent, target.parent):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
                _sync(folder.parent)
        Path(incoming.name).replace(target)
        _sync(target.parent)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
