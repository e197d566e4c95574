"""Every limit on what may be uploaded, once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one file, one case and one shop may hold."""

    picture_bytes: int = 20 * MEGABYTE
    video_bytes: int = 200 * MEGABYTE
    files_per_case: int = 10
    shop_bytes: int = 2048 * MEGABYTE
    pixels: int = 40_000_000
    """Read off the header, before anything is decoded."""
    side: int = 16_000
    frames: int = 1
    """A picture that moves is none."""
    video_seconds: int = 600
    video_side: int = 4_096
    video_streams: int = 8

    def as_json(self) -> str:
        """As the examiner is told them."""
        return json.dumps(asdict(self))


LIMITS = Limits()
EXAMINER_SECONDS = 10
"""Processor time one file may take."""
EXAMINER_WALL_SECONDS = 15
EXAMINER_BYTES = 512 * MEGABYTE
"""Address space of the process that decodes: 40 million pixels of JPEG or PNG fit."""
COPY_BYTES = 16 * MEGABYTE
"""The largest file the examiner may write."""
