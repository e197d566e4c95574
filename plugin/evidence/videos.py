"""Looking inside a video, in the examiner's own process; without PyAV only at its outside.

MP4, MOV and WebM by content. Up to three stills are taken, because the platforms take pictures.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from plugin.evidence.limits import Limits
from plugin.evidence.pictures import Looked, Unusable

STILLS = 3
STILL_SIDE = 1600
CONTAINERS = frozenset({"mov", "mp4", "matroska", "webm"})
MICROSECONDS = 1_000_000


def mime_of(head: bytes) -> str:
    """What the first bytes say a file is; empty for anything but the three."""
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:64]:
        return "video/webm"
    return ""


def look(path: Path, limits: Limits, *, without_av: bool = False) -> tuple[Looked, bool]:
    """(what was found, whether anybody could look inside). Raises Unusable."""
    if not without_av:
        try:
            import av
        except ImportError:
            without_av = True
    if without_av:
        return Looked({}, (), {}), False
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            return _look(container, limits), True
    except Unusable:
        raise
    except (av.FFmpegError, ValueError, OSError, MemoryError):
        raise Unusable("cut_off") from None


def _look(container: Any, limits: Limits) -> Looked:
    if not set(container.format.name.split(",")) & CONTAINERS:
        raise Unusable("not_a_picture_or_video")
    if len(container.streams) > limits.video_streams:
        raise Unusable("too_many_frames")
    if not container.streams.video:
        raise Unusable("not_a_picture_or_video")
    stream = container.streams.video[0]
    seconds = (container.duration or 0) / MICROSECONDS
    if seconds > limits.video_seconds:
        raise Unusable("too_long")
    if max(stream.width or 0, stream.height or 0) > limits.video_side:
        raise Unusable("too_many_pixels")
    stills = _stills(container, stream, seconds)
    if not stills:
        raise Unusable("cut_off")
    facts = {"width": stream.width, "height": stream.height, "seconds": round(seconds)}
    copies = {f"still-{number}.jpg": still for number, still in enumerate(stills, 1)}
    return Looked(facts, (), copies)


def _stills(container: Any, stream: Any, seconds: float) -> list[bytes]:
    """The first frame, and one from the middle and near the end where it is long enough."""
    found: list[bytes] = []
    for part in range(STILLS):
        if part:
            if seconds < 1:
                break
            container.seek(int(seconds * MICROSECONDS * part / STILLS))
        frame = next(container.decode(stream), None)
        if frame is None:
            break
        image = frame.to_image()
        image.thumbnail((STILL_SIDE, STILL_SIDE))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=80)
        found.append(out.getvalue())
    return found
