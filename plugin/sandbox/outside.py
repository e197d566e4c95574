"""The app, as the world sees it from outside: a base URL, a door for webhooks, pages for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import requests

CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 5.0
"""As Shopify waits for an answer to a webhook."""
PATIENCE_SECONDS = 60.0
"""As people wait for a page that takes their pictures."""


@dataclass(frozen=True)
class Readiness:
    """What the app says of itself at `/readyz`."""

    ok: bool
    last_tick: str
    inbox: int
    outbox: int
    next_due: str = ""
    """When the app next has something to do by the clock; empty when it does not say."""


@dataclass(frozen=True)
class Seen:
    """A page as somebody's browser got it."""

    status: int
    text: str


class Pages(Protocol):
    """The app's pages, for people."""

    def look(self, path: str) -> Seen | None:
        """A page, or None when the app does not answer."""

    def send(self, path: str, body: bytes, content_type: str) -> Seen | None:
        """The answer to a form sent from the app's own page; None when there is none."""


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

    def look(self, path: str) -> Seen | None:
        """See `Pages`."""
        return self._browse("GET", path, None, {})

    def send(self, path: str, body: bytes, content_type: str) -> Seen | None:
        """See `Pages`."""
        return self._browse("POST", path, body, own_page(self._url, content_type))

    def _browse(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Seen | None:
        try:
            answer = self._send(method, path, body, headers, PATIENCE_SECONDS)
        except requests.RequestException:
            return None
        return Seen(answer.status_code, answer.text)

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        patience: float = ANSWER_SECONDS,
    ) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False  # a proxy of this machine is not on the way to the app
            return session.request(
                method,
                self._url + path,
                data=body,
                headers=dict(headers),
                timeout=(CONNECT_SECONDS, patience),
                allow_redirects=False,
            )


def own_page(app_url: str, content_type: str) -> dict[str, str]:
    """What a browser says of a form that the app's own page sent."""
    return {"Content-Type": content_type, "Origin": app_url, "Sec-Fetch-Site": "same-origin"}


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
