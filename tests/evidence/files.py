"""Files to be sent: good ones, and the bad ones people and machines make."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image

GPS = b"GPSsecret45.0703N"


def picture(size=(800, 600), colour=(180, 120, 60), kind="JPEG", **more) -> bytes:
    """A picture with something to see in it."""
    image = Image.new("RGB", size, colour)
    for x in range(0, size[0], max(1, size[0] // 8)):
        image.paste((x * 255 // size[0], 200, 90), (x, 0, x + max(1, size[0] // 16), size[1]))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def with_exif(orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = GPS.decode()
    exif[0x010F] = "MakerSecret"
    details = exif.get_ifd(0x8769)
    details[36867] = "2026:11:02 10:11:12"
    details[36881] = "+01:00"
    return picture(exif=exif)


def png_header(width: int, height: int) -> bytes:
    """A few hundred bytes that promise a picture of any size."""
    ihdr = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with_text(size: int) -> bytes:
    """A good picture with a great compressed text beside it."""
    whole = picture((500, 500), kind="PNG")
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * size))
    return whole[:33] + text + whole[33:]


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


def video(path: Path, *, sound_only: bool = False, frames: int = 12) -> bytes:
    """A second of something moving, made by PyAV."""
    import av

    with av.open(str(path), "w") as container:
        if sound_only:
            sound = container.add_stream("aac", rate=8000)
            frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate = 8000
            for _ in range(8):
                container.mux(sound.encode(frame))
            container.mux(sound.encode(None))
        else:
            stream = container.add_stream("mpeg4", rate=12)
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            for number in range(frames):
                image = Image.new("RGB", (320, 240), (number * 20 % 255, 90, 60))
                container.mux(stream.encode(av.VideoFrame.from_image(image)))
            container.mux(stream.encode(None))
    return path.read_bytes()


SVG = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
)
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
XHTML = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
GIF = b"GIF89a/*\x01\x00*/=1;alert(1)"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
