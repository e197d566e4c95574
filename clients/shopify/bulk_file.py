"""The file a bulk operation leaves behind, read line by line from any place in it.

It lies at another host than the shop. Where an answer sends us is not believed: only the hosts
below are called, over https, without a token and without following anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError as Urllib3Error

from clients.errors import Refused, Retriable
from clients.http import CONNECT_SECONDS, READ_SECONDS, is_loopback

FILES = "Shopify's files"
HOSTS = frozenset({"storage.googleapis.com"})
"""Where Shopify keeps the results of bulk operations."""
CHUNK = 64 * 1024
LONGEST_LINE = 1024 * 1024
GONE = frozenset({401, 403, 404, 410})
"""The address is signed and good for seven days; then it is refused or leads nowhere."""
PAST_THE_END = 416


class BulkFile:
    """Reads result files. `api` is the base URL of the shop's API, `session` one of our own.

    Where the API itself is on this very machine, its files may be too: at the same address.
    """

    def __init__(self, api: str, session: requests.Session) -> None:
        self._api = urlsplit(api)
        self._session = session

    def lines(self, url: str, place: int) -> Iterator[tuple[bytes, int]]:
        """Each line with the place of its end, from a place in bytes on.

        A line too long to be one of an order comes empty: it is told, and not kept in memory.
        Raises as `Bulk.bulk_orders` says.
        """
        if not self._is_file(url):
            raise Refused(FILES, f"not at {urlsplit(url).hostname}", code="host")
        with closing(self._opened(url, place)) as response:
            if response.status_code == PAST_THE_END:
                return
            # A server that knows no ranges begins again: what was read before is passed over.
            skip = place if response.status_code == requests.codes.ok else 0
            yield from cut(self._chunks(response), skip, place)

    def _is_file(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        if parts.username or parts.password:
            return False
        if parts.scheme == "https" and port in {None, 443}:
            return parts.hostname in HOSTS
        own = (parts.scheme, parts.hostname, port)
        api = (self._api.scheme, self._api.hostname, self._api.port)
        return own == api and is_loopback(self._api.hostname or "")

    def _opened(self, url: str, place: int) -> requests.Response:
        # Compressed, a place would be one in what is sent and not in what is read.
        headers = {"Accept-Encoding": "identity"}
        if place:
            headers["Range"] = f"bytes={place}-"
        try:
            response = self._session.get(
                url,
                headers=headers,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
        except (requests.RequestException, Urllib3Error, OSError) as problem:
            raise Retriable(FILES, f"no answer ({type(problem).__name__})") from None
        status = response.status_code
        if status in {200, 206, PAST_THE_END}:
            return response
        response.close()
        if status in GONE:
            raise Refused(FILES, f"answered {status}", code="gone")
        if status < requests.codes.bad_request:
            raise Refused(FILES, f"leads elsewhere ({status})", code="host")
        raise Retriable(FILES, f"answered {status}", code=str(status))

    def _chunks(self, response: requests.Response) -> Iterator[bytes]:
        try:
            yield from response.iter_content(CHUNK)
        except (requests.RequestException, Urllib3Error, OSError) as problem:
            raise Retriable(FILES, f"broke off ({type(problem).__name__})") from None


def cut(chunks: Iterator[bytes], skip: int, place: int) -> Iterator[tuple[bytes, int]]:
    """Cut chunks into lines. `skip` bytes are passed over; `place` is where the rest begins."""
    kept, at, long = b"", place, False
    for chunk in chunks:
        passed = min(skip, len(chunk))
        skip -= passed
        *whole, rest = (kept + chunk[passed:]).split(b"\n")
        for line in whole:
            at += len(line) + 1
            yield (b"" if long else line), at
            long = False
        if len(rest) > LONGEST_LINE:
            at, long, rest = at + len(rest), True, b""
        kept = rest
    if kept or long:
        yield (b"" if long else kept), at + len(kept)
