"""The store's admin, as far as an app meets it: a frame, App Bridge, session tokens, OAuth.

The same contracts as the real ones: a token of one minute, an exchange for a pair that expires, a
refresh that replaces the pair, and no more of any of them once the app is removed.
"""

from __future__ import annotations

import base64
import hmac
from datetime import timedelta
from typing import Any

import jwt
from flask import Blueprint, Response, jsonify, render_template, request

from clients.shopify.oauth import GRANT, ID_TOKEN, OFFLINE
from clients.shopify.query_hmac import signature
from plugin.sandbox import moments
from plugin.sandbox.granting import Granting
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row
from plugin.scopes import ASKED

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NINETY_DAYS = timedelta(days=90)
USER = "7001"
NOTE = "oauth"


class Admin:
    """Plays Shopify's side of an installation."""

    def __init__(self, ground: Ground) -> None:
        self._ground, self._granting = ground, Granting(ground)

    def blueprint(self) -> Blueprint:
        """Its addresses."""
        pages = Blueprint("admin", __name__)
        pages.add_url_rule("/admin", view_func=self.frame)
        pages.add_url_rule("/app-bridge.js", view_func=self.bridge)
        pages.add_url_rule("/id-token", view_func=self.id_token)
        pages.add_url_rule(
            "/shopify/<shop>/admin/oauth/access_token", view_func=self.access, methods=["POST"]
        )
        pages.add_url_rule("/admin/install", view_func=self.install, methods=["POST"])
        pages.add_url_rule(
            "/shopify/<shop>/admin/oauth/authorize",
            view_func=self._granting.ask,
            methods=["GET", "POST"],
        )
        return pages

    # --- the browser's side -----------------------------------------------------------------------

    def frame(self) -> str:
        """The app in a frame, opened as the admin opens it."""
        settings, now = self._ground.settings, self._ground.now()
        host = base64.b64encode(f"admin.shopify.com/store/{settings.shop}".encode()).decode()
        pairs = [
            ("embedded", "1"),
            ("shop", settings.shop),
            ("host", host.rstrip("=")),
            ("id_token", self._session_token()),
            ("locale", "en"),
            ("timestamp", str(int(now.timestamp()))),
        ]
        pairs.append(("hmac", signature(pairs, settings.shopify_secret)))
        return render_template("admin.html", app_url=settings.app_url, pairs=pairs)

    def bridge(self) -> Response:
        """A stand-in for App Bridge: tokens for calls and pages, and nothing else."""
        return Response(render_template("app-bridge.js"), mimetype="text/javascript")

    def id_token(self) -> Response:
        """A fresh session token, for the app's own frame."""
        answer = jsonify(token=self._session_token())
        answer.headers["Access-Control-Allow-Origin"] = self._ground.settings.app_url
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def install(self) -> Response:
        """The merchant grants the app its scopes, for the first time or again."""
        with self._ground.ledger.writing():
            self._ground.ledger.run("DELETE FROM notes WHERE name = 'uninstalled'")
        return Response(status=204)

    def _session_token(self) -> str:
        settings, now = self._ground.settings, int(self._ground.now().timestamp())
        claims = {
            "iss": f"https://{settings.shop}/admin",
            "dest": f"https://{settings.shop}",
            "aud": settings.shopify_key,
            "sub": USER,
            "exp": now + int(MINUTE.total_seconds()),
            "nbf": now,
            "iat": now,
            "jti": str(self._ground.ledger.count("id_token")),
            "sid": "sandbox",
        }
        return jwt.encode(claims, settings.shopify_secret, algorithm="HS256")

    # --- the app's side ---------------------------------------------------------------------------

    def access(self, shop: str) -> tuple[Response, int]:
        """Token exchange and refresh."""
        asked, settings = request.form, self._ground.settings
        mine = hmac.compare_digest(
            asked.get("client_secret", "").encode(), settings.shopify_secret.encode()
        )
        gone = self._ground.ledger.note("uninstalled")
        if gone or shop != settings.shop or not mine or not self._is_app(asked.get("client_id")):
            return jsonify(error="invalid_client"), 401
        if asked.get("grant_type") == GRANT and asked.get("subject_token_type") == ID_TOKEN:
            good = self._is_session_token(asked.get("subject_token", ""))
            wanted = asked.get("requested_token_type") == OFFLINE and asked.get("expiring") == "1"
            if not good or not wanted:
                return jsonify(error="invalid_subject_token"), 400
            return self._given(",".join(ASKED)), 200
        if asked.get("grant_type") == "refresh_token":
            used = asked.get("refresh_token", "")
            if not self._is_refresh(used):
                return jsonify(error="invalid_grant"), 400
            scope = self._ground.ledger.note(NOTE).get("scope") or ",".join(ASKED)
            return self._given(scope, used), 200
        if asked.get("code") and not asked.get("grant_type"):
            scope = self._granting.redeemed(asked["code"])
            if not scope or asked.get("expiring") != "1":
                return jsonify(error="invalid_request"), 400
            return self._given(scope), 200
        return jsonify(error="unsupported_grant_type"), 400

    def _is_app(self, client_id: str | None) -> bool:
        return bool(client_id) and client_id == self._ground.settings.shopify_key

    def _is_session_token(self, token: str) -> bool:
        settings, now = self._ground.settings, self._ground.now().timestamp()
        unjudged = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                settings.shopify_secret,
                algorithms=["HS256"],
                audience=settings.shopify_key,
                options=unjudged,  # type: ignore[arg-type]  # a mapping of its own keys
            )
        except jwt.InvalidTokenError:
            return False
        return bool(claims["nbf"] - 10 <= now <= claims["exp"] + 10)

    def _is_refresh(self, token: str) -> bool:
        kept: Row = self._ground.ledger.note(NOTE)
        until = kept.get("refresh_until")
        alive = until is not None and self._ground.now() < moments.moment(until)
        return bool(token) and alive and token in (kept.get("refresh"), kept.get("used"))

    def _given(self, scope: str, used: str = "") -> Response:
        """A new pair. The refresh token it was got with stays good until the new one is used."""
        ledger, now = self._ground.ledger, self._ground.now()
        with ledger.writing():
            kept = ledger.note(NOTE)
            number = ledger.count("grant")
            access, refresh = f"shpua_{number}_{self._mark()}", f"shprt_{number}_{self._mark()}"
            ledger.write(
                NOTE,
                access=access,
                access_until=moments.text(now + HOUR),
                before=kept.get("access", ""),
                before_until=kept.get("access_until", moments.text(now)),
                refresh=refresh,
                used=used or kept.get("refresh", ""),
                scope=scope,
                refresh_until=moments.text(now + NINETY_DAYS),
            )
        return jsonify(
            access_token=access,
            scope=scope,
            expires_in=int(HOUR.total_seconds()),
            refresh_token=refresh,
            refresh_token_expires_in=int(NINETY_DAYS.total_seconds()),
        )

    def _mark(self) -> str:
        return format(
            self._ground.dice.below(2**48, "token", self._ground.ledger.count("mark")), "x"
        )


def is_good(ground: Ground, token: str) -> bool:
    """A token of the running hour, or the one before that lives its hour out."""
    kept, now = ground.ledger.note(NOTE), ground.now()
    pairs = (
        (kept.get("access"), kept.get("access_until")),
        (kept.get("before"), kept.get("before_until")),
    )
    return any(
        given
        and hmac.compare_digest(token.encode(), given.encode())
        and now < moments.moment(until)
        for given, until in pairs
        if until
    )
