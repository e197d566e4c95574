"""From a document's name and its variables to the checked payload."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests

from clients.errors import MISSHAPEN, OutcomeUnknown, Refused, RemoteError
from clients.http import Answer, Kind, Transport
from clients.shopify import documents
from clients.shopify.access import Access
from clients.shopify.budget import Budget
from clients.shopify.envelope import Envelope, Throttle, check, opened, spent_key
from clients.watch import Watch

SERVICE = "Shopify"
API_VERSION = "2026-10"
UNAUTHORISED = 401

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Care:
    """What a call is made with an eye to."""

    watch: Watch | None = None
    budget: Budget | None = None
    heard: Callable[[str], object] = field(default=lambda _version: None)
    """Told the version that answered, with every answer. Must not raise anything."""


CARELESS = Care()


class Channel:
    """One shop's GraphQL endpoint with one token. Everything it raises is from clients.errors."""

    def __init__(
        self,
        base: str,
        access: Access,
        session: requests.Session | None,
        care: Care = CARELESS,
    ) -> None:
        self.served_version = API_VERSION
        self.throttle: Throttle | None = None
        self._url = f"{base}/admin/api/{API_VERSION}/graphql.json"
        self._access = access
        self._transport = Transport(SERVICE, session=session, watch=care.watch)
        self._budget, self._heard = care.budget, care.heard

    def ask(self, name: str, variables: Mapping[str, Any], kind: Kind) -> Envelope:
        """Send a document; the envelope's errors are still to be judged, see `check`."""
        body = json.dumps({"query": documents.text(name), "variables": variables})
        if self._budget is not None:
            self._budget.take(name)
        token = self._access.current()
        answer = self._sent(body, token, kind)
        if answer.status == UNAUTHORISED and self._access.renewed is not None:
            # Certainly not executed: whatever it was, it may be sent once more.
            answer = self._sent(body, self._access.renewed(token), kind)
        self._transport.judge(answer, kind)
        self.served_version = answer.headers.get("x-shopify-api-version", self.served_version)[:20]
        self._heard(self.served_version)
        envelope = opened(answer, kind, self._transport)
        self.throttle = envelope.throttle or self.throttle
        if self._budget is not None:
            self._budget.told(name, envelope.throttle, envelope.requested_cost)
        return envelope

    def _sent(self, body: str, token: str, kind: Kind) -> Answer:
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-Shopify-Access-Token": token,
        }
        return self._transport.post(self._url, body.encode(), headers, kind)

    def check(self, envelope: Envelope, kind: Kind = Kind.READ) -> None:
        """Raise what the envelope's errors mean; return when its payload may be used."""
        check(envelope, kind, self._transport)

    def read(self, name: str, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """The payload of a query; None is Shopify's word for "there is none"."""
        envelope = self.ask(name, variables, Kind.READ)
        self.check(envelope)
        return envelope.payload

    def write(
        self,
        name: str,
        variables: Mapping[str, Any],
        *,
        result: str,
        complaints: str = "userErrors",
        kind: Kind = Kind.IDEMPOTENT_WRITE,
    ) -> Mapping[str, Any]:
        """The payload of a mutation that did what it was asked.

        `result` is the field that holds what was made, `complaints` the one with the user errors.
        A complaint without a result is Refused; a result with a complaint, or neither of the two,
        is OutcomeUnknown.
        """
        envelope = self.ask(name, variables, kind)
        self.check(envelope, kind)
        payload = envelope.payload or {}
        said = payload.get(complaints) or []
        if isinstance(said, list) and said and not payload.get(result):
            raise _refusal(said, envelope.request_id)
        if said or not payload.get(result):
            what = "it is not clear from the answer whether it was done"
            raise OutcomeUnknown(SERVICE, what, request_id=envelope.request_id)
        return payload

    def parsed(self, parse: Callable[[Any], _Value], node: Any, kind: Kind) -> _Value:
        """A record from an answer; an unreadable one is the error that fits the operation."""
        try:
            return parse(node)
        except MISSHAPEN as problem:
            raise self.unreadable(problem, kind) from None

    def unreadable(self, problem: Exception, kind: Kind) -> RemoteError:
        """The error for an answer that lacks something; its content is not quoted."""
        what = f"the answer lacks something ({type(problem).__name__})"
        return self._transport.unsure(what, kind, code="unreadable")


def _refusal(complaints: Iterable[Any], request_id: str) -> RemoteError:
    entries = [entry for entry in complaints if isinstance(entry, dict)]
    messages = [str(entry.get("message") or "") for entry in entries]
    codes = [str(entry["code"]) for entry in entries if entry.get("code")]
    keyed = spent_key(SERVICE, frozenset([*messages, *codes]), request_id)
    code = codes[0] if codes else "user_error"
    return keyed or Refused(SERVICE, "; ".join(messages)[:200], code=code, request_id=request_id)
