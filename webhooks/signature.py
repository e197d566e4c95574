"""Who sent this? Signatures over the raw bytes, before anybody reads them.

The answer is a verdict, not a boolean, so that the log can say why somebody was turned away.
Nothing that a stranger can send raises an exception here. Comparisons are of bytes: with text,
`hmac.compare_digest` raises TypeError for a header that is not ASCII.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

TOLERANCE_SECONDS = 300
"""How far a Standard Webhooks timestamp may be from now. Source: the Standard Webhooks text."""
MOST_SIGNATURES = 10
"""Signatures of one message that are looked at; a sender rotating secrets has two."""

SPELLINGS = ("webhook-", "svix-")
"""How the three headers begin: as Standard Webhooks has them, and as Svix itself writes them."""

_STANDARD = ("id", "timestamp", "signature")
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


class Verdict(StrEnum):
    """What came of looking at a signature."""

    GENUINE = "genuine"
    ABSENT = "no signature"
    DOUBLED = "more than one signature header"
    STALE = "the timestamp is not of the last five minutes"
    WRONG = "the signature does not match"


def of_shopify(headers: Sequence[str], body: bytes, secrets: Iterable[str]) -> Verdict:
    """Base64 HMAC-SHA256 of the raw body, in exactly the form Shopify writes it.

    `headers` are all values of the signature header. Every secret is tried, because Shopify goes
    on signing with the oldest one that is not revoked (its page on rotating client secrets).
    """
    if not any(headers):
        return Verdict.ABSENT
    if len(headers) > 1:
        return Verdict.DOUBLED
    given = _bytes(headers[0])
    keys = [secret.encode() for secret in secrets if secret]
    matches = [hmac.compare_digest(_digest(key, body), given) for key in keys]
    return Verdict.GENUINE if any(matches) else Verdict.WRONG


@dataclass(frozen=True)
class StandardHeaders:
    """The three headers of the Standard Webhooks form; empty where one is missing."""

    message_id: str
    timestamp: str
    signatures: str


def standard_headers(header: Callable[[str], str]) -> StandardHeaders:
    """All three in one spelling; one that is there in part is not completed from another.

    `header` gives a header's value by its name, empty where there is none.
    """
    spelled = [
        StandardHeaders(*(header(f"{prefix}{name}") for name in _STANDARD)) for prefix in SPELLINGS
    ]
    return next((found for found in spelled if found.signatures), spelled[0])


def of_standard(
    message_id: str,
    timestamp: str,
    signatures: str,
    body: bytes,
    *,
    secrets: Iterable[str],
    now: datetime,
) -> Verdict:
    """The Standard Webhooks form: `v1,` and base64 HMAC-SHA256 over `id.timestamp.body`.

    `signatures` may hold several, separated by spaces; `secrets` are `whsec_` and base64.
    """
    if not (message_id and timestamp and signatures):
        return Verdict.ABSENT
    if not _recent(timestamp, now):
        return Verdict.STALE
    signed = _bytes(f"{message_id}.{timestamp}.") + body
    expected = [b"v1," + _digest(key, signed) for key in map(_key, secrets) if key]
    given = [_bytes(each) for each in signatures.split(" ")[:MOST_SIGNATURES]]
    matches = [hmac.compare_digest(one, other) for one in expected for other in given]
    return Verdict.GENUINE if any(matches) else Verdict.WRONG


def of_tmall(given: str, body: bytes, app_key: str, secrets: Iterable[str]) -> Verdict:
    """Lower-case hex HMAC-SHA256, keyed with the app's secret, over the app key and the raw body.

    `given` is the whole `Authorization` header: there is no scheme before the digest. Source: the
    push messages of TaoWorld's platform (IOP).
    """
    if not given:
        return Verdict.ABSENT
    signed = _bytes(app_key) + body
    keys = [secret.encode() for secret in secrets if secret]
    expected = [hmac.digest(key, signed, "sha256").hex().encode() for key in keys]
    matches = [hmac.compare_digest(each, _bytes(given)) for each in expected]
    return Verdict.GENUINE if any(matches) else Verdict.WRONG


def _recent(timestamp: str, now: datetime) -> bool:
    if _SECONDS.fullmatch(timestamp) is None:
        return False
    return abs(now.timestamp() - int(timestamp)) <= TOLERANCE_SECONDS


def _key(secret: str) -> bytes:
    """The bytes behind `whsec_`; empty for a secret that is none."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _digest(key: bytes, message: bytes) -> bytes:
    return base64.b64encode(hmac.digest(key, message, "sha256"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
