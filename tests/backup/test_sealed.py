"""The file: unreadable without its key, and noticed when anything of it is not as it was."""

from __future__ import annotations

import io
import os

import pytest

from scheduler.backup.sealed import CHUNK, Reader, Unreadable, Writer

KEY, OTHER = os.urandom(32), os.urandom(32)


def sealed(content: bytes) -> bytes:
    out = io.BytesIO()
    with Writer(out, KEY) as writer:
        writer.write(content)
    return out.getvalue()


def read(file: bytes, key: bytes = KEY) -> bytes:
    with Reader(io.BytesIO(file), key) as reader:
        return reader.readall() or b""


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_what_was_written_is_read(size: int) -> None:
    content = os.urandom(size)
    assert read(sealed(content)) == content


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unreadable, match="not the key it was made with"):
        read(sealed(b"x"), OTHER)


def test_nothing_of_the_content_shows() -> None:
    assert b"kanarie" not in sealed(b"kanarie" * 1000)
    assert sealed(b"x") != sealed(b"x"), "the same content twice does not look the same"


@pytest.mark.parametrize("size", [10, 2 * CHUNK])
def test_a_file_that_was_cut_off_is_not_read(size: int) -> None:
    file = sealed(os.urandom(size))
    for end in (len(file) - 1, len(file) - 20, CHUNK + 60, 40, 22):
        if end < len(file):
            with pytest.raises(Unreadable):
                read(file[:end])


def test_one_changed_byte_is_noticed_wherever_it_is() -> None:
    file = sealed(os.urandom(100))
    for place in range(len(file)):
        changed = bytearray(file)
        changed[place] ^= 1
        with pytest.raises(Unreadable):
            read(bytes(changed))


def test_chunks_in_another_order_are_noticed() -> None:
    head = len(sealed(b"")) - 4 - 16
    file = sealed(os.urandom(3 * CHUNK))
    size = 4 + CHUNK + 16
    first, second = file[head : head + size], file[head + size : head + 2 * size]
    with pytest.raises(Unreadable):
        read(file[:head] + second + first + file[head + 2 * size :])
