"""The way from the app's real clients to the world, and everything that can go wrong on it.

A fault is chosen before the request arrives, so that each either happens before its effect, or
after it. The effect that lands when the app has given up long ago comes later from the heap.
"""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import requests
from aiosmtpd.smtp import Envelope
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import NewConnectionError, ProtocolError

from plugin.sandbox import mailbox
from plugin.sandbox.faults import FaultKind
from tests.simulation.lanes import Lane, current
from tests.simulation.wsgi import Answered

OPERATION = re.compile(r"^(query|mutation)\s+(\w+)", re.MULTILINE)
"""A document begins with a comment that says what it is for."""
LATE = 120.0
PAUSE, STALL = 30 * 60.0, 6 * 3600.0

BEFORE = ("refused", "no such host", "429", "429 wait", "throttled", "500", "503")
AFTER = ("timeout", "502", "reset", "truncated", "late", "nonsense", "gone")
"""`gone`: it never arrived, and nobody says so."""
DEAR = re.compile("refund|draft|urge", re.IGNORECASE)
"""Writes that may not happen twice: a fault is most telling there, so they meet many."""
READS = ("refused", "no such host", "429", "500", "timeout", "truncated", "stale", "stale", "stale")
MAIL = ("refused", "later", "lost", "lost", "502", "no such person")


def pause(lane: Lane, what: str, task: str, rate: float) -> None:
    """Now and then a lane stands still: for longer than a lease, for hours, for a moment."""
    world = lane.process.world
    if world.dice.strikes("process", what, task, rate):
        world.seen["paused longer than the lease"] += 1
        lane.wait(PAUSE)
    elif world.dice.strikes("process", f"stall, {what}", task, rate / 10):
        world.seen["stalled for hours"] += 1
        lane.wait(STALL)
        world.invariants.disturbed()
    elif world.dice.strikes("process", f"turn, {what}", task, 0.02):
        lane.wait(3)


class Wire(BaseAdapter):
    """What the app's sessions are mounted on."""

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Raises what requests raises where there is no answer."""
        lane = current()
        assert lane is not None, "only the app calls"
        return _Call(lane, request).made()

    def close(self) -> None:
        """Nothing is open."""


class _Call:
    def __init__(self, lane: Lane, request: requests.PreparedRequest) -> None:
        self.lane, self.request, self.world = lane, request, lane.process.world
        body = request.body or b""
        self.body = body if isinstance(body, bytes) else body.encode()
        self.path = str(request.path_url)
        self.name, self.writes = operation(self.path, self.body)
        self.site = f"{self.name}|{lane.task}"

    def made(self) -> requests.Response:
        """The whole way there and back."""
        world, lane = self.world, self.lane
        if lane.open:
            world.wrong("I0", f"{self.name} was called with a transaction open")
        lane.step("before a call")
        self._pause("pause before a call", 0.02 if self.writes else 0.002)
        fault = self._fault()
        answer = self._before(fault) if fault in BEFORE else self._arrives(fault)
        self._pause("pause after a call", 0.01 if self.writes else 0.002)
        lane.step("after a call")
        if self.writes and world.dice.strikes("process", "crash after effect", self.site, 0.02):
            lane.die("after an effect")
        return answer

    def _fault(self) -> str:
        world = self.world
        if world.outages.get(self.service):
            world.seen["call in an outage"] += 1
            kinds = ("refused", "500", *(("timeout", "late") if self.writes else ()))
            return world.dice.one_of(kinds, "outage", self.site)
        if not world.dice.strikes("call", "call", self.site, self._rate):
            return ""
        kinds = (*BEFORE, *AFTER, *AFTER) if self.writes else READS
        kind = world.dice.one_of(kinds, "call kind", self.site)
        world.seen[f"call {kind}"] += 1
        if self.name == "RefundCreate":
            world.seen[f"a refund's {'answer lost' if kind in AFTER else 'call failed'}"] += 1
        return kind

    @property
    def _rate(self) -> float:
        if not self.writes:
            return 0.02
        return 0.25 if DEAR.search(self.name) else 0.06

    @property
    def service(self) -> str:
        """Whose outage would hit this call."""
        return "1688" if self.path.startswith("/sandbox/1688") else "store"

    def _pause(self, what: str, rate: float) -> None:
        pause(self.lane, what, self.site, rate)

    def _before(self, fault: str) -> requests.Response:
        match fault:
            case "refused" | "no such host":
                raise requests.ConnectionError(NewConnectionError(None, fault))
            case "429":
                return self._answer(Answered(429, {}, b""))
            case "429 wait":
                return self._answer(Answered(429, {"Retry-After": "7"}, b""))
            case "throttled" if self.service == "store":
                error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
                body = json.dumps({"errors": [error]}).encode()
                return self._answer(Answered(200, {"Content-Type": "application/json"}, body))
            case _:
                return self._answer(Answered(503 if fault == "503" else 500, {}, b"<html>"))

    def _arrives(self, fault: str) -> requests.Response:
        if fault == "late":
            self.world.later(LATE, lambda: self.world.effect(self._there))
            self.lane.wait(25)
            raise requests.ReadTimeout
        if fault == "gone":
            self._dark()
            self.lane.wait(25)
            raise requests.ReadTimeout
        if fault == "stale" and self.service == "store":
            self._shop.faults.add(self.name, FaultKind.STALE_READS, seconds=60)
        found = self.world.effect(self._there)
        if self.writes and fault:
            self._dark()
        match fault:
            case "timeout":
                self.lane.wait(25)
                raise requests.ReadTimeout
            case "reset":
                raise requests.ConnectionError(ConnectionResetError())
            case "502":
                return self._answer(Answered(502, {}, b"<html>"))
            case "truncated":
                return self._answer(found, cut=True)
            case "nonsense":
                return self._answer(Answered(200, {}, b"<html>maintenance</html>"))
        return self._answer(found)

    def _dark(self) -> None:
        """Now and then a lost answer is the last that is heard of a service for a day or two."""
        world = self.world
        rate = 0.3 if "refund" in self.name.lower() else 0.02
        if self.service in world.outages:
            return
        if world.dice.strikes("call", "the lights go out", self.site, rate):
            world.seen[f"outage of {self.service}"] += 1
            world.operator.outage(self.service, world.dice.between(20, 50, "dark for", self.site))

    @property
    def _shop(self) -> Any:
        return self.world.shop_at(self.path).ground

    def _there(self) -> Answered:
        """The request arrives."""
        self._own_token()
        headers = {k: str(v) for k, v in self.request.headers.items() if k != "Content-Length"}
        path = self.path.removeprefix("/sandbox")
        return self.world.shop_at(self.path).call(
            str(self.request.method), path, self.body, headers
        )

    def _own_token(self) -> None:
        """No call goes out with a token of another store."""
        token = str(self.request.headers.get("X-Shopify-Access-Token") or "")
        mine = self.world.shop_at(self.path)
        if token and any(s.has_given(token) for s in self.world.shops if s is not mine):
            self.world.wrong("I11", f"{self.name} at {mine.name} with the token of another store")

    def _answer(self, found: Answered, *, cut: bool = False) -> requests.Response:
        answer = requests.Response()
        answer.status_code = found.status
        answer.headers = CaseInsensitiveDict(found.headers)
        answer.raw = _Cut(found.body) if cut else BytesIO(found.body)
        answer.request, answer.url = self.request, str(self.request.url)
        return answer


class _Cut(BytesIO):
    """The connection breaks off in the middle."""

    def stream(self, size: int, decode_content: bool = True) -> Any:
        """Half of it, and then none."""
        yield self.getvalue()[: len(self.getvalue()) // 2]
        raise ProtocolError("IncompleteRead")


def operation(path: str, body: bytes) -> tuple[str, bool]:
    """The operation's name, and whether it changes anything."""
    if "/1688/" in path:
        name = path.split("/")[-2]
        return name, name.endswith(("createRefund", "urge"))
    if path.endswith("/access_token"):
        return "renewToken", True
    found = OPERATION.search(json.loads(body)["query"])
    assert found is not None, body
    return found[2], found[1] == "mutation"


# --- Mail -----------------------------------------------------------------------------------------


def mail_fault() -> str:
    """What the next letter meets."""
    lane = current()
    assert lane is not None
    world = lane.process.world
    if lane.open:
        world.wrong("I0", "a letter was sent with a transaction open")
    lane.step("before a call")
    if world.outages.get("mail"):
        return "refused"
    if not world.dice.strikes("call", "letter", lane.task, 0.06):
        return ""
    kind = world.dice.one_of(MAIL, "letter kind", lane.task)
    world.seen[f"letter {kind}"] += 1
    return kind


def mail(envelope: Envelope, fault: str) -> tuple[int, bytes]:
    """The letter arrives, unless it does not."""
    lane = current()
    assert lane is not None
    world = lane.process.world
    if fault == "502":
        return 452, b"no room"
    lane.letter = lane.task.partition("|")[0]
    world.effect(lambda: mailbox.keep(world.letterbox.ground, envelope))
    if fault == "lost" or world.db.full:
        world.lost_letters[lane.letter] += 1
    if fault == "lost":
        lane.letter = ""
        raise ConnectionResetError
    if world.dice.strikes("process", "crash after effect", f"letter|{lane.task}", 0.02):
        lane.die("after an effect")
    return 250, b"OK"
