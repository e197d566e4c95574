"""The process that looks inside: confined, cut off from what is ours, and believed in little."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from plugin.evidence import check, examiner
from plugin.evidence.check import examine, keep_copies
from plugin.evidence.keep import Keep, NoSpace
from plugin.evidence.limits import EXAMINER_BYTES, EXAMINER_SECONDS, LIMITS, MEGABYTE
from tests.evidence import files


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture"
    path.write_bytes(files.picture())
    return path


def in_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "nothing"
    path.touch()

    assert examine(path).reason == "empty"


def test_one_byte_over_the_limit_is_too_large(picture):
    size = picture.stat().st_size

    assert examine(picture, replace(LIMITS, picture_bytes=size)).accepted
    assert examine(picture, replace(LIMITS, picture_bytes=size - 1)).reason == "too_large"


def test_the_limits_are_the_promised_ones():
    assert (LIMITS.picture_bytes, LIMITS.video_bytes) == (20 * MEGABYTE, 200 * MEGABYTE)
    assert (LIMITS.files_per_case, LIMITS.shop_bytes) == (10, 2048 * MEGABYTE)
    assert (EXAMINER_SECONDS, EXAMINER_BYTES) == (10, 512 * MEGABYTE)


@pytest.mark.parametrize(
    "name",
    [
        *("-rf.jpg", "a.jpg;id", "$(id).jpg", "a b\n.jpg", "图片.jpg", "\u202egpj.exe"),
        *("x" * 250, "....", ".htaccess", "CON", 'a".jpg', "a.php"),
    ],
)
def test_a_name_changes_nothing(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(files.picture())

    assert examine(path).accepted


def test_a_path_from_here_is_the_same_file_to_the_examiner(picture, monkeypatch):
    monkeypatch.chdir(picture.parent)

    assert examine(Path(picture.name)).accepted


def test_the_app_itself_loads_no_decoder():
    done = in_python(
        "import sys, plugin.evidence.check; print([m for m in ('PIL', 'av') if m in sys.modules])"
    )

    assert done.stdout.strip() == "[]", done.stderr


def test_the_examiner_has_little_time_memory_and_disk():
    done = in_python(
        "import json, resource as r; from plugin.evidence.examine_file import confine; confine()\n"
        "print(json.dumps([r.getrlimit(x)[1] for x in (r.RLIMIT_CPU, r.RLIMIT_AS, r.RLIMIT_CORE)]))"
        "\nbytearray(600 * 2**20)"
    )

    assert json.loads(done.stdout) == [EXAMINER_SECONDS, EXAMINER_BYTES, 0]
    assert done.stderr.strip().endswith("MemoryError")


def test_the_examiner_sees_none_of_our_secrets(picture, monkeypatch):
    seen = {}

    def told(_command, **how):
        seen.update(how["env"])
        return subprocess.CompletedProcess([], 1, b"")

    monkeypatch.setenv("POSTVENDITA_SECRET_KEY", "secret")
    monkeypatch.setattr(examiner.subprocess, "run", told)

    assert examine(picture).reason == "examiner_failed"
    assert set(seen) <= {*examiner.PASSED_ON, "POSTVENDITA_EXAMINER_LIMITS"}


def test_an_examiner_that_takes_too_long_is_ended(picture, monkeypatch):
    monkeypatch.setattr(examiner, "EXAMINER_WALL_SECONDS", 0.001)

    assert examine(picture).reason == "examiner_failed"


def test_an_examiner_that_dies_fails_one_upload_and_says_so(picture):
    assert examine(picture, environment={"PYTHONHOME": "/nowhere"}).reason == "examiner_failed"


@pytest.mark.parametrize(
    "said", [b"", b"nonsense", b"\xff\xfe", b"[]", b"null", b'{"reason": "<script>"}']
)
def test_an_examiner_that_speaks_nonsense_is_not_believed(picture, monkeypatch, said):
    monkeypatch.setattr(
        examiner.subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], 0, said)
    )

    assert examine(picture).reason == "examiner_failed"


def test_only_files_of_our_own_names_come_back_from_the_examiner(picture, monkeypatch, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")

    def deceived(command, **_how):
        folder = Path(command[-1])
        (folder / "picture.jpg").write_bytes(b"copy")
        (folder / "evil.html").write_bytes(files.HTML)
        (folder / "claim.jpg").symlink_to(secret)
        answer = {"media": "picture", "mime": "image/jpeg", "checked": True}
        said = json.dumps(answer | {"facts": {}, "advice": []}).encode()
        return subprocess.CompletedProcess([], 0, said)

    monkeypatch.setattr(examiner.subprocess, "run", deceived)

    assert examine(picture).copies == {"picture.jpg": b"copy"}


def test_no_room_for_the_copies_is_no_verdict_about_the_file(picture, monkeypatch):
    said = b'{"reason": "no_space"}'
    monkeypatch.setattr(
        examiner.subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], 0, said)
    )
    with pytest.raises(NoSpace):
        examine(picture)


def test_a_full_temporary_folder_is_no_verdict_either(picture, monkeypatch):
    def full(**_how):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(check.tempfile, "TemporaryDirectory", full)
    with pytest.raises(NoSpace):
        examine(picture)


def test_the_process_does_not_grow_with_what_is_uploaded(tmp_path):
    keep, content = Keep(tmp_path / "evidence"), files.picture((2400, 1800))

    def upload(number: int, *, looked_at: bool) -> None:
        received = keep.receive(BytesIO(content + bytes(number)), LIMITS.picture_bytes)
        if looked_at:
            keep_copies(keep, received.sha256, examine(received.path))

    upload(0, looked_at=True)
    before = resident()
    for number in range(1, 101):
        upload(number, looked_at=number % 20 == 0)

    assert resident() - before < 8 * MEGABYTE


def resident() -> int:
    """Bytes this process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
