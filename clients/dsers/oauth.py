"""A shop's access to DSers: OAuth 2.1 with PKCE, as DSers' own documentation describes it.

The MCP server names its authorisation server (RFC 9728), that names its addresses (RFC 8414) and
registers us as a public client; codes and tokens are bound to the MCP address (RFC 8707). Tokens
are never pasted by hand: DSers asks for that.

Unverified: how long tokens last, and whether a refresh token is replaced by each renewal; both
are read from the answers.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from clients.dsers.failures import SERVICE
from clients.errors import NeedsAuthorisation, Refused, Retriable
from clients.http import Answer, Kind, Transport, is_loopback, safe_base

RESOURCE = "/.well-known/oauth-protected-resource"
SERVER = "/.well-known/oauth-authorization-server"
CLIENT_NAME = "Postvendita"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
JSON = {"Content-Type": "application/json", "Accept": "application/json"}
LONGEST = 10_000


@dataclass(frozen=True)
class Authority:
    """Where a person says yes, and where tokens come from."""

    authorise: str
    token: str
    register: str
    """Empty where it registers nobody."""
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """PKCE: the secret that stays here, and what is shown of it."""

    verifier: str = field(repr=False)
    challenge: str

    @classmethod
    def new(cls) -> Proof:
        """256 bits of chance, shown as their SHA-256."""
        return cls.of(secrets.token_urlsafe(32))

    @classmethod
    def of(cls, verifier: str) -> Proof:
        """The challenge of a verifier: S256."""
        digest = hashlib.sha256(verifier.encode("ascii")).digest()
        return cls(verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


@dataclass(frozen=True)
class Pair:
    """What a token address gave. Secrets are kept out of the repr."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    """Empty where it gave none."""
    expires_in: int | None
    """Seconds; None where it does not say."""
    scope: str


class DsersOAuth:
    """Asks for access to one MCP server."""

    def __init__(self, url: str, *, transport: Transport | None = None) -> None:
        """Raises ValueError for an address that a token must not be sent to."""
        self._url = safe_base(url)
        self._transport = transport or Transport(SERVICE)

    def authority(self) -> Authority:
        """Found by asking the MCP server, then the authorisation server it names.

        Raises Refused when it offers no PKCE with S256, or an address that is not https.
        """
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self._url))
        resource = self._read(origin + RESOURCE)
        named = resource.get("authorization_servers")
        server = self._safe(named[0] if isinstance(named, list) and named else origin)
        told = self._read(_well_known(server))
        methods = told.get("code_challenge_methods_supported")
        if not isinstance(methods, list) or "S256" not in methods:
            raise Refused(SERVICE, "its authorisation server offers no PKCE with S256")
        scopes = resource.get("scopes_supported")
        register = told.get("registration_endpoint")
        return Authority(
            authorise=self._safe(told.get("authorization_endpoint")),
            token=self._safe(told.get("token_endpoint")),
            register=self._safe(register) if register else "",
            scopes=tuple(s for s in scopes if isinstance(s, str))
            if isinstance(scopes, list)
            else (),
        )

    def register(self, authority: Authority, back: str) -> str:
        """Our client id, for one address to come back to. Raises Refused where nobody is let in."""
        if not authority.register:
            raise Refused(SERVICE, "it does not register clients", code="no_registration")
        wanted = {
            "client_name": CLIENT_NAME,
            "redirect_uris": [back],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        }
        body = json.dumps(wanted).encode()
        answer = self._transport.post(authority.register, body, JSON, Kind.READ)
        self._transport.judge(answer, Kind.READ)
        client_id = _object(answer).get("client_id")
        if not isinstance(client_id, str) or not 0 < len(client_id) < LONGEST:
            raise Retriable(SERVICE, "a registration without a client id", code="no_client")
        return client_id

    def address(
        self, authority: Authority, client_id: str, back: str, state: str, proof: Proof
    ) -> str:
        """Where the merchant says yes."""
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": back,
            "state": state,
            "code_challenge": proof.challenge,
            "code_challenge_method": "S256",
            "resource": self._url,
        }
        if authority.scopes:
            asked["scope"] = " ".join(authority.scopes)
        joint = "&" if urlsplit(authority.authorise).query else "?"
        return authority.authorise + joint + urlencode(asked)

    def redeem(self, token_url: str, client_id: str, back: str, code: str, verifier: str) -> Pair:
        """A pair for a code. A code is good once: a lost answer means to begin again."""
        asked = {"code": code, "redirect_uri": back, "code_verifier": verifier}
        return self._token(token_url, client_id, {"grant_type": "authorization_code", **asked})

    def refresh(self, token_url: str, client_id: str, refresh_token: str) -> Pair:
        """A new pair. Raises NeedsAuthorisation when the old one is no longer good."""
        asked = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._token(token_url, client_id, asked)

    # --- how --------------------------------------------------------------------------------------

    def _token(self, token_url: str, client_id: str, asked: Mapping[str, str]) -> Pair:
        form = {**asked, "client_id": client_id, "resource": self._url}
        url = self._safe(token_url)
        answer = self._transport.post(url, urlencode(form).encode(), FORM, Kind.READ)
        if answer.status in {400, 401, 403}:
            told = _object(answer).get("error")
            code = told[:60] if isinstance(told, str) else str(answer.status)
            raise NeedsAuthorisation(SERVICE, f"no token ({code})", code=code)
        self._transport.judge(answer, Kind.READ)
        return _pair(_object(answer))

    def _read(self, url: str) -> dict[str, Any]:
        answer = self._transport.get(url, {"Accept": "application/json"})
        self._transport.judge(answer, Kind.READ)
        return _object(answer)

    def _safe(self, url: Any) -> str:
        """An address out of an answer: https, or this machine where DSers itself is."""
        found = url if isinstance(url, str) else ""
        try:
            host = urlsplit(safe_base(found)).hostname or ""
        except ValueError:
            raise Refused(SERVICE, "an address that is not https", code="address") from None
        if is_loopback(host) and not is_loopback(urlsplit(self._url).hostname or ""):
            raise Refused(SERVICE, "an address on this machine", code="address")
        return found


def _well_known(server: str) -> str:
    """RFC 8414: the well-known part stands before the path of an issuer that has one."""
    parts = urlsplit(server)
    return f"{parts.scheme}://{parts.netloc}{SERVER}{parts.path.rstrip('/')}"


def _object(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _pair(told: Mapping[str, Any]) -> Pair:
    access, refresh = told.get("access_token"), told.get("refresh_token") or ""
    if not isinstance(access, str) or not 0 < len(access) < LONGEST or not isinstance(refresh, str):
        raise Retriable(SERVICE, "an answer without a token", code="no_token")
    seconds, scope = told.get("expires_in"), told.get("scope")
    good = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 2**31
    return Pair(access, refresh, seconds if good else None, scope if isinstance(scope, str) else "")
