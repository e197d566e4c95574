"""Files to be sent: good ones, and the bad ones people and machines make."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image

from tests.evidence.films import film

GPS = b"GPSsecret45.0703N"
THUMBNAIL = b"AnotherPicture"
TAKEN = "2026:11:02 10:11:12"


def picture(size=(800, 600), colour=(180, 120, 60), kind="JPEG", **more) -> bytes:
    """A picture with something to see in it."""
    image = Image.new("RGB", size, colour)
    for x in range(0, size[0], max(1, size[0] // 8)):
        image.paste((x * 255 // size[0], 200, 90), (x, 0, x + max(1, size[0] // 16), size[1]))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def with_exif(orientation: int = 6, offset: str = "+01:00", taken: str = TAKEN, **more) -> bytes:
    """A picture that a camera wrote notes into."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = GPS.decode()
    exif[0x010F] = "MakerSecret"
    details = exif.get_ifd(0x8769)
    details[36867] = taken
    if offset:
        details[36881] = offset
    return picture(exif=exif, **more)


def png_header(width: int, height: int) -> bytes:
    """A few hundred bytes that promise a picture of any size."""
    ihdr = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with_text(size: int) -> bytes:
    """A good picture with a great compressed text beside it."""
    return png_with(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * size))


def png_with_profile(size: int) -> bytes:
    """A good picture with a great compressed colour profile."""
    return png_with(b"iCCP", b"profile\0\0" + zlib.compress(b"A" * size))


def png_that_moves(frames: int) -> bytes:
    """A good picture that promises many more."""
    return png_with(b"acTL", struct.pack(">II", frames, 0))


def png_with(name: bytes, body: bytes) -> bytes:
    """A good picture with a chunk of one's own behind its header."""
    whole = picture((500, 500), kind="PNG")
    return whole[:33] + chunk(name, body) + whole[33:]


def turned(orientation: int, kind: str) -> bytes:
    """Wide, its upper left corner red, as a camera held in one of eight ways writes it."""
    image = Image.new("RGB", (400, 200), (0, 0, 200))
    image.paste((220, 0, 0), (0, 0, 100, 60))
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    if orientation in back:
        image = image.transpose(back[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def scene(seed: int = 1, size: tuple[int, int] = (800, 600), kind: str = "JPEG", **more) -> bytes:
    """A picture of blots: the same seed is the same view."""
    chance = random.Random(seed)
    image = Image.new("RGB", (800, 600), (120, 120, 120))
    for _ in range(40):
        x, y = chance.randrange(700), chance.randrange(500)
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        image.paste(colour, (x, y, x + 150, y + 120))
    out = io.BytesIO()
    image.resize(size).save(out, kind, **more)
    return out.getvalue()


def moving(kind: str, frames: int) -> bytes:
    images = [Image.new("RGB", (60, 60), (n * 50 % 255, n * 90 % 255, 40)) for n in range(frames)]
    out = io.BytesIO()
    images[0].save(out, kind, save_all=True, append_images=images[1:])
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


def video(path: Path) -> bytes:
    """A good video, where it does not matter which."""
    return film(path, size=(320, 240), frames=12)


def jpeg_with(name: int, body: bytes, whole: bytes = b"") -> bytes:
    """A good JPEG with a segment of one's own right behind its start."""
    whole = whole or picture()
    return whole[:2] + struct.pack(">BBH", 0xFF, name, len(body) + 2) + body + whole[2:]


def photograph() -> bytes:
    """What a telephone writes: place, maker, an address in XMP, another picture as thumbnail."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = GPS.decode()
    exif[0x010F] = "MakerSecret"
    exif.get_ifd(0x8769)[36867] = TAKEN
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 4.0, 13.0), 29: "2026:11:02"})
    whole = picture(exif=exif, comment=b"CommentSecret", xmp=b"<x:xmpmeta>alice@example.com")
    return jpeg_with(0xE0, b"JFXX\0\x10\xff\xd8" + THUMBNAIL + b"\xff\xd9", whole)


def scans(number: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    whole = picture((2000, 1500), progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * number + whole[-2:]


SVG_OPEN = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">'
SVG = SVG_OPEN + b"<script>alert(1)</script></svg>"
SVG_FOREIGN = SVG_OPEN + b"<foreignObject><body onload='alert(1)'/></foreignObject></svg>"
SVG_ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'
)
MHTML = b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<script>alert(1)</script>"
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
XHTML = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
GIF = b"GIF89a/*\x01\x00*/=1;alert(1)"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
