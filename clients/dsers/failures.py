"""What a failure of an MCP call means: the four answers to "may I try again?".

DSers: an error carries a code in words (`NOT_FOUND`, `INSUFFICIENT_SCOPE` with the scopes that
are wanted). The list of codes is not published: for a write, an unknown one is "nobody knows".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, RemoteError, Retriable
from clients.http import Kind
from clients.waits import USUAL_WAIT, retry_after

SERVICE = "dsers"
CHANGED = "changed"
"""The code of a refusal that says: this tool, or what it takes, is not what it was."""
NO_METHOD, BAD_PARAMS = -32601, -32602
NO_ACCESS = frozenset({"UNAUTHORIZED", "FORBIDDEN", "INSUFFICIENT_SCOPE"})
DENIED = frozenset({"forbidden", "insufficient_scope"})
"""The codes of a refusal that says: this tool is not for you, whatever the others are."""
CROWDED = frozenset({"RATE_LIMITED", "TOO_MANY_REQUESTS"})
CERTAIN = ("NOT_FOUND", "INVALID", "BAD_REQUEST", "VALIDATION", "UNSUPPORTED", "NOT_ALLOWED")
"""How codes begin or end after which certainly nothing was done."""


class Missing(Refused):
    """The library for it is not installed."""

    def __init__(self) -> None:
        what = "the extra `dsers` is not installed: pip install 'postvendita[dsers]'"
        super().__init__(SERVICE, what, code="not_installed")


@dataclass
class Met:
    """What was seen on the way to an answer."""

    sent: bool = False
    """The question itself may have left."""
    status: int = 0
    """The last HTTP status that was not a success."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def saw(self, status: int, headers: Mapping[str, str]) -> None:
        """Keep what refused us: the library tells the code of the protocol only."""
        if status in {401, 403, 429} or status >= 500:
            self.status, self.headers = status, headers


def failed(problem: BaseException, met: Met, kind: Kind) -> RemoteError:
    """An answer that did not come, or came as an error of the protocol."""
    if met.status == 401:
        return NeedsAuthorisation(SERVICE, "answered 401", code="401")
    if met.status == 403:
        return NeedsAuthorisation(SERVICE, "answered 403", code="403")
    if met.status == 429:
        wait = retry_after(met.headers)
        return Retriable(SERVICE, "answered 429", after=wait, code="429")
    what = f"answered {met.status}" if met.status else f"no answer ({_name(problem)})"
    if not met.sent:
        return Retriable(SERVICE, what, code="not_sent")
    code = _code(problem)
    if code in {NO_METHOD, BAD_PARAMS}:
        return Refused(SERVICE, "the tool is not what it was", code=CHANGED)
    return unsure(what, kind)


def refused(told: Mapping[str, Any], kind: Kind) -> RemoteError:
    """A tool that answered with an error."""
    code, words = _told(told)
    if code in NO_ACCESS:
        return NeedsAuthorisation(SERVICE, words, code=code.lower())
    if code in CROWDED:
        return Retriable(SERVICE, words, after=USUAL_WAIT, code=code)
    certain = code.startswith(CERTAIN) or code.endswith(CERTAIN)
    if kind is Kind.READ or certain:
        return Refused(SERVICE, words, code=code)
    return OutcomeUnknown(SERVICE, words, code=code)


def unsure(what: str, kind: Kind, code: str = "") -> RemoteError:
    """A read may be repeated, a write not."""
    if kind is Kind.READ:
        return Retriable(SERVICE, what, code=code)
    return OutcomeUnknown(SERVICE, what, code=code)


def _told(told: Mapping[str, Any]) -> tuple[str, str]:
    """(code, words), whether the error stands by itself or inside."""
    inner = told.get("error")
    levels: list[Mapping[str, Any]] = [inner if isinstance(inner, Mapping) else {}, told]
    codes = [level.get("code") or level.get("error_code") for level in levels]
    words = [level.get("message") for level in levels]
    code = _text([*codes, inner])
    return code[:60].upper(), (_text(words) or code or "refused without a word")[:200]


def _text(values: Iterable[Any]) -> str:
    return next((value for value in values if isinstance(value, str) and value), "")


def _code(problem: BaseException) -> int:
    """The protocol's number for what went wrong; 0 for none."""
    for inner in _inside(problem):
        code = getattr(inner, "code", None)
        if isinstance(code, int):
            return code
    return 0


def _name(problem: BaseException) -> str:
    """Its class: its text may quote the address."""
    return type(next(_leaves(problem), problem)).__name__


def _leaves(problem: BaseException) -> Iterator[BaseException]:
    return (p for p in _inside(problem) if not isinstance(p, BaseExceptionGroup))


def _inside(problem: BaseException) -> Iterator[BaseException]:
    yield problem
    if isinstance(problem, BaseExceptionGroup):
        for inner in problem.exceptions:
            yield from _inside(inner)
