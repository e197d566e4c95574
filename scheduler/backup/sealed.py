"""A file nobody reads without the key, and nobody shortens, reorders or changes unnoticed.

Chunks of AES-256-GCM. The nonce of each is the file's own random number, the chunk's place and
whether it is the last, so a missing end is an error and not a shorter file.
"""

from __future__ import annotations

import io
import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"postvendita backup 1\n"
PREFIX = 7
CHUNK = 1024 * 1024
TAG = 16


class Unreadable(Exception):
    """Another key, or not the file that was written."""


class Writer(io.RawIOBase):
    """What is written goes encrypted into `out`. Closing writes the last chunk."""

    def __init__(self, out: BinaryIO, key: bytes) -> None:
        super().__init__()
        self._out, self._cipher, self._prefix = out, AESGCM(key), os.urandom(PREFIX)
        self._waiting, self._number = bytearray(), 0
        out.write(MAGIC + self._prefix)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]  # RawIOBase allows any buffer
        """All of it, always."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Without this the file has no end and is not read."""
        if not self.closed:
            self._put(bytes(self._waiting), last=True)
        super().close()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last=last)
        sealed = self._cipher.encrypt(nonce, chunk, MAGIC)
        self._out.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


class Reader(io.RawIOBase):
    """Reads what a `Writer` wrote. Every read raises Unreadable where it is not that."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        super().__init__()
        if source.read(len(MAGIC)) != MAGIC:
            raise Unreadable("not a backup of this app, or of a later version of it")
        self._source, self._cipher = source, AESGCM(key)
        self._prefix, self._number = source.read(PREFIX), 0
        self._ready, self._ended = bytearray(), False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # RawIOBase allows any buffer
        """Up to the size of the buffer; 0 only at the true end."""
        while not self._ready and not self._ended:
            self._next()
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        del self._ready[:count]
        return count

    def _next(self) -> None:
        head = self._source.read(4)
        size = struct.unpack(">I", head)[0] if len(head) == 4 else 0
        if not TAG <= size <= CHUNK + TAG:
            raise Unreadable("it ends too early, or was changed")
        sealed = self._source.read(size)
        if len(sealed) != size:
            raise Unreadable("it ends too early, or was changed")
        for last in (False, True):
            try:
                nonce = _nonce(self._prefix, self._number, last=last)
                self._ready += self._cipher.decrypt(nonce, sealed, MAGIC)
            except InvalidTag:
                continue
            self._number, self._ended = self._number + 1, last
            if last and self._source.read(1):
                raise Unreadable("something follows on its end")
            return
        what = "POSTVENDITA_BACKUP_KEY is not the key it was made with, or it was changed"
        raise Unreadable(what)


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, last)
