"""Films made on the spot: tiny, and with every fault a film can have."""

from __future__ import annotations

import struct
from pathlib import Path

import av
from av.stream import Disposition
from PIL import Image

RATE = 12
WIDTH, HEIGHT = 160, 120
PLACE = "+45.0703+007.6869/"
MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
QUARTER_TURN = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
"""Held upright: to be shown turned clockwise by 90 degrees."""


def film(
    path: Path,
    *,
    codec: str = "mpeg4",
    frames: int = 36,
    tracks: int = 1,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
    container: str | None = None,
) -> bytes:
    """Red above, blue below, and a little darker with every frame; twelve frames a second."""
    with av.open(str(path), "w", format=container, options=options or {}) as out:
        out.metadata.update(metadata or {})
        streams = [out.add_stream(codec, rate=RATE) for _ in range(tracks)]
        for stream in streams:
            stream.width, stream.height = size
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            stream.gop_size = RATE
        for stream in streams:
            for number in range(frames):
                frame = av.VideoFrame.from_image(_flag(size, 255 - number % 64))
                frame.pts = number
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
    return path.read_bytes()


def song(path: Path, *, cover: bool = False) -> bytes:
    """Sound alone; with a cover there is a video stream of one picture beside it."""
    with av.open(str(path), "w") as out:
        sound = out.add_stream("aac", rate=8000)
        sound.layout = "mono"
        stream = out.add_stream("mjpeg", rate=1) if cover else None
        if stream:
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
            stream.disposition = Disposition.attached_pic
            picture = av.VideoFrame.from_image(_flag((WIDTH, HEIGHT), 200))
            out.mux(stream.encode(picture))
            out.mux(stream.encode(None))
        for _ in range(8):
            frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            frame.planes[0].update(bytes(frame.planes[0].buffer_size))
            frame.sample_rate = 8000
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    return path.read_bytes()


def held_upright(content: bytes) -> bytes:
    """The same film as a telephone held upright writes it."""
    at = content.index(b"tkhd") + 44
    assert content[at : at + len(MATRIX)] == MATRIX
    return content[:at] + QUARTER_TURN + content[at + len(MATRIX) :]


def hours_long(path: Path, hours: int) -> bytes:
    """A few frames, an hour from one to the next."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=1)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(hours + 1):
            frame = av.VideoFrame.from_image(_flag((WIDTH, HEIGHT), 200))
            frame.pts = number * 3600
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path.read_bytes()


def _flag(size: tuple[int, int], strength: int) -> Image.Image:
    image = Image.new("RGB", size, (strength, 0, 0))
    image.paste((0, 0, strength), (0, size[1] // 2, size[0], size[1]))
    return image
