"""What a failed call means: certainly not done, or nobody can tell."""

from __future__ import annotations

import ssl

import pytest
import requests
import responses
from urllib3.exceptions import (
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
)
from urllib3.exceptions import SSLError as Urllib3SSLError

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from clients.http import Kind, Transport, safe_base
from clients.waits import retry_after

URL = "https://service.example/api"
READ, KEYED, UNSAFE = Kind.READ, Kind.IDEMPOTENT_WRITE, Kind.UNSAFE_WRITE
CANARY = "token-canary"


def wrapped(reason):
    return requests.ConnectionError(MaxRetryError(None, URL, reason))


NEVER_SENT = [
    pytest.param(wrapped(NewConnectionError(None, "refused")), id="connection refused"),
    pytest.param(wrapped(NameResolutionError("h", None, OSError())), id="no such host"),
    pytest.param(requests.ConnectTimeout(), id="connect timeout"),
    pytest.param(requests.exceptions.ProxyError(), id="proxy not reached"),
]
MAYBE_SENT = [
    pytest.param(requests.ReadTimeout(), id="read timeout"),
    pytest.param(
        requests.ConnectionError(ProtocolError("gone", ConnectionResetError())), id="reset"
    ),
    pytest.param(requests.exceptions.ChunkedEncodingError(), id="truncated"),
    pytest.param(requests.exceptions.ContentDecodingError(), id="undecodable"),
    pytest.param(requests.exceptions.SSLError("alert"), id="TLS alert"),
    pytest.param(requests.RequestException(), id="anything else of requests"),
    pytest.param(OSError(), id="anything else of the system"),
]


def called(problem, kind):
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, URL, body=problem)
        Transport("service").post(URL, b"", {"X-Token": CANARY}, kind)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("problem", NEVER_SENT)
def test_what_was_never_sent_may_be_sent_again(problem, kind):
    with pytest.raises(Retriable):
        called(problem, kind)


@pytest.mark.parametrize(
    ("kind", "error"), [(READ, Retriable), (KEYED, OutcomeUnknown), (UNSAFE, OutcomeUnknown)]
)
@pytest.mark.parametrize("problem", MAYBE_SENT)
def test_what_may_have_arrived_is_open_for_a_write(problem, kind, error):
    with pytest.raises(error) as caught:
        called(problem, kind)

    assert error is type(caught.value)


def test_an_older_failure_being_handled_does_not_count_as_this_one():
    try:
        raise ConnectionRefusedError
    except ConnectionRefusedError:
        with pytest.raises(OutcomeUnknown):
            called(requests.ReadTimeout(), KEYED)


@pytest.mark.parametrize("kind", Kind)
def test_a_certificate_that_is_not_good_is_never_overlooked(kind):
    bad = requests.exceptions.SSLError(
        MaxRetryError(None, URL, Urllib3SSLError(ssl.SSLCertVerificationError("expired")))
    )

    with pytest.raises(Refused) as caught:
        called(bad, kind)

    assert caught.value.code == "certificate"


def test_an_error_quotes_neither_address_nor_headers():
    with pytest.raises(Retriable) as caught:
        called(wrapped(NewConnectionError(None, f"{URL}?{CANARY}")), READ)

    assert CANARY not in f"{caught.value!r}{caught.value}"
    assert caught.value.__suppress_context__


STATUSES = [
    (200, None, None),
    (204, None, None),
    (301, Refused, Refused),
    (307, Refused, Refused),
    (400, Refused, Refused),
    (401, NeedsAuthorisation, NeedsAuthorisation),
    (402, NeedsAuthorisation, NeedsAuthorisation),
    (403, NeedsAuthorisation, NeedsAuthorisation),
    (404, Refused, Refused),
    (408, Retriable, OutcomeUnknown),
    (422, Refused, Refused),
    (423, NeedsAuthorisation, NeedsAuthorisation),
    (429, Retriable, Retriable),
    (500, Retriable, OutcomeUnknown),
    (502, Retriable, OutcomeUnknown),
    (503, Retriable, OutcomeUnknown),
    (504, Retriable, OutcomeUnknown),
    (599, Retriable, OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "read", "write"), STATUSES)
@pytest.mark.parametrize("kind", Kind)
def test_what_a_status_means(status, read, write, kind):
    expected = read if kind is READ else write
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, URL, status=status, headers={"Location": "https://evil.example"})
        transport = Transport("service")
        answer = transport.post(URL, b"", {}, kind)
        if expected is None:
            transport.judge(answer, kind)
            return
        with pytest.raises(expected) as caught:
            transport.judge(answer, kind)
        assert expected is type(caught.value)
        assert len(mock.calls) == 1, "a redirect is not followed"


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "unauthorised"), (402, "payment_required"), (403, "forbidden"), (423, "locked")],
)
def test_lost_access_says_which_kind(status, code):
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, URL, status=status)
        transport = Transport("service")
        with pytest.raises(NeedsAuthorisation) as caught:
            transport.judge(transport.post(URL, b"", {}, READ), READ)
    assert code == caught.value.code


NOW = "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("2.5", 2.5),
        (" 3 ", 3),
        ("0", 1),
        ("-1", 1),
        ("1e9", 900),
        ("inf", 900),
        ("nan", 30),
        ("", 30),
        ("soon", 30),
        ("٣", 3),
        ("Sun, 22 Nov 2026 10:02:00 GMT", 120),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 1),
        ("Sun, 22 Nov 2037 09:00:00 GMT", 900),
        ("Sun, 99 Nov 2026 09:00:00 GMT", 30),
    ],
)
def test_retry_after_is_read_within_bounds(text, seconds):
    assert seconds == retry_after(
        requests.structures.CaseInsensitiveDict({"Retry-After": text, "Date": NOW})
    )


def test_a_retry_after_date_without_a_date_to_measure_it_by_is_not_guessed():
    assert retry_after({"retry-after": NOW}) == 30


def test_without_retry_after_half_a_minute():
    assert retry_after({}) == 30


@pytest.mark.parametrize("url", ["https://a.example", "http://127.0.0.1:1", "http://[::1]/x/"])
def test_tokens_go_over_tls_or_stay_on_this_machine(url):
    assert url.rstrip("/") == safe_base(url)


@pytest.mark.parametrize(
    "url", ["http://a.example", "https://", "https://u:p@a.example", "file:///x", "http://10.0.0.1"]
)
def test_no_token_goes_elsewhere(url):
    with pytest.raises(ValueError, match="https"):
        safe_base(url)
