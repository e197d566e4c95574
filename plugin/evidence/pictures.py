"""Looking inside a picture, in the examiner's own process: decoding it is the check.

Three formats are opened and no other. The header's size is looked at before a pixel is decoded.
What leaves later is a fresh JPEG, upright and with nothing the camera wrote.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageFile, ImageOps, ImageStat, UnidentifiedImageError

from plugin.evidence.limits import Limits

FORMATS = ("JPEG", "PNG", "WEBP")
SHOWN_SIDE = 2000
CLAIM_BYTES = 1_000_000
"""The platforms take pictures under one megabyte."""
CLAIM_SIDE = 1600
DARK_BELOW = 40
"""Mean brightness of 255 below which nobody sees the fault. Ours."""
SMALL_BELOW = 480
"""Pixels of the longer side. Ours."""
TAKEN = 36867
"""EXIF DateTimeOriginal."""
TAKEN_OFFSET = 36881
EXIF_IFD = 0x8769


class Unusable(Exception):
    """It is refused; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Looked:
    """What was found in a picture, and the copies made of it."""

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
            taken = _taken(image)
            kind = str(image.format)
            image.load()
            upright = ImageOps.exif_transpose(image)
            shown = _plain(upright)
    except Unusable:
        raise
    except Image.DecompressionBombError:
        raise Unusable("too_many_pixels") from None
    except UnidentifiedImageError:
        raise Unusable("not_a_picture_or_video") from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
        raise Unusable("cut_off") from None
    brightness = int(ImageStat.Stat(shown.convert("L")).mean[0])
    facts = {
        "format": kind,
        "width": shown.width,
        "height": shown.height,
        "brightness": brightness,
        "likeness": _likeness(shown),
        "taken": taken,
    }
    advice = (("too_dark",) if brightness < DARK_BELOW else ()) + (
        ("too_small",) if max(shown.size) < SMALL_BELOW else ()
    )
    copies = {"picture.jpg": _jpeg(shown, SHOWN_SIDE, 85), "claim.jpg": _claim(shown)}
    return Looked(facts, advice, copies)


def _check_header(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.pixels or max(width, height) > limits.side:
        raise Unusable("too_many_pixels")
    if width < 1 or height < 1:
        raise Unusable("cut_off")
    if getattr(image, "n_frames", 1) > limits.frames:
        raise Unusable("too_many_frames")


def _taken(image: Image.Image) -> str:
    """When the camera says it was taken, with its zone; without one it is no moment at all."""
    details = image.getexif().get_ifd(EXIF_IFD)
    at, offset = str(details.get(TAKEN, "")), str(details.get(TAKEN_OFFSET, ""))
    if not (at and offset):
        return ""
    return f"{at[:10].replace(':', '-')}T{at[11:19]}{offset}"[:25]


def _plain(image: Image.Image) -> Image.Image:
    """Eight bits, three colours, nothing see-through: what every viewer shows alike."""
    if image.mode.startswith(("I", "F")):
        # Sixteen bits are brought down to eight, not cut off at white.
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        rgba = image.convert("RGBA")
        ground = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(ground, rgba).convert("RGB")
    return image.convert("RGB")


def _jpeg(image: Image.Image, side: int, quality: int) -> bytes:
    small = image.copy()
    small.thumbnail((side, side))
    bare = Image.new("RGB", small.size)
    bare.paste(small)  # a new picture has no metadata to forget
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _claim(image: Image.Image) -> bytes:
    side = CLAIM_SIDE
    while True:
        made = _jpeg(image, side, 80)
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
