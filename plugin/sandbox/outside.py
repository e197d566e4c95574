"""The app, as the world sees it from outside: a base URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import requests

CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 5.0
"""As Shopify waits for an answer to a webhook."""


@dataclass(frozen=True)
class Readiness:
    """What the app says of itself at `/readyz`."""

    ok: bool
    last_tick: str
    inbox: int
    outbox: int
    next_due: str = ""
    """When the app next has something to do by the clock; empty when it does not say."""


class Outside(Protocol):
    """The way to the app."""

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        """The status the app answers with, or None when it does not answer."""

    def ready(self) -> Readiness | None:
        """The app's own word, or None when it does not answer."""


class HttpOutside:
    """The way over HTTP."""

    def __init__(self, app_url: str) -> None:
        self._url = app_url.rstrip("/")

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        """See `Outside`."""
        try:
            answer = self._send("POST", path, body, headers)
        except requests.RequestException:
            return None
        return answer.status_code

    def ready(self) -> Readiness | None:
        """See `Outside`."""
        try:
            answer = self._send("GET", "/readyz", None, {})
            said: Any = answer.json()
        except requests.RequestException:
            return None
        return read(said)

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False  # a proxy of this machine is not on the way to the app
            return session.request(
                method,
                self._url + path,
                data=body,
                headers=dict(headers),
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )


def read(said: Any) -> Readiness | None:
    """The answer of `/readyz`, or None for something else."""
    if not isinstance(said, dict):
        return None
    try:
        return Readiness(
            ok=bool(said["ok"]),
            last_tick=str(said["last_tick"] or ""),
            inbox=int(said["inbox"]),
            outbox=int(said["outbox"]),
            next_due=str(said.get("next_due") or ""),
        )
    except (KeyError, TypeError, ValueError):
        return None
