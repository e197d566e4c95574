"""Calling TOP: one address, signed forms, times in China's wall clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

import requests
from urllib3.filepost import encode_multipart_formdata

from clients.errors import MISSHAPEN, RemoteError, Retriable
from clients.http import Kind, Transport, safe_base
from clients.tmall.envelope import CLOCK, SERVICE, document, opened
from clients.tmall.sign import sign
from clients.watch import Watch

PRODUCTION = "https://eco.taobao.com/router/rest"
CHINA = timezone(timedelta(hours=8))
FORM = "application/x-www-form-urlencoded;charset=utf-8"

File = tuple[str, bytes, str]
"""(file name, content, content type)"""


class Top:
    """Calls methods of one app with one user's session.

    Besides what a method names, each call raises Retriable, Refused, NeedsAuthorisation (session
    dead, app without the permission) and, when it writes, OutcomeUnknown: a write is never
    repeated here.
    """

    def __init__(
        self,
        app_key: str,
        secret: str,
        session: str,
        *,
        base_url: str = PRODUCTION,
        now: Callable[[], datetime],
        http: requests.Session | None = None,
        watch: Watch | None = None,
    ) -> None:
        """`now` gives aware moments. Raises ValueError for a base URL not to be trusted."""
        self.app_key = app_key
        self._secret, self._session, self._now = secret, session, now
        self._base = safe_base(base_url)
        self._transport = Transport(SERVICE, session=http, watch=watch)

    def call(
        self,
        method: str,
        params: Mapping[str, object],
        kind: Kind,
        *,
        files: Mapping[str, File] | None = None,
    ) -> Mapping[str, Any]:
        """What a method answers once it has succeeded.

        Lists and objects among `params` are sent as one JSON string each, and signed as that
        very string; None and "" are left out; files are sent beside and not signed.
        """
        try:
            return self._once(method, params, kind, files)
        except Retriable as error:
            if kind is not Kind.READ or error.code not in {str(code) for code in CLOCK}:
                raise
            return self._once(method, params, kind, files)  # a new time, once

    def unreadable(self, problem: Exception, kind: Kind) -> RemoteError:
        """The error for an answer that lacks something; its content is not quoted."""
        what = f"the answer lacks something ({type(problem).__name__})"
        return self._transport.unsure(what, kind, code="unreadable")

    def _once(
        self,
        method: str,
        params: Mapping[str, object],
        kind: Kind,
        files: Mapping[str, File] | None,
    ) -> Mapping[str, Any]:
        body, content_type = _encoded(self._signed(method, params), files)
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        answer = self._transport.post(self._base, body, headers, kind)
        found = document(answer.body)
        if found is None:
            self._transport.judge(answer, kind)
            raise self._transport.unsure("answered something else than JSON", kind, code="garbage")
        try:
            return opened(found, method, kind)
        except MISSHAPEN as problem:
            self._transport.judge(answer, kind)
            raise self.unreadable(problem, kind) from None

    def _signed(self, method: str, params: Mapping[str, object]) -> dict[str, str]:
        sent = {
            "method": method,
            "app_key": self.app_key,
            "session": self._session,
            "timestamp": self._now().astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            "format": "json",
            "v": "2.0",
            "sign_method": "hmac-sha256",
            **{name: _text(value) for name, value in params.items()},
        }
        sent = {name: value for name, value in sent.items() if value != ""}
        return {**sent, "sign": sign(self._secret, sent)}


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _encoded(params: Mapping[str, str], files: Mapping[str, File] | None) -> tuple[bytes, str]:
    if not files:
        return urlencode(params).encode(), FORM
    body, content_type = encode_multipart_formdata({**params, **files})
    return body, content_type
