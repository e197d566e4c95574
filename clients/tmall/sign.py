"""The Taobao Open Platform's signature (TOP documentation, signing of calls)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping


def sign(secret: str, params: Mapping[str, str]) -> str:
    """Upper-case hex over all parameters but `sign`, files and empty ones, sorted by name.

    Raises ValueError for a `sign_method` that is none of md5, hmac, hmac-sha256.
    """
    names = sorted(name for name, value in params.items() if name != "sign" and value != "")
    text = "".join(name + params[name] for name in names).encode()
    key = secret.encode()
    match params.get("sign_method"):
        case "md5":
            # Not for safety: it is what older apps are registered with.
            return hashlib.md5(key + text + key, usedforsecurity=False).hexdigest().upper()
        case "hmac":
            return hmac.new(key, text, hashlib.md5).hexdigest().upper()
        case "hmac-sha256":
            return hmac.new(key, text, hashlib.sha256).hexdigest().upper()
        case other:
            raise ValueError(f"unknown sign_method {other!r}")
