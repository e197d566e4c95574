"""What a file's first bytes say it is. Reads bytes, decodes nothing: safe in any process."""

from __future__ import annotations

from os import SEEK_CUR
from pathlib import Path
from typing import BinaryIO

HEAD = 64
"""Bytes from the start that are enough to tell."""
FILM = frozenset(
    b"isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 mp41 mp42 avc1 dash M4V M4VH M4VP MSNV XAVC "
    b"mmp4 f4v".split()
)
"""Brands of MP4 films (ISO/IEC 14496-12, 4.3; the registration authority's list). HEIC, AVIF,
camera raw files and M4A wear the same box and are not among them."""
BIG = 1
"""A box's size that says: the real one is in the next eight bytes."""
TO_THE_END = 0
HEADER, BIG_HEADER = 8, 16
FILM_BOXES = frozenset({b"moov", b"mdat", b"moof"})
SEGMENT = b"\x18\x53\x80\x67"


def mime_of(head: bytes) -> str:
    """The type of an MP4, MOV or WebM; empty for anything else."""
    if head[4:8] == b"ftyp":
        return _mime_of_brands(head)
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:HEAD]:
        return "video/webm"
    return ""


def _mime_of_brands(head: bytes) -> str:
    end = min(int.from_bytes(head[:4], "big"), len(head))
    first = head[8:12].strip()
    others = {head[at : at + 4].strip() for at in range(16, end, 4)}
    if first == b"qt":
        return "video/quicktime"
    # Old telephones name 3GP first and MP4 beside it; it plays wherever MP4 does.
    if first in FILM or (first.startswith(b"3g") and others & FILM):
        return "video/mp4"
    return ""


def is_whole(path: Path, mime: str) -> bool:
    """Nothing that a film says it has lies behind the end of its file."""
    with path.open("rb") as file:
        size = path.stat().st_size
        return _webm_is_whole(file, size) if mime == "video/webm" else _mp4_is_whole(file, size)


def _mp4_is_whole(file: BinaryIO, left: int) -> bool:
    """It has its index, and no box reaches over the end (ISO/IEC 14496-12, 4.2)."""
    indexed = False
    while left >= HEADER:
        head = file.read(BIG_HEADER)
        size, name = int.from_bytes(head[:4], "big"), head[4:8]
        if size == BIG:
            size = int.from_bytes(head[8:], "big")
        elif size == TO_THE_END:
            size = left
        if size > left and name in FILM_BOXES:
            return False
        indexed = indexed or name == b"moov"
        if not HEADER <= size <= left:
            break  # not a box: something hung on behind the film
        file.seek(size - len(head), SEEK_CUR)
        left -= size
    return indexed


def _webm_is_whole(file: BinaryIO, left: int) -> bool:
    """Its one segment ends before the file does (RFC 8794, 4 and 6)."""
    file.seek(4)
    header = _length(file)
    if header is None or header > left:
        return False
    file.seek(header, SEEK_CUR)
    if file.read(4) != SEGMENT:
        return False
    segment = _length(file)
    return segment is None or file.tell() + segment <= left


def _length(file: BinaryIO) -> int | None:
    """An EBML length; None where it says that nobody knew it, as browsers record."""
    first = file.read(1) or b"\0"
    more = 8 - first[0].bit_length()
    unknown = (1 << 7 * (more + 1)) - 1
    length = int.from_bytes(first + file.read(more), "big") & unknown
    return None if length == unknown else length
