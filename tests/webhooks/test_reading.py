"""Strict reading: what is not exactly one JSON object of sane size goes to a person."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.reading import DEEPEST, Unreadable, read

TOO_LONG = "a number too long to mean anything"


def test_an_object_is_read_exactly() -> None:
    found = read(b'{"id": 9007199254740993, "rate": 0.1, "big": 1e3, "name": "\xe5\x8f\xb0"}')

    assert {"id": 2**53 + 1, "rate": Decimal("0.1"), "big": Decimal(1000), "name": "台"} == (
        found.value
    )
    assert found.notes == ()


@pytest.mark.parametrize(
    ("body", "field", "why"),
    [
        pytest.param(b"", "", "empty", id="W11 empty"),
        pytest.param(b'{"id": NaN}', "", "NaN is not a number", id="W13 NaN"),
        pytest.param(b'{"id": -Infinity}', "", "-Infinity is not a number", id="W13 Infinity"),
        pytest.param(b'{"total": 1e999}', "", TOO_LONG, id="W14"),
        pytest.param(b'{"total": 1E-999999999999}', "", TOO_LONG, id="W14-"),
        pytest.param(b'{"id": ' + b"9" * 5000 + b"}", "", TOO_LONG, id="W14 digits"),
        pytest.param(b"[" * 100_000, "", f"nested deeper than {DEEPEST}", id="W16 lists"),
        pytest.param(b'{"a":' * 100_000, "", f"nested deeper than {DEEPEST}", id="W16 objects"),
        pytest.param(b'{"id":1,"id":2}', "id", "given twice", id="W17"),
        pytest.param(b'{"a":{"b":[{"c":1,"c":1}]}}', "c", "given twice", id="W17 inside"),
        pytest.param(b'{"a":1,"a\\u0000":2}', "a", "given twice", id="W17 after cleaning"),
        pytest.param(b'{"\\ud800":1,"\\ud800":2}', "?", "given twice", id="W17 unsayable"),
        pytest.param(b"\xef\xbb\xbf{}", "", "begins with a byte order mark", id="W20 BOM"),
        pytest.param('{"id":1}'.encode("utf-16"), "", "not UTF-8", id="W20 UTF-16"),
        pytest.param('{"id":1}'.encode("utf-16-le"), "", "not JSON", id="W20 UTF-16 bare"),
        pytest.param(b'{"a":"\xff"}', "", "not UTF-8", id="not UTF-8"),
        pytest.param(b"[]", "", "not a JSON object", id="a list"),
        pytest.param(b'"x"', "", "not a JSON object", id="a text"),
        pytest.param(b"a=1&b=2", "", "not JSON", id="W25 a form"),
        pytest.param(b"<order/>", "", "not JSON", id="XML"),
        pytest.param(b'{"a":1} {"b":2}', "", "not JSON", id="two objects"),
        pytest.param(b'{"a":"\x00"}', "", "not JSON", id="a bare NUL"),
        pytest.param(b'{"a":', "", "not JSON", id="cut off"),
    ],
)  # fmt: skip
def test_a_person_has_to_look(body: bytes, field: str, why: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(body)

    assert (field, why) == (caught.value.field, caught.value.why)


MANY_KEYS = b",".join(b'"%d":1' % number for number in range(150_000))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 100_000, id="W16"),
        pytest.param(b'"' + b'\\"' * 1_000_000, id="a text without end"),
        pytest.param(b'"' + b'\\"' * 1_000_000 + b"\\", id="a text that ends in the middle"),
        pytest.param(b'"\\' * 1_000_000, id="quotes and strokes"),
        pytest.param(b"{" + MANY_KEYS + b',"1":1}', id="W17"),
    ],
)  # fmt: skip
def test_it_says_no_quickly(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(Unreadable):
        read(body)

    assert time.process_time() - started < 1


def test_brackets_in_texts_are_not_levels() -> None:
    text = '["\\{' * 200

    assert {"note": text} == read(json.dumps({"note": text}).encode()).value


def test_the_deepest_that_is_read() -> None:
    inside = DEEPEST - 1

    assert read(b'{"a":' + b"[" * inside + b"]" * inside + b"}")
    with pytest.raises(Unreadable):
        read(b'{"a":' + b"[" * DEEPEST + b"]" * DEEPEST + b"}")


def test_what_no_database_keeps_is_left_out_and_noted() -> None:
    found = read(b'{"city":"Lu\\u0000gano","n\\u0000":["\\ud83d","\\ud83d\\ude00"],"x":1}')

    assert found.value == {"city": "Lugano", "n": ["", "😀"], "x": 1}
    assert found.notes == ("3 texts had characters that cannot be kept",)


@given(st.binary())
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        found = read(body)
    except Unreadable:
        return
    assert isinstance(found.value, dict)


WORDS = st.text(st.sampled_from('{}[]":,\\u0eE+-.129NaInfity tr\x00'), max_size=60)


@given(WORDS)
def test_anything_like_json_is_read_or_refused(text: str) -> None:
    try:
        found = read(text.encode())
    except Unreadable:
        return
    assert isinstance(found.value, dict)


SAYABLE = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | SAYABLE,
    lambda inside: st.lists(inside) | st.dictionaries(SAYABLE, inside),
    max_leaves=20,
)


@given(st.dictionaries(SAYABLE, PLAIN), st.booleans())
def test_what_was_written_is_read_again(value: dict[str, object], ascii_only: bool) -> None:
    found = read(json.dumps(value, ensure_ascii=ascii_only).encode())

    assert value == found.value
    assert found.notes == ()
