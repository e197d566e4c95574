"""The desk inside a store's admin: a frame without cookies, known by its session token alone.

A page that comes without a token bounces over one that loads App Bridge, which brings it back
with one; a call that comes with a bad one is told to try again.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import structlog
from flask import Blueprint, Response, g, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from clients.errors import NeedsAuthorisation, RemoteError
from clients.shopify.session_token import BadToken, SessionToken, is_shop, verify
from plugin import sentences
from plugin.clock import Clock
from plugin.installing import STALE, Installer
from plugin.settings import Settings
from plugin.store.shops import Shop

BRIDGE = "https://cdn.shopify.com/shopifycloud/app-bridge.js"
RETRY = "X-Shopify-Retry-Invalid-Session-Request"
RELOAD = "shopify-reload"
OURS = frozenset({"id_token", "hmac", "session", "timestamp"})
"""What Shopify adds to an address and what must not be in it a second time."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Embedding:
    """How the app is opened from inside a store."""

    settings: Settings
    clock: Clock
    installer: Installer

    @property
    def on(self) -> bool:
        """Without a client id nobody is let in this way."""
        return bool(self.settings.shopify_key)

    @property
    def bridge(self) -> str:
        """Where App Bridge is; the sandbox has one of its own."""
        sandbox = self.settings.sandbox_url
        return f"{sandbox}/app-bridge.js" if sandbox else BRIDGE

    def wanted(self) -> bool:
        """The request comes from inside an admin: with a token, or in a frame without one."""
        if not self.on:
            return False
        framed = request.headers.get("Sec-Fetch-Dest") == "iframe"
        return bool(_bearer() or "id_token" in request.args or framed or _is_embedded())

    def person(self) -> tuple[Shop, str] | Response:
        """The shop and the person, or the answer that gets a better token."""
        carried = _bearer() or request.args.get("id_token", "")
        if not carried:
            return self._bounce()
        try:
            token = self._verified(carried)
        except BadToken as error:
            log.info("session token refused", why=str(error))
            return self._again()
        g.framed_by = token.shop
        try:
            shop = self.installer.open(token, sentences.spoken(request.args.get("locale", "")))
        except NeedsAuthorisation as error:
            log.warning("token exchange refused", shop=token.shop, code=error.code)
            if error.code == STALE:
                return self._again()
            return Response(self._page("embedded_refused.html"), 403)
        except RemoteError as error:
            log.warning("token exchange failed", shop=token.shop, code=error.code)
            return Response(self._page("embedded_later.html"), 503, {"Retry-After": "10"})
        g.embedded = {"bridge": self.bridge, "client_id": self.settings.shopify_key}
        return shop, f"shopify:{token.user}"

    def _verified(self, token: str) -> SessionToken:
        secrets = self.settings.shopify_secrets
        now = self.clock.now()
        return verify(token, client_id=self.settings.shopify_key, secrets=secrets, now=now)

    def _again(self) -> Response:
        if _bearer():
            return Response("", 401, {RETRY: "1"})
        return self._bounce()

    def _bounce(self) -> Response:
        """To the page that fetches a token; only a document can go there."""
        if request.method != "GET":
            return Response("", 401, {RETRY: "1"})
        kept = [(k, v) for k, v in request.args.items(multi=True) if k not in OURS]
        back = request.path + (f"?{urlencode(kept)}" if kept else "")
        told = {RELOAD: back}
        told |= {name: request.args[name] for name in ("shop", "host") if name in request.args}
        return Response("", 302, {"Location": f"{url_for('desk.bounce')}?{urlencode(told)}"})

    def _page(self, template: str) -> str:
        return render_template(template, bridge=self.bridge, client_id=self.settings.shopify_key)

    def add_to(self, pages: Blueprint) -> None:
        """The bounce page, and the headers that let a shop's own admin frame the desk."""

        @pages.get("/bounce")
        def bounce() -> Answer:
            answer = Response(self._page("bounce.html"))
            shop = request.args.get("shop", "")
            if is_shop(shop):
                g.framed_by = shop.lower()
            if not is_local(request.args.get(RELOAD, "")):
                answer = Response(self._page("bounce.html"), 400)
            return answer

        @pages.after_request
        def framed(answer: Response) -> Response:
            shop = g.shop.shop if g.get("embedded") else g.get("framed_by", "")
            if shop and self.on:
                answer.headers["Content-Security-Policy"] = self._policy(shop)
            return answer

    def _policy(self, shop: str) -> str:
        host = "{0.scheme}://{0.netloc}".format(urlsplit(self.bridge))
        frames = f"https://{shop} https://admin.shopify.com"
        if self.settings.sandbox_url:
            frames += f" {host}"
        return (
            f"default-src 'self'; script-src 'self' {host}; connect-src 'self' {host}; "
            f"object-src 'none'; base-uri 'none'; frame-ancestors {frames}"
        )


def is_local(path: str) -> bool:
    """A path of our own and nothing a browser could read as another host."""
    parts = urlsplit(path)
    return (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and not parts.scheme
        and not parts.netloc
        and not any(ord(c) < 33 or c == "\\" for c in path)
    )


def _bearer() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _is_embedded() -> bool:
    return request.args.get("embedded") == "1" and is_shop(request.args.get("shop", ""))
