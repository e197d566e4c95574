"""The layer of a GraphQL answer above the data: errors, cost, and what they mean for a call.

Shopify: an answer with status 200 may carry `data` and `errors` together. For a read the data is
kept. For a write the question is only whether it was done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, RemoteError, Retriable
from clients.http import Answer, Kind, Transport
from clients.waits import bounded

CONCURRENT = "IDEMPOTENCY_CONCURRENT_REQUEST"
SPENT = ("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")
INTERNAL = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})
NO_ACCESS = frozenset({"ACCESS_DENIED", "SHOP_INACTIVE"})
THROTTLED_WAIT = 2.0


@dataclass(frozen=True)
class Throttle:
    """The cost bucket as of the last answer, in points; `restore_rate` is points a second."""

    maximum: float
    available: float
    restore_rate: float


@dataclass(frozen=True)
class Problem:
    """One entry of `errors`. `located` is true when it points into the document we sent."""

    code: str
    message: str
    path: tuple[str, ...]
    located: bool


@dataclass(frozen=True)
class Envelope:
    """An answer taken apart. `payload` is the value of the one field we asked for.

    A list comes as `nodes`, as a connection has it.
    """

    payload: dict[str, Any] | None
    problems: tuple[Problem, ...]
    throttle: Throttle | None
    requested_cost: float
    request_id: str = ""

    @property
    def codes(self) -> frozenset[str]:
        """All error codes."""
        return frozenset(problem.code for problem in self.problems)


def opened(answer: Answer, kind: Kind, transport: Transport) -> Envelope:
    """Take a 2xx answer apart.

    Raises Retriable (read) or OutcomeUnknown (write) when it is not the JSON we know, and
    NeedsAuthorisation when `errors` is the bare sentence a dead token gets.
    """
    try:
        document = json.loads(answer.body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise _garbage(transport, kind)
    errors = document.get("errors") or []
    if isinstance(errors, str):
        if "access token" in errors.lower():
            raise NeedsAuthorisation(transport.service, "token refused", code="unauthorised")
        raise transport.unsure("answered an error without a code", kind)
    data = document.get("data")
    payload = next(iter(data.values()), None) if isinstance(data, dict) else None
    if isinstance(payload, list):
        payload = {"nodes": payload}
    # "There is none" has to be said: a field that is null, not an answer without it.
    empty = not errors and not (isinstance(data, dict) and data)
    if empty or not isinstance(errors, list) or not isinstance(payload, dict | None):
        raise _garbage(transport, kind)
    cost = _mapping(_mapping(document.get("extensions")).get("cost"))
    return Envelope(
        payload=payload,
        problems=tuple(_problem(_mapping(item)) for item in errors),
        throttle=_throttle(_mapping(cost.get("throttleStatus"))),
        requested_cost=_float(cost.get("requestedQueryCost")),
        request_id=answer.request_id,
    )


def check(envelope: Envelope, kind: Kind, transport: Transport) -> None:
    """Return when the payload may be used, raise what the errors mean when it may not."""
    if not envelope.problems:
        return
    error = _meaning(envelope, kind, transport)
    if error is not None:
        raise error


def spent_key(service: str, texts: frozenset[str], request_id: str = "") -> RemoteError | None:
    """The error for an idempotency code found in any of the texts.

    Shopify: idempotent requests. Where the code shows for refunds is not documented, so codes
    and messages are both searched.
    """
    whole = " ".join(texts)
    if CONCURRENT in whole:
        what = "the same call is still running"
        return Retriable(service, what, code=CONCURRENT, request_id=request_id)
    for code in SPENT:
        if code in whole:
            return Refused(service, "the key cannot be used", code=code, request_id=request_id)
    return None


def _meaning(envelope: Envelope, kind: Kind, transport: Transport) -> RemoteError | None:
    service, request_id = transport.service, envelope.request_id
    texts = envelope.codes | {problem.message for problem in envelope.problems}
    if error := spent_key(service, texts, request_id):
        return error
    if kind is not Kind.READ and _begun(envelope):
        return _half_done(envelope, transport)
    if "THROTTLED" in envelope.codes:
        after = _wait(envelope)
        return Retriable(service, "throttled", after=after, code="THROTTLED", request_id=request_id)
    if envelope.payload is not None and "SHOP_INACTIVE" not in envelope.codes:
        return None
    code = _first(envelope.codes)
    if envelope.codes & NO_ACCESS:
        return NeedsAuthorisation(service, "access denied", code=code, request_id=request_id)
    if not (envelope.codes & INTERNAL) and all(map(_before_execution, envelope.problems)):
        return Refused(service, "did not accept the query", code=code, request_id=request_id)
    return transport.unsure("failed inside", kind, code=code, request_id=request_id)


def _begun(envelope: Envelope) -> bool:
    """True when a write got as far as answering, or failing, inside its own payload."""
    inside = any(len(problem.path) > 1 for problem in envelope.problems)
    return envelope.payload is not None or inside


def _half_done(envelope: Envelope, transport: Transport) -> RemoteError | None:
    """A write that answered something and complains as well: redactions alone are harmless."""
    if envelope.payload is not None and envelope.codes == {"ACCESS_DENIED"}:
        return None
    code, request_id = _first(envelope.codes), envelope.request_id
    what = "answered data and errors together"
    return OutcomeUnknown(transport.service, what, code=code, request_id=request_id)


def _before_execution(problem: Problem) -> bool:
    """GraphQL: an error found before anything runs has no path, only a place in the document."""
    return not problem.path and (problem.located or problem.code == "MAX_COST_EXCEEDED")


def _wait(envelope: Envelope) -> float:
    """Shopify: the bucket refills at restoreRate; wait until the query's cost fits."""
    throttle = envelope.throttle
    if throttle is None or throttle.restore_rate <= 0:
        return THROTTLED_WAIT
    return bounded((envelope.requested_cost - throttle.available) / throttle.restore_rate)


def _first(codes: frozenset[str]) -> str:
    """The code to report: the one we know a rule for, otherwise any, always the same."""
    return min(codes & (NO_ACCESS | INTERNAL) or codes, default="")


def _garbage(transport: Transport, kind: Kind) -> RemoteError:
    return transport.unsure("answered something else than agreed", kind, code="garbage")


def _problem(item: Mapping[str, Any]) -> Problem:
    path = item.get("path")
    return Problem(
        code=str(_mapping(item.get("extensions")).get("code") or ""),
        message=str(item.get("message") or "")[:200],
        path=tuple(map(str, path)) if isinstance(path, list) else (),
        located=bool(item.get("locations")),
    )


def _throttle(status: Mapping[str, Any]) -> Throttle | None:
    if not status:
        return None
    return Throttle(
        maximum=_float(status.get("maximumAvailable")),
        available=_float(status.get("currentlyAvailable")),
        restore_rate=_float(status.get("restoreRate")),
    )


def _float(value: Any) -> float:
    return float(value) if isinstance(value, int | Decimal) else 0.0


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _no_constant(text: str) -> None:
    raise ValueError(f"not JSON: {text}")
