"""Files by content: whole or not at all, once, private, swept when nobody needs them."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from plugin.evidence import keep as module
from plugin.evidence.keep import Keep, NoSpace, TooLarge

OLD = datetime(2026, 11, 2, tzinfo=UTC)
FRESH = datetime(2026, 11, 3, tzinfo=UTC)


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    return Keep(tmp_path / "evidence")


def kept_files(keep: Keep) -> list[Path]:
    return [p for p in keep.root.rglob("*") if p.is_file()]


def test_a_file_is_kept_under_its_content_and_nobody_else_may_read_it(keep):
    received = keep.receive(BytesIO(b"proof"), 100)

    assert received.path.read_bytes() == b"proof"
    assert received.path.name == received.sha256
    assert received.path.stat().st_mode & 0o777 == 0o600
    assert keep.root.stat().st_mode & 0o777 == 0o700


def test_the_same_file_a_hundred_times_is_one_file(keep):
    received = {keep.receive(BytesIO(b"proof"), 100).path for _ in range(100)}

    assert kept_files(keep) == list(received)


class Endless:
    """A stream that never ends, and counts what was read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int) -> bytes:
        self.read_bytes += size
        return b"x" * size


def test_a_stream_without_end_is_read_no_further_than_its_limit(keep):
    endless = Endless()

    with pytest.raises(TooLarge):
        keep.receive(endless, 1_000_000)

    assert endless.read_bytes <= 1_000_001
    assert kept_files(keep) == []


def test_a_full_disk_keeps_nothing_and_says_so(keep, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(NoSpace):
        keep.receive(BytesIO(b"proof"), 100)
    assert kept_files(keep) == []


def test_a_break_half_way_leaves_nothing(keep):
    class Broken:
        def read(self, _size: int) -> bytes:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        keep.receive(Broken(), 100)
    assert kept_files(keep) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.jpg", "", "x.php", "A.jpg", "a" * 50])
def test_no_name_but_our_own_is_part_of_a_path(keep, name):
    sha256 = keep.receive(BytesIO(b"proof"), 100).sha256

    with pytest.raises(ValueError, match="not a name of ours"):
        keep.derived(sha256, name)
    with pytest.raises(ValueError, match="not a SHA-256"):
        keep.path(f"../{sha256}")


def test_what_no_case_needs_is_swept_and_what_one_needs_stays(keep):
    needed = keep.receive(BytesIO(b"needed"), 100)
    orphan = keep.receive(BytesIO(b"orphan"), 100)
    fresh = keep.receive(BytesIO(b"fresh"), 100)
    keep.put_derived(needed.sha256, "picture.jpg", b"copy")
    keep.put_derived(orphan.sha256, "picture.jpg", b"copy")
    (keep.root / "incoming-0").write_bytes(b"half")
    for path in kept_files(keep):
        moment = OLD if path != fresh.path else FRESH
        os.utime(path, (moment.timestamp(), moment.timestamp()))

    assert keep.sweep({needed.sha256}, OLD + timedelta(seconds=1)) == 3
    assert {p.name for p in kept_files(keep)} == {
        needed.sha256,
        f"{needed.sha256}.picture.jpg",
        fresh.sha256,
    }


def test_a_file_that_is_taken_away_takes_its_copies_along(keep):
    received = keep.receive(BytesIO(b"proof"), 100)
    keep.put_derived(received.sha256, "claim.jpg", b"copy")

    keep.remove(received.sha256)

    assert kept_files(keep) == []
