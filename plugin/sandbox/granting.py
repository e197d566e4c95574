"""The store's grant page: a yes sends the browser back to the app with a code."""

from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import urlencode

from flask import Response, render_template, request

from clients.shopify.query_hmac import signature
from plugin.sandbox import moments
from plugin.sandbox.ground import Ground

NOTE = "oauth_code"
MINUTE = timedelta(minutes=1)


class Granting:
    """Asks the merchant, and remembers the last code it gave."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def ask(self, shop: str) -> tuple[str, int] | Response:
        """The page, and what its button does."""
        settings, asked = self._ground.settings, request.args
        back, scopes = asked.get("redirect_uri", ""), asked.get("scope", "")
        ours = shop == settings.shop and asked.get("client_id") == settings.shopify_key
        if not ours or back != f"{settings.app_url}/auth/callback":
            return "Oauth error: the redirect_uri is not whitelisted", 400
        if request.method == "GET":
            return render_template("grant.html", shop=shop, scopes=scopes), 200
        now = self._ground.now()
        place = f"admin.shopify.com/store/{shop.removesuffix('.myshopify.com')}"
        pairs = [
            ("code", self._code(scopes)),
            ("host", base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")),
            ("shop", shop),
            ("state", asked.get("state", "")),
            ("timestamp", str(int(now.timestamp()))),
        ]
        pairs.append(("hmac", signature(pairs, settings.shopify_secret)))
        return Response("", 302, {"Location": f"{back}?{urlencode(pairs)}"})

    def redeemed(self, code: str) -> str:
        """The scopes of a code, which is used up; empty where it is not good."""
        ledger = self._ground.ledger
        with ledger.writing():
            kept = ledger.note(NOTE)
            ledger.run("DELETE FROM notes WHERE name = ?", NOTE)
        good = code == kept.get("code") and self._ground.now() < moments.moment(kept["until"])
        return str(kept["scopes"]) if good else ""

    def _code(self, scopes: str) -> str:
        ledger = self._ground.ledger
        with ledger.writing():
            ledger.run("DELETE FROM notes WHERE name = 'uninstalled'")
            number = ledger.count("code")
            code = f"code_{number}_{self._ground.dice.below(2**48, 'code', number):x}"
            until = moments.text(self._ground.now() + MINUTE)
            ledger.write(NOTE, code=code, scopes=scopes, until=until)
        return code
