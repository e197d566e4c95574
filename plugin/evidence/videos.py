"""Looking inside a video, in the examiner's own process; without PyAV only at its outside.

MP4, MOV and WebM by content. Up to three stills are taken, because the platforms take pictures.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from plugin.evidence.limits import Limits
from plugin.evidence.pictures import Looked, Unusable, jpeg
from plugin.evidence.signature import is_whole

STILLS = 3
STILL_SIDE = 1600
STILL_QUALITY = 80
DEMUXERS = {"video/mp4": "mov", "video/quicktime": "mov", "video/webm": "matroska"}
"""Named, not guessed: a guess can end at a playlist that opens other files."""
DECODERS = "h264,hevc,mpeg4,h263,mjpeg,prores,vp8,vp9,libvpx-vp9,libdav1d,av1"
"""What telephones, cameras and browsers write. The decoders nobody needs stay shut."""
MICROSECONDS = 1_000_000
LYING = 90
"""Degrees of a film held upright: width and height change places."""


def look(path: Path, mime: str, limits: Limits, *, without_av: bool = False) -> tuple[Looked, bool]:
    """(what was found, whether anybody could look inside). Raises Unusable."""
    if not is_whole(path, mime):
        raise Unusable("cut_off")
    if not without_av:
        try:
            import av
        except ImportError:
            without_av = True
    if without_av:
        return Looked({}, (), {}), False
    options = {"protocol_whitelist": "file", "codec_whitelist": DECODERS}
    try:
        with av.open(
            str(path), format=DEMUXERS[mime], options=options, metadata_errors="ignore"
        ) as container:
            return _look(container, limits), True
    except Unusable:
        raise
    except MemoryError:
        raise Unusable("too_many_pixels") from None
    except (av.FFmpegError, ValueError, OSError):
        raise Unusable("cut_off") from None


def _look(container: Any, limits: Limits) -> Looked:
    if len(container.streams) > limits.video_streams:
        raise Unusable("not_a_picture_or_video")
    stream = next(filter(_moves, container.streams.video), None)
    if stream is None or stream.codec_context is None:
        raise Unusable("not_a_picture_or_video")
    if stream.codec_context.codec.name not in DECODERS.split(","):
        raise Unusable("not_a_picture_or_video")
    seconds = (container.duration or 0) / MICROSECONDS
    if seconds > limits.video_seconds:
        raise Unusable("too_long")
    if max(stream.width or 0, stream.height or 0) > limits.video_side:
        raise Unusable("too_many_pixels")
    # A thread for each processor would take more address space than there is.
    stream.codec_context.thread_count = 1
    width, height, stills = _stills(container, stream, seconds)
    # A browser's own recording does not say how long it is.
    known = {"seconds": round(seconds)} if seconds else {}
    copies = {f"still-{number}.jpg": still for number, still in enumerate(stills, 1)}
    return Looked({"width": width, "height": height, **known}, (), copies)


def _moves(stream: Any) -> bool:
    """A song's cover is a video stream too, of one picture."""
    return not (stream.disposition & type(stream.disposition).attached_pic)


def _stills(container: Any, stream: Any, seconds: float) -> tuple[int, int, list[bytes]]:
    """(width and height as it is seen, the first frame and two later ones where there are any)."""
    frames = []
    for part in range(STILLS):
        if part:
            if seconds < 1:
                break
            container.seek(int(seconds * MICROSECONDS * part / STILLS))
        frame = next(container.decode(stream), None)
        if frame is None:
            break
        frames.append(frame)
    if not frames:
        raise Unusable("cut_off")
    first = frames[0]
    size = (first.width, first.height)
    width, height = size[::-1] if first.rotation % 180 == LYING else size
    stills = [
        jpeg(one.to_image().rotate(one.rotation, expand=True), STILL_SIDE, STILL_QUALITY)
        for one in frames
    ]
    return width, height, stills
