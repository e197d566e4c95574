"""Session tokens: what a page inside Shopify's admin proves itself with.

A JSON web token signed HS256 with the app's client secret, good for one minute. Shop and person
come from it and from nothing else; a `shop` in an address is never believed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
from jwt.types import Options

LEEWAY_SECONDS = 10
ALGORITHM = "HS256"
LONGEST = 10_000
SHOP = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,60}\.myshopify\.com")
NEEDED = ("exp", "nbf", "iss", "dest", "aud", "sub")

UNJUDGED: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_sub": False,
}
"""Times and audience are judged here, by the clock that was handed in."""


class BadToken(ValueError):
    """The token proves nothing; the message is one word for why, for logs."""


@dataclass(frozen=True)
class SessionToken:
    """Who has opened a page, as Shopify says."""

    shop: str
    """The shop's domain, in small letters."""
    user: str
    """Shopify's id of the person."""
    begins_at: datetime
    expires_at: datetime
    token: str


def is_shop(domain: str) -> bool:
    """A whole `*.myshopify.com` domain and nothing else."""
    return SHOP.fullmatch(domain) is not None


def verify(
    token: str,
    *,
    client_id: str,
    secrets: Sequence[str],
    now: datetime,
    leeway: int = LEEWAY_SECONDS,
) -> SessionToken:
    """The token's shop and person.

    `secrets`: the client secret and, during a rotation, the one before. Raises BadToken for
    another algorithm or signature, a time outside its minute (10 seconds of leeway), another app,
    or a shop that is not one or on which `iss` and `dest` disagree.
    """
    if not token or len(token) > LONGEST or not token.isascii():
        raise BadToken("malformed")
    claims = _claims(token, secrets)
    missing = [name for name in NEEDED if not claims.get(name)]
    if missing:
        raise BadToken(f"no {missing[0]}")
    expires, begins = _seconds(claims["exp"]), _seconds(claims["nbf"])
    moment = now.timestamp()
    if moment > expires + leeway:
        raise BadToken("expired")
    if moment < begins - leeway:
        raise BadToken("not yet valid")
    if claims["aud"] != client_id:
        raise BadToken("for another app")
    shop, issuer = _host(claims["dest"]), _host(claims["iss"])
    if shop != issuer:
        raise BadToken("shops disagree")
    if not is_shop(shop):
        raise BadToken("not a shop")
    user = claims["sub"]
    if not isinstance(user, str):
        raise BadToken("no person")
    since, until = (datetime.fromtimestamp(moment, UTC) for moment in (begins, expires))
    return SessionToken(shop.lower(), user, since, until, token)


def _claims(token: str, secrets: Sequence[str]) -> Mapping[str, Any]:
    for secret in secrets:
        try:
            found: dict[str, Any] = jwt.decode(
                token, secret, algorithms=[ALGORITHM], options=UNJUDGED
            )
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
            raise BadToken("malformed") from None
        return found
    raise BadToken("signature")


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 2**40:
        raise BadToken("no time")
    return float(value)


def _host(address: Any) -> str:
    if not isinstance(address, str):
        raise BadToken("not a shop")
    try:
        parts = urlsplit(address)
        if parts.scheme != "https" or parts.port is not None or "@" in parts.netloc:
            raise BadToken("not a shop")
    except ValueError:
        raise BadToken("not a shop") from None
    return parts.netloc
