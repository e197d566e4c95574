"""The 1688 gateway's signature and dates."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
SIGNATURE = "_aop_signature"


def sign(secret: str, url_path: str, params: Mapping[str, str]) -> str:
    """Upper-case hex HMAC-SHA1 over the path and the parameters in order of their names."""
    text = url_path + "".join(name + params[name] for name in sorted(params) if name != SIGNATURE)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest().upper()


def verified(secret: str, url_path: str, params: Mapping[str, str]) -> bool:
    """True when the parameters carry the signature they should."""
    given = params.get(SIGNATURE, "")
    return hmac.compare_digest(given.encode(), sign(secret, url_path, params).encode())


def date(moment: datetime) -> str:
    """`20180521141339000+0800`, as trade and refund objects have it."""
    local = moment.astimezone(CHINA)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03}+0800"
