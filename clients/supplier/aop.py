"""The 1688 open platform's gateway: signature, dates, and what its refusals mean.

1688: every call is a form POST to `param2/1/<namespace>/<api>/<app key>`, signed with HMAC-SHA1.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import requests
from urllib3.filepost import encode_multipart_formdata

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, RemoteError, Retriable
from clients.http import Kind, Transport, safe_base
from clients.watch import Watch

SERVICE = "1688"
SIGNATURE = "_aop_signature"
CHINA = timezone(timedelta(hours=8))
CROWDED_WAIT = 60.0
SUCCESS = frozenset({"", "0", "200", "success", "SUCCESS"})
NO_ACCESS = frozenset({"401", "400_2", "gw.SignatureInvalid", "gw.AppKeyNotFound"})
"""400_2 asks for a new authorisation; with a wrong signature or key no call can ever pass."""

ALREADY_OPEN = "5010"
"""createRefund: the order's state does not fit, or the same request exists. Query before more."""

_CROWDED = re.compile(r"Qos|Frequency|FlowLimit", re.IGNORECASE)
_TOKEN = re.compile(r"Authentication|AccessToken|TokenExpire", re.IGNORECASE)
_THEIR_SIDE = re.compile(r"4[0-9]{3}|500(_[0-9])?|gw\.ServiceError", re.IGNORECASE)
_TIME = re.compile(r"(?P<local>[0-9]{14})(?P<milli>[0-9]{3})(?P<zone>[+-][0-9]{4})", re.ASCII)


def sign(secret: str, url_path: str, params: Mapping[str, str]) -> str:
    """Upper-case hex HMAC-SHA1 over the path and all parameters sorted by name."""
    text = url_path + "".join(name + params[name] for name in sorted(params) if name != SIGNATURE)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest().upper()


def moment(text: str) -> datetime:
    """`20180521141339000+0800` as aware UTC; `2018-05-21 14:13:39` is China's time.

    Raises ValueError for anything else.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).astimezone(UTC)
    found = datetime.strptime(match["local"] + match["zone"], "%Y%m%d%H%M%S%z")
    return found.replace(microsecond=int(match["milli"]) * 1000).astimezone(UTC)


class Gateway:
    """Calls methods of one app on behalf of one buyer.

    `timestamp` gives milliseconds since 1970 for `_aop_timestamp`, which 1688 does not demand.
    """

    def __init__(
        self,
        app_key: str,
        secret: str,
        access_token: str,
        *,
        base_url: str,
        session: requests.Session | None,
        timestamp: Callable[[], int] | None,
        watch: Watch | None = None,
    ) -> None:
        self._app_key = app_key
        self._secret = secret
        self._access_token = access_token
        self._base = safe_base(base_url)
        self._transport = Transport(SERVICE, session=session, watch=watch)
        self._timestamp = timestamp

    def call(
        self,
        namespace: str,
        api: str,
        params: Mapping[str, str],
        kind: Kind,
        *,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> Mapping[str, Any]:
        """The method's answer once it has succeeded. Raises what its refusal means.

        `files` are (name, content, content type); they are sent beside and not signed.
        """
        path = f"param2/1/{namespace}/{api}/{self._app_key}"
        signed = self._signed(path, params)
        if files:
            body, content_type = encode_multipart_formdata({**signed, **files})
        else:
            body = urlencode(signed).encode()
            content_type = "application/x-www-form-urlencoded; charset=UTF-8"
        headers = {"Content-Type": content_type}
        answer = self._transport.post(f"{self._base}/{path}", body, headers, kind)
        document = _document(answer.body)
        # The gateway says in the body why it refused, under a status that says less.
        if document is not None and answer.status < 500:
            self._judge(document, kind)
        self._transport.judge(answer, kind)
        if document is None:
            raise self._transport.unsure("answered something else than JSON", kind, code="garbage")
        return document

    def unreadable(self, problem: Exception, kind: Kind) -> RemoteError:
        """The error for an answer that lacks something; its content is not quoted."""
        what = f"the answer lacks something ({type(problem).__name__})"
        return self._transport.unsure(what, kind, code="unreadable")

    def _signed(self, path: str, params: Mapping[str, str]) -> dict[str, str]:
        sent = {**params, "access_token": self._access_token}
        if self._timestamp is not None:
            sent["_aop_timestamp"] = str(self._timestamp())
        return {**sent, SIGNATURE: sign(self._secret, path, sent)}

    def _judge(self, document: Mapping[str, Any], kind: Kind) -> None:
        """Return for a success; the classes follow 1688's tables of error codes."""
        code, what = _refusal(document)
        if code is None:
            return
        if _CROWDED.search(code):
            raise Retriable(SERVICE, "called too often", after=CROWDED_WAIT, code=code)
        if code in NO_ACCESS or _TOKEN.search(code):
            raise NeedsAuthorisation(SERVICE, "access refused", code=code)
        if code == ALREADY_OPEN and kind is not Kind.READ:
            raise OutcomeUnknown(SERVICE, what, code=code)
        if _THEIR_SIDE.fullmatch(code):
            raise self._transport.unsure(f"failed inside ({code})", kind, code=code)
        raise Refused(SERVICE, what, code=code)


def succeeded(value: object) -> bool:
    """1688 writes booleans as such and as text."""
    return value is True or str(value).lower() == "true"


def _refusal(document: Mapping[str, Any]) -> tuple[str | None, str]:
    """(code, words) of a refusal, (None, "") for a success.

    Three shapes: the gateway's error_code, a method's errorCode, and a result of its own with
    success, code and message.
    """
    inner = document.get("result")
    for level in (document, inner if isinstance(inner, dict) else {}):
        failed = level.get("success") is not None and not succeeded(level["success"])
        code = str(level.get("error_code") or level.get("errorCode") or "")
        if failed:
            code = code or str(level.get("code") or "unknown")
        if failed or code not in SUCCESS:
            return code or "unknown", _words(level)
    return None, ""


def _words(level: Mapping[str, Any]) -> str:
    for name in ("error_message", "errorMessage", "errorMsg", "message"):
        if level.get(name):
            return str(level[name])[:200]
    return "refused without a word"


def _document(body: bytes) -> dict[str, Any] | None:
    """The JSON object in an answer; 1688 has been seen to answer in a Chinese charset, too."""
    for charset in ("utf-8", "gb18030"):
        try:
            found = json.loads(body.decode(charset), parse_float=Decimal)
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else None
    return None
