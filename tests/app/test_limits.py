"""What the server itself takes in: little everywhere, files only where files are sent."""

from __future__ import annotations

import pytest
from waitress.adjustments import Adjustments

from scheduler.web import LARGEST_BODY, LARGEST_UPLOAD, UploadParser

TOO_LARGE = 413


def told(path: str, length: int, *, chunked: bool = False) -> int:
    """The status the server ends a request with at its headers; 0 while it goes on reading."""
    parser = UploadParser(Adjustments(max_request_body_size=LARGEST_UPLOAD, port=0))
    size = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {length}"
    parser.received(f"POST {path} HTTP/1.1\r\nHost: a\r\n{size}\r\n\r\n".encode())
    if chunked:
        parser.received(f"{length:x}\r\n".encode() + b"x" * length + b"\r\n")
    return parser.error.code if parser.error else 0


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/webhooks/shopify", 2, 0),
        ("/webhooks/shopify", LARGEST_BODY, TOO_LARGE),
        ("/", LARGEST_UPLOAD, TOO_LARGE),
        ("/report/token", LARGEST_BODY * 2, 0),
        ("/cases/1/evidence", LARGEST_BODY * 2, 0),
        ("/report/token", LARGEST_UPLOAD, TOO_LARGE),
        ("/reports", LARGEST_BODY, TOO_LARGE),
    ],
)
def test_a_body_too_large_for_its_address_ends_at_its_headers(path, length, status):
    assert told(path, length) == status


def test_a_body_of_unknown_length_is_cut_at_the_same_limit():
    assert told("/webhooks/shopify", LARGEST_BODY + 1, chunked=True) == TOO_LARGE
