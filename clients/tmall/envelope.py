"""What TOP answers: success and failure both come with status 200, told apart by the envelope."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, RemoteError, Retriable
from clients.http import Kind

SERVICE = "tmall"
THROTTLED = frozenset({4, 5, 6, 7, 8})
THEIR_SIDE = frozenset({3, 10})
SESSION = frozenset({26, 27})
SETUP = frozenset({11, 12, 13, 28, 29})
CLOCK = frozenset({30, 31})
USUAL_WAIT, LONGEST_WAIT = 5.0, 86_400.0
CROWDED = re.compile(r"accesscontrol\.limited-by-[a-z-]*access-count|isp\.call-limited")
SECONDS = re.compile(r"(\d{1,9}) more seconds?")
UNSURE = re.compile(r"isp\.top-remote-.*|isp\.remote-connection-error")
"""Platform side, after the call went on to where it is carried out."""


def root_of(method: str) -> str:
    """The name success is under: `taobao.refund.get` is `refund_get_response`."""
    return f"{method.removeprefix('taobao.').replace('.', '_')}_response"


def document(body: bytes) -> dict[str, Any] | None:
    """The JSON object in an answer, its numbers exact; None for anything else."""
    try:
        found = json.loads(body.decode(), parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def opened(found: Mapping[str, Any], method: str, kind: Kind) -> Mapping[str, Any]:
    """What is inside a success. Raises what a failure means, KeyError for neither.

    A method's own no (`result.success` false) is Refused with its `msg_code`.
    """
    failed = found.get("error_response")
    if isinstance(failed, Mapping):
        raise meaning(failed, kind)
    inside = found[root_of(method)]
    if not isinstance(inside, Mapping):
        raise TypeError("not an object")
    _own_no(inside)
    return inside


def listed(value: object) -> list[Any]:
    """A list as TOP writes it: plain, in a wrapper of one name, a single thing, or nothing."""
    match value:
        case None | "":
            return []
        case list():
            return list(value)
        case dict() if len(value) == 1 and isinstance(next(iter(value.values())), list):
            return list(next(iter(value.values())))
        case _:
            return [value]


def meaning(failed: Mapping[str, Any], kind: Kind) -> RemoteError:
    """The error an `error_response` is, by TOP's table of codes."""
    code, sub = _number(failed.get("code")), str(failed.get("sub_code") or "")
    request_id = str(failed.get("request_id") or "")[:100]
    said = str(failed.get("sub_msg") or failed.get("msg") or "refused without a word")[:200]
    what = f"{said} (request {request_id})" if request_id else said
    named = sub or str(code)
    about = {"code": named, "request_id": request_id}
    if code in THROTTLED or CROWDED.search(sub):
        return Retriable(SERVICE, what, after=_wait(said), **about)
    if code in SESSION:
        return NeedsAuthorisation(SERVICE, what, **about)
    if code in SETUP:
        return NeedsAuthorisation(SERVICE, f"{what}; the app may not call this", **about)
    if code in CLOCK:
        return Retriable(SERVICE, what, after=1.0, **about)
    if UNSURE.match(sub) and kind is not Kind.READ:
        return OutcomeUnknown(SERVICE, what, **about)
    if code in THEIR_SIDE or sub.startswith(("isp.", "ism.")):
        return Retriable(SERVICE, what, after=USUAL_WAIT, **about)
    return Refused(SERVICE, what, **about)


def _own_no(inside: Mapping[str, Any]) -> None:
    result = inside.get("result")
    for level in (inside, result if isinstance(result, Mapping) else {}):
        for name in ("success", "succ"):
            if name in level and str(level[name]).lower() == "false":
                code = str(level.get("msg_code") or level.get("error_code") or "refused")
                said = str(level.get("message") or level.get("error_msg") or "refused")[:200]
                raise Refused(SERVICE, said, code=code)


def _wait(said: str) -> float:
    """Seconds a ban lasts, as the text says: bursts 1 or 2, a day's ban many thousands."""
    found = SECONDS.search(said)
    return min(float(found[1]) + 1.0, LONGEST_WAIT) if found else USUAL_WAIT


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
