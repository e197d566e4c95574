"""Is a file a picture or a video, and is it good enough to prove something?"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plugin.evidence import examiner
from plugin.evidence.keep import NAME, Keep, NoSpace, room
from plugin.evidence.limits import LIMITS, Limits
from plugin.evidence.signature import HEAD, mime_of

REASONS = frozenset(
    {
        *("empty", "too_large", "not_a_picture_or_video", "cut_off", "examiner_failed"),
        *("too_many_pixels", "too_many_frames", "too_long"),
    }
)
"""Why a file is refused; each has words of its own."""
ALIKE = 4
"""Bits of 64 in which two pictures of the same thing differ at most."""
LIKENESS_DIGITS = 16


@dataclass(frozen=True)
class Finding:
    """What a file is, or why it is refused."""

    reason: str = ""
    """One of REASONS; empty when accepted."""
    media: str = ""
    """picture or video."""
    mime: str = ""
    checked: bool = True
    """False: nobody could look inside."""
    advice: tuple[str, ...] = ()
    """too_dark, too_small, same_again: said at once, never in the way."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Of a picture format, width, height, taken, brightness, likeness; of a video width, height
    and, where it says so, seconds. Sizes are those of the upright original."""
    copies: Mapping[str, bytes] = field(default_factory=dict)
    """`picture.jpg` and `claim.jpg` of a picture, `still-1.jpg` and so on of a video."""

    @property
    def accepted(self) -> bool:
        """It may be kept as evidence."""
        return not self.reason


def examine(
    path: Path, limits: Limits = LIMITS, *, environment: Mapping[str, str] | None = None
) -> Finding:
    """Look at a file by its content alone; its name says nothing.

    Raises NoSpace when the disk has no room for the copies.
    """
    size = path.stat().st_size
    if size == 0:
        return Finding("empty")
    with path.open("rb") as file:
        is_video = bool(mime_of(file.read(HEAD)))
    if size > (limits.video_bytes if is_video else limits.picture_bytes):
        return Finding("too_large")
    with room(), tempfile.TemporaryDirectory(prefix="postvendita-") as folder:
        told = examiner.ask(path, Path(folder), limits, environment or {})
        if told is None:
            return Finding("examiner_failed")
        if "reason" in told:
            return _refused(str(told["reason"]))
        copies = _copies(Path(folder))
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
    if len(one) != LIKENESS_DIGITS or len(other) != LIKENESS_DIGITS:
        return False
    return (int(one, 16) ^ int(other, 16)).bit_count() <= ALIKE


def _refused(reason: str) -> Finding:
    if reason == "no_space":
        raise NoSpace
    return Finding(reason if reason in REASONS else "examiner_failed")


def _copies(folder: Path) -> dict[str, bytes]:
    """Only files of our own names: the process that wrote them has read a stranger's bytes."""
    return {
        one.name: one.read_bytes()
        for one in sorted(folder.iterdir())
        if NAME.fullmatch(one.name) and one.is_file() and not one.is_symlink()
    }
