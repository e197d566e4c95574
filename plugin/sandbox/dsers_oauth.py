"""The authorisation server beside the sandbox's DSers: PKCE, registration, tokens that are renewed.

Whoever opens the authorisation page has said yes.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

SCOPES = ("orders:read", "orders:write", "tracking:read")
HOUR = 3600

Form = Mapping[str, str]


class Refusal(Exception):
    """An OAuth error, by its word."""


@dataclass
class Authority:
    """What it gave out. Secrets are random and kept in memory only."""

    clients: dict[str, str] = field(default_factory=dict)
    """Client id to its one redirect address."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    access: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    refreshed: int = 0

    def metadata(self, base: str) -> dict[str, Any]:
        """RFC 8414."""
        return {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "registration_endpoint": f"{base}/oauth/register",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
        }

    def resource(self, base: str) -> dict[str, Any]:
        """RFC 9728."""
        return {
            "resource": f"{base}/mcp",
            "authorization_servers": [base],
            "scopes_supported": list(SCOPES),
        }

    def register(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """A public client with one redirect address."""
        client_id = f"client-{secrets.token_hex(4)}"
        self.clients[client_id] = wanted["redirect_uris"][0]
        return {**wanted, "client_id": client_id}

    def authorise(self, asked: Form) -> str:
        """Where the browser goes back to, with a code."""
        back = self.clients.get(asked.get("client_id", ""))
        if back is None or asked.get("redirect_uri") != back:
            raise Refusal("invalid_request")
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            raise Refusal("invalid_request")
        code = secrets.token_urlsafe(12)
        self.codes[code] = dict(asked)
        return f"{back}?{urlencode({'code': code, 'state': asked.get('state', '')})}"

    def token(self, form: Form) -> dict[str, Any]:
        """A pair for a code with its proof, or for the refresh token of the pair before."""
        if form.get("grant_type") == "refresh_token":
            old = form.get("refresh_token", "")
            if old not in self.refresh:
                raise Refusal("invalid_grant")
            self.refresh.discard(old)
            self.refreshed += 1
            return self.pair()
        asked = self.codes.pop(form.get("code", ""), {})
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        same = all(asked.get(n) == form.get(n) for n in ("client_id", "redirect_uri", "resource"))
        if not asked or not same or challenge != asked["code_challenge"]:
            raise Refusal("invalid_grant")
        return self.pair()

    def pair(self) -> dict[str, Any]:
        """A new pair."""
        access, refresh = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.access.add(access)
        self.refresh.add(refresh)
        scope = " ".join(SCOPES)
        told = {"access_token": access, "refresh_token": refresh, "token_type": "Bearer"}
        return {**told, "expires_in": HOUR, "scope": scope}

    def expire(self) -> None:
        """Every access token is refused from now on; refresh tokens stay good."""
        self.access.clear()
