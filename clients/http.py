"""One way to speak HTTP, which always knows whether a call may have had an effect.

A failed call is one of two things: certainly not done, or nobody can tell. Which of the two
depends on how far the request got and on what kind of operation it was. Nothing is retried here:
the one place that retries is the caller's, where the key and the count are kept.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError as Urllib3Error
from urllib3.exceptions import MaxRetryError, NewConnectionError

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, RemoteError, Retriable
from clients.waits import USUAL_WAIT, retry_after
from clients.watch import NoWatch, Watch

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
LARGEST_ANSWER = 10 * 1024 * 1024

ACCESS_LOST = {
    401: "unauthorised",
    402: "payment_required",
    403: "forbidden",
    423: "locked",
}
"""Shopify: 402 is a frozen shop, 423 a locked one. Only a person can change any of these."""


class Kind(Enum):
    """What a repetition of the operation would do."""

    READ = "read"
    IDEMPOTENT_WRITE = "idempotent_write"
    UNSAFE_WRITE = "unsafe_write"


@dataclass(frozen=True)
class Answer:
    """What came back. The body is kept out of the repr: it may hold personal data."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def request_id(self) -> str:
        """The service's own name for the call, to quote to its support."""
        return self.headers.get("x-request-id", "")[:100]


class Transport:
    """Calls one service through one pooled session.

    `connect` and `read` are seconds, `limit` bytes of the decoded answer. A session handed in is
    used as it is; redirects are never followed and certificates always checked. `watch` is told
    how the service answers.
    """

    def __init__(
        self,
        service: str,
        *,
        session: requests.Session | None = None,
        connect: float = CONNECT_SECONDS,
        read: float = READ_SECONDS,
        limit: int = LARGEST_ANSWER,
        watch: Watch | None = None,
    ) -> None:
        self.service = service
        self._watch = watch or NoWatch()
        self._session = session or new_session()
        self._timeout = (connect, read)
        self._limit = limit

    def post(self, url: str, body: bytes, headers: Mapping[str, str], kind: Kind) -> Answer:
        """Send and read the answer, whatever its status; `judge` tells what a status means.

        Raises Retriable when the request certainly was not sent (or was only a read), Refused for
        a certificate that is not good, OutcomeUnknown when a write may have arrived.
        """
        return self._watched("POST", url, body, headers, kind)

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Read an address; otherwise as `post`."""
        return self._watched("GET", url, None, headers, Kind.READ)

    def _watched(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], kind: Kind
    ) -> Answer:
        self._watch.before()
        try:
            answer = self._send(method, url, body, headers, kind)
        except Refused:
            raise
        except RemoteError:
            self._watch.failed()
            raise
        if answer.status >= 500 or answer.status == 408:
            self._watch.failed()
        else:
            self._watch.answered()
        return answer

    def _send(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], kind: Kind
    ) -> Answer:
        try:
            response = self._session.request(
                method,
                url,
                data=body,
                headers=dict(headers),
                timeout=self._timeout,
                allow_redirects=False,
                verify=True,
                stream=True,
                auth=_as_it_is,
            )
        except (requests.RequestException, Urllib3Error, OSError) as problem:
            raise self._failed(problem, kind) from None
        with response:
            return Answer(
                status=response.status_code,
                headers=CaseInsensitiveDict(response.headers),
                body=self._body(response, kind),
            )

    def judge(self, answer: Answer, kind: Kind) -> None:
        """Return for a 2xx, raise what any other status means for this kind of operation."""
        status, request_id = answer.status, answer.request_id
        if 200 <= status < 300:
            return
        what = f"answered {status}"
        if status in ACCESS_LOST:
            code = ACCESS_LOST[status]
            raise NeedsAuthorisation(self.service, what, code=code, request_id=request_id)
        wait = retry_after(answer.headers)
        if status == 429:
            raise Retriable(self.service, what, after=wait, code="429", request_id=request_id)
        # 408 is a 4xx by number only: a proxy gave up, and what it let through is not known.
        if status >= 500 or status == 408:
            raise self.unsure(what, kind, after=wait, code=str(status), request_id=request_id)
        raise Refused(self.service, what, code=str(status), request_id=request_id)

    def unsure(
        self,
        what: str,
        kind: Kind,
        *,
        after: float = USUAL_WAIT,
        code: str = "",
        request_id: str = "",
    ) -> RemoteError:
        """The error for an answer that tells nothing: a read may be repeated, a write not."""
        if kind is Kind.READ:
            return Retriable(self.service, what, after=after, code=code, request_id=request_id)
        return OutcomeUnknown(self.service, what, code=code, request_id=request_id)

    def _failed(self, problem: BaseException, kind: Kind) -> RemoteError:
        what = f"no answer ({type(problem).__name__})"  # its text may quote the URL
        if _has(problem, ssl.SSLCertVerificationError):
            return Refused(self.service, "its certificate is not good", code="certificate")
        if _never_sent(problem):
            return Retriable(self.service, what, code="not_sent")
        return self.unsure(what, kind)

    def _body(self, response: requests.Response, kind: Kind) -> bytes:
        """The decoded body. For an error status a body cut short changes nothing."""
        found = bytearray()
        try:
            for chunk in response.iter_content(64 * 1024):
                found += chunk
                if len(found) > self._limit:
                    raise self.unsure("the answer is too large", kind, code="too_large")
        except RemoteError:
            if response.status_code < 400:
                raise
            del found[self._limit :]
        except (requests.RequestException, Urllib3Error, OSError) as problem:
            if response.status_code < 400:
                what = f"the answer broke off ({type(problem).__name__})"
                raise self.unsure(what, kind) from None
        return bytes(found)


def safe_base(url: str) -> str:
    """The base URL without a closing slash.

    Raises ValueError unless it is https, or http to this very machine: tokens go over it.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" and host and not parts.username:
        return url.rstrip("/")
    if parts.scheme == "http" and is_loopback(host) and not parts.username:
        return url.rstrip("/")
    raise ValueError(f"not an https address: {parts.scheme}://{host}")


def is_loopback(host: str) -> bool:
    """True when the host is this machine, by name or by address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def new_session() -> requests.Session:
    """A session that keeps no cookies and repeats nothing by itself."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=0))
    return session


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from adding a password out of the machine's netrc file."""
    return request


def _never_sent(problem: BaseException) -> bool:
    """True when no connection was made, so that nothing can have arrived."""
    if isinstance(problem, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    return _has(problem, NewConnectionError) or _has(problem, ConnectionRefusedError)


def _has(problem: BaseException, kind: type[BaseException]) -> bool:
    return any(isinstance(inner, kind) for inner in _inside(problem))


def _inside(problem: BaseException) -> Iterator[BaseException]:
    """An error and those wrapped in it: requests hides the cause in arguments and reasons.

    Not `__context__`: that may be an older failure which the caller is handling just now.
    """
    yield problem
    wrapped = [problem.__cause__, *problem.args]
    if isinstance(problem, MaxRetryError):
        wrapped.append(problem.reason)
    for inner in wrapped:
        if isinstance(inner, BaseException) and inner is not problem:
            yield from _inside(inner)
