"""A store opens the app: installed the first time, known every time after.

The person's session token is exchanged for the shop's own; shop and token are written down
together, so that there is never half an installation. A new shop begins by watching only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from clients.errors import NeedsAuthorisation
from clients.shopify.oauth import OAuth, Tokens
from clients.shopify.records import ShopFacts
from clients.shopify.session_token import SessionToken
from plugin.clock import Clock
from plugin.scopes import ASKED, lacking
from plugin.store import shops, tokens
from plugin.store.database import Database
from plugin.store.shops import Shop
from plugin.tokens import TokenKeeper

STALE = "invalid_subject_token"
"""Shopify's word for it: the page may bring another token; any other refusal would come again."""


class AsksTheShop(Protocol):
    """Reads a shop's own facts with a token."""

    def __call__(self, shop: str, token: str) -> ShopFacts:
        """Raises what the clients raise."""


class NotGranted(Exception):
    """The store allowed less than was asked for; `scopes` is what it did not allow."""

    def __init__(self, scopes: list[str]) -> None:
        super().__init__(", ".join(scopes))
        self.scopes = scopes


class Installer:
    """Lets shops in."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        keeper: TokenKeeper,
        oauth: Callable[[str], OAuth],
        facts: AsksTheShop,
    ) -> None:
        self._db, self._clock, self._keeper = db, clock, keeper
        self._oauth, self._facts = oauth, facts

    def open(self, token: SessionToken, language: str = "en") -> Shop:
        """The shop whose admin opened the app, installed by now.

        Raises NeedsAuthorisation when Shopify will not exchange the token (with code
        `invalid_subject_token`: the page should bring another), Retriable when it cannot now;
        nothing is written then.
        """
        found = self._known(token.shop)
        if found is not None:
            return found
        self._not_from_before(token)
        return self.install(token.shop, self._oauth(token.shop).exchange(token.token), language)

    def grant_page(self, shop: str, back: str, state: str) -> str:
        """The address of the shop's page on which its merchant lets the app in."""
        return self._oauth(shop).grant_page(ASKED, back, state)

    def redeem(self, shop: str, code: str, language: str = "en") -> Shop:
        """The shop that sent its merchant back with a code, installed by now.

        Raises NotGranted when it allows less than was asked for, NeedsAuthorisation when the code
        is not good (any more), Retriable when it cannot be told; nothing is written then.
        """
        with self._keeper.alone(shop):
            got = self._oauth(shop).redeem(code)
            if missing := lacking(got.scope):
                raise NotGranted(missing)
            return self.install(shop, got, language)

    def install(self, shop: str, got: Tokens, language: str = "en") -> Shop:
        """A shop that has just granted a token: installed, or installed again, or renewed."""
        told = self._facts(shop, got.access_token)
        now = self._clock.now()
        sealed = self._keeper.sealed(shop, got)
        with self._db.write() as tx:
            before = shops.find(tx, shop)
            if before is None or before.state == shops.UNINSTALLED:
                shops.install(
                    tx,
                    shop,
                    now,
                    token=None,
                    name=told.name,
                    currency=told.currency,
                    zone=told.zone,
                    email=told.email,
                    language=language,
                    watching=True,
                )
            tokens.keep(tx, shop, now, **sealed)
            found = shops.find(tx, shop)
        assert found is not None
        return found

    def _not_from_before(self, token: SessionToken) -> None:
        """A token made before the store took the app off does not put it on again."""
        with self._db.read() as tx:
            found = shops.find(tx, token.shop)
        left = found.uninstalled_at if found is not None else None
        # A token tells whole seconds: one of the very second is for Shopify to judge.
        if left is not None and token.begins_at < left.replace(microsecond=0):
            raise NeedsAuthorisation("shopify", "from before", code=STALE)

    def _known(self, shop: str) -> Shop | None:
        """Installed, and with a token that is not refused."""
        with self._db.read() as tx:
            found, kept = shops.find(tx, shop), tokens.read(tx, shop)
        if found is None or found.state == shops.UNINSTALLED:
            return None
        if kept is None:
            return found if found.token is not None else None
        return None if kept.problem else found
