"""The way in without a frame: a store's grant page, and coming back from it with a code.

For a build that stands alone. An invitation is good for ten minutes, once, for one shop and in
the browser it was made in: its state goes over the store and comes back, its cookie stays.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from flask import Blueprint, Response, g, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as Answer

from clients.errors import NeedsAuthorisation, RemoteError
from clients.shopify.query_hmac import is_signed
from clients.shopify.session_token import is_shop
from plugin import sentences
from plugin.installing import Installer, NotGranted
from plugin.pages.desk import Desk
from plugin.pages.login_page import begin
from plugin.store import grants

SALT = "postvendita.grant"
COOKIE = "postvendita_grant"
GOOD_FOR = timedelta(minutes=10)
PATH = "/auth"
PERSON = "shopify"
"""Who comes in this way: somebody the store's own admin let through, as in the frame."""
LONGEST = 1000
ADMIN = re.compile(r"admin\.shopify\.com/store/[a-zA-Z0-9-]{1,60}")

log = structlog.get_logger()


class Bad(ValueError):
    """Something in the request is not as it must be; the message is for logs."""


def add_to(pages: Blueprint, desk: Desk, installer: Installer) -> None:
    """Add the two addresses."""
    door = _Door(desk, installer)

    @pages.get(PATH)
    def grant() -> Answer:
        return door.leave()

    @pages.get(f"{PATH}/callback")
    def granted() -> Answer:
        return door.come_back()


@dataclass(frozen=True)
class _Door:
    desk: Desk
    installer: Installer

    # --- going ------------------------------------------------------------------------------------

    def leave(self) -> Answer:
        """To the store's grant page."""
        try:
            shop = self._invited()
        except Bad as error:
            return self._refused(str(error))
        state = secrets.token_urlsafe(32)
        back = f"{self.desk.settings.base_url}{PATH}/callback"
        answer = Response("", 302)
        answer.headers["Location"] = self.installer.grant_page(shop, back, state)
        until = (self.desk.clock.now() + GOOD_FOR).timestamp()
        answer.set_cookie(
            COOKIE,
            self._signer().dumps([state, shop, until]),
            max_age=GOOD_FOR,
            path=PATH,
            secure=self.desk.settings.base_url.startswith("https://"),
            httponly=True,
            samesite="Lax",
        )
        return _unkept(answer)

    def _invited(self) -> str:
        """The shop that is asked for; where Shopify signed the question, rightly so."""
        if "hmac" in request.args and not self._is_signed():
            raise Bad("signature")
        return _shop(request.args.getlist("shop"))

    # --- coming back ------------------------------------------------------------------------------

    def come_back(self) -> Answer:
        """From the store, with a code; at the end the merchant is signed in."""
        try:
            shop = self._returned()
        except Bad as error:
            return self._refused(str(error))
        language = _language()
        try:
            found = self.installer.redeem(shop, request.args["code"], language)
        except NotGranted as error:
            log.warning("scopes are missing", shop=shop, scopes=error.scopes)
            return self._page("fewer", 403, shop_asked=shop, scopes=error.scopes)
        except NeedsAuthorisation as error:
            log.warning("a code was refused", shop=shop, code=error.code)
            return self._page("refused", 400, shop_asked=shop)
        except RemoteError as error:
            log.warning("a code could not be redeemed", shop=shop, code=error.code)
            return self._page("later", 503, shop_asked=shop)
        begin(self.desk, found.shop, PERSON)
        return _used(redirect(url_for("desk.home")))

    def _returned(self) -> str:
        """The shop that sent the browser back. Its invitation is used up. Raises Bad."""
        if not self._is_signed():
            raise Bad("signature")
        told = request.args
        shop = _shop(told.getlist("shop"))
        if "host" in told and not is_admin_of(told["host"], shop):
            raise Bad("host")
        state, for_shop = self._invitation()
        if not hmac.compare_digest(told.get("state", "").encode(), state.encode()):
            raise Bad("state")
        if for_shop != shop:
            raise Bad("another shop")
        if not 0 < len(told.get("code", "")) < LONGEST:
            raise Bad("code")
        with self.desk.db.write() as tx:
            if not grants.spend(tx, shop, state, self.desk.clock.now()):
                raise Bad("state used before")
        return shop

    def _invitation(self) -> tuple[str, str]:
        """State and shop of the browser's cookie."""
        try:
            state, shop, until = self._signer().loads(request.cookies.get(COOKIE, ""))
        except (BadSignature, ValueError, TypeError):
            raise Bad("no invitation in this browser") from None
        if self.desk.clock.now().timestamp() > until:
            raise Bad("the invitation is over")
        return state, shop

    def _is_signed(self) -> bool:
        pairs = list(request.args.items(multi=True))
        return is_signed(pairs, self.desk.settings.shopify_secrets, self.desk.clock.now())

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.desk.settings.secret_key, salt=SALT)

    # --- answers ----------------------------------------------------------------------------------

    def _refused(self, why: str) -> Answer:
        log.info("a grant was refused", why=why)
        return self._page("bad", 400)

    def _page(self, word: str, status: int, **words: Any) -> Answer:
        g.language = _language()
        page: str = self.desk.page(
            "grant.html", status, word=word, **{"scopes": (), "shop_asked": "", **words}
        )
        return _unkept(Response(page, status))


def is_admin_of(host: str, shop: str) -> bool:
    """`host` is base64 of an address in Shopify's admin, old or new, and of nothing else."""
    try:
        place = base64.b64decode(host + "=" * (-len(host) % 4), altchars=b"-_", validate=True)
        named = place.decode("ascii")
    except (binascii.Error, ValueError):
        return False
    return named == f"{shop}/admin" or ADMIN.fullmatch(named) is not None


def _shop(named: list[str]) -> str:
    if len(named) != 1 or not is_shop(named[0]):
        raise Bad("shop")
    return named[0].lower()


def _language() -> str:
    wanted = request.args.get("locale") or request.accept_languages.best or ""
    return sentences.spoken(wanted)


def _used(answer: Answer) -> Answer:
    answer.delete_cookie(COOKIE, path=PATH)
    return _unkept(answer)


def _unkept(answer: Answer) -> Answer:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
