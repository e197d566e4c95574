"""What the server itself takes in: little everywhere, files only where files are sent."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from scheduler.web import LARGEST_BODY, LARGEST_UPLOAD, largest_body
from tests.webhooks.asking import Request
from webhooks.threads import OnThreads

TOO_LARGE = 413


def app(environ: dict[str, Any], start: Any) -> list[bytes]:
    start("200 OK", [])
    return [environ["CONTENT_LENGTH"].encode()]


def told(path: str, length: int, *, chunked: bool = False) -> int:
    """The status of a request of which nothing but this length is known, or has come."""

    async def ask() -> int:
        headers = {} if chunked else {"Content-Length": str(length)}
        request = Request(path, headers)
        request.feed(b"x" * length if chunked else b"", more=False)
        return (await request.ask(OnThreads(app, 1, largest_body))).status

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/webhooks/supplier", 2, 200),
        ("/webhooks/supplier", LARGEST_BODY + 1, TOO_LARGE),
        ("/", LARGEST_UPLOAD, TOO_LARGE),
        ("/report/token", LARGEST_BODY * 2, 200),
        ("/cases/1/evidence", LARGEST_BODY * 2, 200),
        ("/report/token", LARGEST_UPLOAD + 1, TOO_LARGE),
        ("/reports", LARGEST_BODY + 1, TOO_LARGE),
    ],
)
def test_a_body_too_large_for_its_address_ends_at_its_headers(
    path: str, length: int, status: int
) -> None:
    assert told(path, length) == status


def test_a_body_of_unknown_length_is_cut_at_the_same_limit() -> None:
    assert told("/webhooks/supplier", LARGEST_BODY + 1, chunked=True) == TOO_LARGE
    assert told("/webhooks/supplier", LARGEST_BODY, chunked=True) == 200
