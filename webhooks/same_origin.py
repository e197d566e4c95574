"""May this request change anything? Only when a page of ours sent it.

Browsers say where a request comes from (`Sec-Fetch-Site`, older ones `Origin`); a page of somebody
else's cannot make them say otherwise. So there is no token in the forms to forget.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def from_own_page(site: str | None, origin: str | None, hosts: Collection[str]) -> bool:
    """True when the browser vouches for it.

    `site` is `Sec-Fetch-Site`, `origin` is `Origin`, None where there is none; `hosts` are ours,
    with the port where there is one.
    """
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is not None and _host(origin) in hosts


def _host(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in {"http", "https"} and parts.netloc else None
