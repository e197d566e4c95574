"""Getting and renewing a shop's access token: token exchange, code grant, refresh.

Offline tokens expire after an hour and come with a refresh token of 90 days, which each refresh
replaces. A refresh whose answer is lost may be asked for again with the same refresh token.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from clients.errors import NeedsAuthorisation, Retriable
from clients.http import Kind, Transport, safe_base

SERVICE = "shopify"
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - the name of a kind
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
AN_HOUR, NINETY_DAYS = 3600, 90 * 24 * 3600
LONGEST = 10_000


@dataclass(frozen=True)
class Tokens:
    """What Shopify gave. Secrets are kept out of the repr."""

    access_token: str = field(repr=False)
    scope: str
    expires_in: int
    """Seconds. Where the answer forgets it, an hour: that is what all of them have."""
    refresh_token: str = field(default="", repr=False)
    """Empty for a token that does not expire."""
    refresh_expires_in: int = NINETY_DAYS


class OAuth:
    """Asks one shop for its tokens, in the app's name."""

    def __init__(
        self,
        shop: str,
        client_id: str,
        client_secret: str,
        *,
        base_url: str = "",
        transport: Transport | None = None,
    ) -> None:
        self._base = safe_base(base_url or f"https://{shop}")
        self._url = f"{self._base}/admin/oauth/access_token"
        self._app = {"client_id": client_id, "client_secret": client_secret}
        self._transport = transport or Transport(SERVICE)

    def grant_page(self, scopes: Sequence[str], back: str, state: str) -> str:
        """Where the merchant allows the scopes; from there the browser comes to `back`."""
        asked = {
            "client_id": self._app["client_id"],
            "scope": ",".join(scopes),
            "redirect_uri": back,
            "state": state,
        }
        return f"{self._base}/admin/oauth/authorize?{urlencode(asked)}"

    def exchange(self, session_token: str) -> Tokens:
        """An offline token for a session token.

        Raises NeedsAuthorisation with code `invalid_subject_token` when the page has to bring a
        fresh one, `invalid_client` for wrong credentials or an app that is not installed.
        """
        return self._ask(
            {
                "grant_type": GRANT,
                "subject_token": session_token,
                "subject_token_type": ID_TOKEN,
                "requested_token_type": OFFLINE,
                "expiring": "1",
            }
        )

    def redeem(self, code: str) -> Tokens:
        """An offline token for the code of an authorisation grant. A code is good once."""
        return self._ask({"code": code, "expiring": "1"})

    def refresh(self, refresh_token: str) -> Tokens:
        """A new pair. The same refresh token may be sent again until its successor was used.

        Raises NeedsAuthorisation when it is no longer good: uninstalled, expired or replaced.
        """
        return self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def migrate(self, old_token: str) -> Tokens:
        """A pair for a token that never expired. The old one stops working."""
        return self._ask(
            {
                "grant_type": GRANT,
                "subject_token": old_token,
                "subject_token_type": OFFLINE,
                "requested_token_type": OFFLINE,
                "expiring": "1",
            }
        )

    def _ask(self, what: dict[str, str]) -> Tokens:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        # Asking again is safe for all of them but the code, which then is refused.
        kind = Kind.READ
        answer = self._transport.post(
            self._url, urlencode({**self._app, **what}).encode(), headers, kind
        )
        if answer.status in {400, 401, 403}:
            code = _error(answer.body)
            raise NeedsAuthorisation(
                SERVICE,
                f"no token ({code or answer.status})",
                code=code or str(answer.status),
                request_id=answer.request_id,
            )
        self._transport.judge(answer, kind)
        return _tokens(answer.body)


def _error(body: bytes) -> str:
    told = _object(body).get("error", "")
    return told[:60] if isinstance(told, str) else ""


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _tokens(body: bytes) -> Tokens:
    told = _object(body)
    access, refresh = told.get("access_token"), told.get("refresh_token") or ""
    if not isinstance(access, str) or not 0 < len(access) < LONGEST or not isinstance(refresh, str):
        raise Retriable(SERVICE, "an answer without a token", code="no_token")
    scope = told.get("scope")
    return Tokens(
        access_token=access,
        scope=scope if isinstance(scope, str) else "",
        expires_in=_seconds(told.get("expires_in"), AN_HOUR),
        refresh_token=refresh,
        refresh_expires_in=_seconds(told.get("refresh_token_expires_in"), NINETY_DAYS),
    )


def _seconds(value: Any, usual: int) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31
    return value if good else usual
