"""Answers as no service should give them: good ones with something wrong in them, and no answers.

Every example begins with a whole answer, because one that is wrong from the first letter is
refused there and never reaches the parts behind.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import requests
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from([
        "", " ", "0", "-1", "1e999", "NaN", "١٢", "5.001", "5,00", "\0", "\ud800", "x" * 5_000,
        "9" * 30, "2026-02-30", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00",
        "20260230100000000+0800", "gid://shopify/Order/x", "gid://shopify/Order/0", "true", "XXX",
        10**400, -(10**400), 10**18, 1e308, -0.0,
    ]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=4), inside, max_size=3)
    ),
    max_leaves=5,
)
PLACES = st.lists(st.integers(0, 99), min_size=1, max_size=7)
GONE = object()
"""Stands for leaving a part out."""
BROKEN = st.sampled_from([
    b"", b"null", b"[]", b"{}", b'"x"', b"<html>502 Bad Gateway</html>", b"\xff\xfe{\0}\0",
    b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 100_000, b'{"data": NaN}', b'{"a": 1e999999}',
    b'{"a": ' + b"9" * 5_000 + b"}", b'{"a":1,"a":2}', b"{" * 3, b'{"data": {"order": {"id": ',
])  # fmt: skip
STATUSES = st.sampled_from(
    [200] * 12 + [201, 202, 204, 301, 400, 401, 402, 403, 404, 408, 423, 429, 500, 502, 503, 599]
)
HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "Date", "X-Request-Id", "X-Shopify-API-Version"]),
    st.sampled_from(
        [
            *("", "-1", "1e9", "NaN", "inf", "soon", "x" * 900, "application/json", "2026-10"),
            *("Mon, 32 Nov 2026 09:00:00 GMT", "Mon, 02 Nov 2026 09:00:00 GMT"),
        ]
    ),
    max_size=2,
)


def tried(ask: Callable[[], Any], error: type[Exception]) -> Any:
    """What it gives, or the error of this kind that it ends with."""
    try:
        return ask()
    except error as told:
        return told


def spoiled(body: Any, places: list[int], value: object) -> Any:
    """`body` with one thing in it, found by following `places`, replaced, or left out for GONE."""
    if not places or not isinstance(body, dict | list) or not body:
        return value
    copy: Any = body.copy()
    key = (list(body) if isinstance(body, dict) else list(range(len(body))))[places[0] % len(body)]
    found = spoiled(body[key], places[1:], value)
    if found is GONE:
        del copy[key]
    else:
        copy[key] = found
    return copy


@st.composite
def answers(draw: st.DrawFn, whole: Any) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer like `whole`, and something wrong with it."""
    how = draw(st.integers(0, 9))
    if how == 0:
        body = draw(BROKEN | st.binary(max_size=40))
    elif how == 1:
        body = written(draw(VALUES))
    else:
        found = whole
        for _ in range(draw(st.integers(1, 3))):
            value = draw(VALUES | st.just(GONE))
            found = spoiled(found, draw(PLACES), value)
        body = written(None if found is GONE else found)
        if how == 2:
            body = body[: draw(st.integers(0, len(body)))]
    return draw(STATUSES), draw(HEADERS), body


def written(value: Any) -> bytes:
    """As JSON; what UTF-8 cannot say stays escaped."""
    return json.dumps(value).encode()


class Canned(requests.Session):
    """A session that has one answer for whatever it is asked."""

    def __init__(self, answer: tuple[int, dict[str, str], bytes]) -> None:
        super().__init__()
        self.answer = answer

    def request(self, *_: Any, **__: Any) -> Any:
        status, headers, body = self.answer
        return _Response(status, headers, body)


class _Response:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status_code, self.headers = status, CaseInsensitiveDict(headers)
        self._body = io.BytesIO(body)

    def __enter__(self) -> _Response:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """There is nothing to let go of."""

    def iter_content(self, size: int) -> Iterator[bytes]:
        while part := self._body.read(size):
            yield part
