"""Looking inside a picture, in the examiner's own process: decoding it is the check.

Three formats are opened and no other. The header's size is looked at before a pixel is decoded.
What leaves later is a fresh JPEG, upright and with nothing the camera wrote.
"""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image, ImageFile, ImageOps, ImageStat, UnidentifiedImageError

from plugin.evidence.limits import Limits

FORMATS = ("JPEG", "PNG", "WEBP")
SEVERAL_IN_ONE = "MPO"
"""A JPEG with more pictures behind the first, as telephones and 3D cameras write it."""
SHOWN_SIDE = 2000
CLAIM_BYTES = 1_000_000
"""The platforms take pictures under one megabyte."""
CLAIM_SIDE = 1600
DARK_BELOW = 40
"""Mean brightness of 255 below which nobody sees the fault. Ours."""
SMALL_BELOW = 480
"""Pixels of the longer side. Ours."""
ORIENTATION = 0x0112
LYING = frozenset({5, 6, 7, 8})
"""Orientations in which width and height change places."""
TAKEN = 36867
"""EXIF DateTimeOriginal."""
TAKEN_OFFSET = 36881
EXIF_IFD = 0x8769
DAMAGED = (
    *(OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError),
    *(AttributeError, ArithmeticError, struct.error, zlib.error),
)
"""What decoders raise when bytes are not what they should be."""


class Unusable(Exception):
    """It is refused; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Looked:
    """What was found in a picture or video, and the copies made of it."""

    facts: dict[str, Any]
    advice: tuple[str, ...]
    copies: dict[str, bytes]


def look(path: Path, limits: Limits) -> Looked:
    """Decode, measure, copy. Raises Unusable."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        with Image.open(path, formats=FORMATS) as image:
            _check_header(image, limits)
            facts = _header_facts(image)
            shown = _shown(image)
    except Unusable:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise Unusable("too_many_pixels") from None
    except UnidentifiedImageError:
        raise Unusable("not_a_picture_or_video") from None
    except DAMAGED:
        raise Unusable("cut_off") from None
    brightness = int(ImageStat.Stat(shown.convert("L")).mean[0])
    advice = (("too_dark",) if brightness < DARK_BELOW else ()) + (
        ("too_small",) if max(facts["width"], facts["height"]) < SMALL_BELOW else ()
    )
    return Looked(
        facts | {"brightness": brightness, "likeness": _likeness(shown)},
        advice,
        {"picture.jpg": jpeg(shown, SHOWN_SIDE, 85), "claim.jpg": _claim(shown)},
    )


def jpeg(image: Image.Image, side: int, quality: int) -> bytes:
    """A fresh JPEG, at most `side` pixels long, of the pixels alone."""
    small = image.copy()
    small.thumbnail((side, side))
    bare = Image.new("RGB", small.size)
    bare.paste(small)  # a new picture has no metadata to forget
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _check_header(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.pixels or max(width, height) > limits.side:
        raise Unusable("too_many_pixels")
    if width < 1 or height < 1:
        raise Unusable("cut_off")
    # Of several pictures in one JPEG the first is the photograph; the others never move.
    if image.format != SEVERAL_IN_ONE and getattr(image, "n_frames", 1) > limits.frames:
        raise Unusable("too_many_frames")


def _header_facts(image: Image.Image) -> dict[str, Any]:
    """Format, size as it is seen, capture time. Notes nobody can read are no notes."""
    orientation, taken = 1, ""
    with contextlib.suppress(*DAMAGED):
        notes = image.getexif()
        orientation = notes.get(ORIENTATION, 1)
        taken = _taken(notes.get_ifd(EXIF_IFD))
    width, height = image.size[::-1] if orientation in LYING else image.size
    kind = "JPEG" if image.format == SEVERAL_IN_ONE else image.format
    return {"format": kind, "width": width, "height": height, "taken": taken}


def _taken(details: dict[int, Any]) -> str:
    """When the camera says it was taken, in ISO 8601; with its zone only where it names one."""
    at, offset = str(details.get(TAKEN, "")), str(details.get(TAKEN_OFFSET, ""))
    with contextlib.suppress(ValueError):
        return datetime.strptime(f"{at} {offset}", "%Y:%m:%d %H:%M:%S %z").isoformat()
    with contextlib.suppress(ValueError):
        return datetime.strptime(at, "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007 - no zone
    return ""


def _shown(image: Image.Image) -> Image.Image:
    """All of it decoded, then small, upright and plain, in this order: memory is short."""
    if image.mode in {"1", "P", "PA"} or (image.mode == "RGB" and "transparency" in image.info):
        image = image.convert("RGBA")  # neither palettes nor a see-through colour can be shrunk
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    image.load()
    with contextlib.suppress(*DAMAGED):
        image = ImageOps.exif_transpose(image)
    return _plain(image)


def _plain(image: Image.Image) -> Image.Image:
    """Eight bits, three colours, nothing see-through: what every viewer shows alike."""
    if image.mode.startswith("I"):
        # Sixteen bits are brought down to eight, not cut off at white.
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in {"RGBA", "LA"}:
        rgba = image.convert("RGBA")
        ground = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(ground, rgba).convert("RGB")
    return image.convert("RGB")


def _claim(image: Image.Image) -> bytes:
    side = CLAIM_SIDE
    while True:
        made = jpeg(image, side, 80)
        if len(made) < CLAIM_BYTES or side < 200:
            return made
        side = side * 3 // 4


def _likeness(image: Image.Image) -> str:
    """64 bits, one for each step in brightness: pictures of the same thing differ in few."""
    tiny = list(image.convert("L").resize((9, 8)).tobytes())
    bits = 0
    for row in range(8):
        for column in range(8):
            left, right = tiny[row * 9 + column], tiny[row * 9 + column + 1]
            bits = bits << 1 | (left > right)
    return f"{bits:016x}"
