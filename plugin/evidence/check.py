"""Is a file a picture or a video? The parent's side: it asks the examiner, and never decodes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plugin.evidence import videos
from plugin.evidence.examine_file import limits_of
from plugin.evidence.keep import Keep
from plugin.evidence.limits import EXAMINER_WALL_SECONDS, LIMITS, Limits

ALIKE = 4
"""Bits of 64 in which two pictures of the same thing differ at most."""
LIKENESS_BITS = 16


@dataclass(frozen=True)
class Finding:
    """What a file is, or why it is refused."""

    reason: str = ""
    """Empty when accepted: empty, too_large, not_a_picture_or_video, cut_off, too_many_pixels,
    too_many_frames, too_long, examiner_failed."""
    media: str = ""
    mime: str = ""
    checked: bool = True
    """False: nobody could look inside."""
    advice: tuple[str, ...] = ()
    """too_dark, too_small, same_again: said at once, never in the way."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    copies: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """It may be kept as evidence."""
        return not self.reason


def examine(
    path: Path, limits: Limits = LIMITS, *, environment: Mapping[str, str] | None = None
) -> Finding:
    """Look at a file by its content alone; its name says nothing."""
    size = path.stat().st_size
    if size == 0:
        return Finding("empty")
    with path.open("rb") as file:
        is_video = bool(videos.mime_of(file.read(64)))
    if size > (limits.video_bytes if is_video else limits.picture_bytes):
        return Finding("too_large")
    with tempfile.TemporaryDirectory(prefix="postvendita-") as folder:
        told = _ask(path, Path(folder), limits, environment or {})
        if told is None:
            return Finding("examiner_failed")
        if "reason" in told:
            return Finding(str(told["reason"]))
        copies = {one.name: one.read_bytes() for one in sorted(Path(folder).iterdir())}
    return Finding(
        media=str(told["media"]),
        mime=str(told["mime"]),
        checked=bool(told["checked"]),
        advice=tuple(map(str, told["advice"])),
        facts=told["facts"],
        copies=copies,
    )


def keep_copies(keep: Keep, sha256: str, finding: Finding) -> None:
    """Keep the copies beside the original. Raises NoSpace."""
    for name, content in finding.copies.items():
        keep.put_derived(sha256, name, content)


def same_again(finding: Finding, others: Sequence[Mapping[str, Any]]) -> bool:
    """It shows what another picture of the case shows already, as far as brightness tells."""
    mine = str(finding.facts.get("likeness", ""))
    return any(_alike(mine, str(other.get("likeness", ""))) for other in others)


def _alike(one: str, other: str) -> bool:
    if len(one) != LIKENESS_BITS or len(other) != LIKENESS_BITS:
        return False
    return (int(one, 16) ^ int(other, 16)).bit_count() <= ALIKE


def _ask(
    path: Path, folder: Path, limits: Limits, environment: Mapping[str, str]
) -> dict[str, Any] | None:
    """The examiner's answer; None when it died or took too long."""
    command = [sys.executable, "-m", "plugin.evidence.examine_file", str(path), str(folder)]
    known = {
        name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            command,
            capture_output=True,
            timeout=EXAMINER_WALL_SECONDS,
            check=False,
            cwd=Path(__file__).parents[2],
            env={**known, **environment, "POSTVENDITA_EXAMINER_LIMITS": limits_of(limits)},
        )
        answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, json.JSONDecodeError, UnicodeDecodeError):
        return None
    return answer or None
