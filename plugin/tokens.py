"""A shop's access token, always a good one: refreshed in time, by one of us, kept as a pair.

Getting and renewing at the same time would kill each other's pair, so whoever renews holds the
shop's claim in the database; the others go on with the token that is still good, or wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Lock
from typing import Any

from clients.errors import NeedsAuthorisation, RemoteError, Retriable
from clients.shopify.oauth import OAuth, Tokens
from plugin.clock import Clock
from plugin.secrets import Vault
from plugin.store import shops, tokens
from plugin.store.database import Database
from plugin.store.tokens import Kept

SOON = timedelta(minutes=5)
"""Renewed when so little of its hour is left."""
CLAIM = timedelta(seconds=60)
KEEP_WARM = timedelta(days=30)
"""A shop nobody works in loses access after 90 days; it is renewed long before."""
PATIENCE_SECONDS, LOOK_SECONDS = 20.0, 0.1
ACCESS, REFRESH, ONE_TOKEN = "tokens.access", "tokens.refresh", "shops.token"


class TokenKeeper:
    """Hands out access tokens. `oauth` makes the way to one shop's token address."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        vault: Vault,
        oauth: Callable[[str], OAuth],
        *,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._db, self._clock, self._vault, self._oauth = db, clock, vault, oauth
        self._wait = wait or Event().wait
        self._guard = Lock()
        self._locks: dict[str, Lock] = defaultdict(Lock)

    def access(self, shop: str) -> str:
        """A token that is good now.

        Raises NeedsAuthorisation when a person has to open the app, Retriable when the renewal
        may be tried again.
        """
        with self._db.read() as tx:
            kept = tokens.read(tx, shop)
            installed = shops.find(tx, shop) if kept is None else None
        if kept is None:
            if installed is None or installed.token is None:
                raise NeedsAuthorisation("shopify", f"no access token for {shop}", code="none")
            return self._vault.decrypt(installed.token, shop=shop, column=ONE_TOKEN)
        if kept.problem:
            raise NeedsAuthorisation("shopify", "the app has to be opened", code=kept.problem)
        if self._lasts(kept, SOON):
            return self._opened(kept)
        return self.renew(shop)

    def keep(self, shop: str, got: Tokens) -> None:
        """A pair that was just given: kept whole or not at all."""
        sealed = self.sealed(shop, got)
        with self._db.write() as tx:
            tokens.keep(tx, shop, self._clock.now(), **sealed)

    def sealed(self, shop: str, got: Tokens) -> dict[str, Any]:
        """A pair as it is kept: encrypted, with the moments of its ends."""
        now = self._clock.now()
        sealed: dict[str, Any] = {
            "access": self._vault.encrypt(got.access_token, shop=shop, column=ACCESS),
            "refresh": None,
            "scope": got.scope,
            "expires_at": None,
            "refresh_expires_at": None,
        }
        if got.refresh_token:
            sealed |= {
                "refresh": self._vault.encrypt(got.refresh_token, shop=shop, column=REFRESH),
                "expires_at": now + timedelta(seconds=got.expires_in),
                "refresh_expires_at": now + timedelta(seconds=got.refresh_expires_in),
            }
        return sealed

    def renew(self, shop: str, *, used: str = "") -> str:
        """A fresh token; `used` is one that was just refused, whatever its time."""
        with self._guard:
            lock = self._locks[shop]
        with lock:
            return self._renewed(shop, used)

    @contextmanager
    def alone(self, shop: str) -> Iterator[None]:
        """Nobody renews the shop's pair meanwhile: another one is being got.

        Raises Retriable when somebody is renewing it just now.
        """
        with self._guard:
            lock = self._locks[shop]
        with lock:
            now = self._clock.now()
            with self._db.write() as tx:
                busy = tokens.read(tx, shop) and not tokens.claim(tx, shop, now, now + CLAIM)
            if busy:
                raise Retriable("shopify", "the token is being renewed", code="renewing")
            try:
                yield
            finally:
                with self._db.write() as tx:
                    tokens.release(tx, shop)

    def keep_warm(self) -> int:
        """Renew what nobody used for a month; gives how many."""
        with self._db.read() as tx:
            cold = tokens.growing_cold(tx, self._clock.now() - KEEP_WARM)
        done = 0
        for shop in cold:
            try:
                self.renew(shop)
                done += 1
            except (RemoteError, ValueError):  # refused, out of reach, sealed with a lost key
                continue
        return done

    # --- one at a time ----------------------------------------------------------------------------

    def _renewed(self, shop: str, used: str) -> str:
        waited = 0.0
        while True:
            kept = self._kept(shop)
            current = self._opened(kept)
            if self._lasts(kept, SOON) and current != used:
                return current
            now = self._clock.now()
            with self._db.write() as tx:
                mine = tokens.claim(tx, shop, now, now + CLAIM)
            if mine:
                # Somebody may have finished between the look and the claim.
                return self._ask_if_still_needed(shop, used)
            if self._lasts(kept, timedelta()) and current != used:
                return current
            if waited >= PATIENCE_SECONDS:
                raise Retriable("shopify", "the token is being renewed", code="renewing")
            self._wait(LOOK_SECONDS)
            waited += LOOK_SECONDS

    def _ask_if_still_needed(self, shop: str, used: str) -> str:
        kept = self._kept(shop)
        current = self._opened(kept)
        if not self._lasts(kept, SOON) or current == used:
            return self._ask(kept, used)
        with self._db.write() as tx:
            tokens.release(tx, shop)
        return current

    def _ask(self, kept: Kept, used: str) -> str:
        shop = kept.shop
        try:
            if kept.refresh is None:
                raise NeedsAuthorisation("shopify", "the token is refused", code="refused")
            old = self._vault.decrypt(kept.refresh, shop=shop, column=REFRESH)
            got = self._oauth(shop).refresh(old)
        except NeedsAuthorisation as error:
            with self._db.write() as tx:
                tokens.needs_authorisation(tx, shop, error.code or "refused", self._clock.now())
            raise
        except Exception:
            with self._db.write() as tx:
                tokens.release(tx, shop)
            if self._lasts(kept, timedelta()) and (current := self._opened(kept)) != used:
                return current
            raise
        self.keep(shop, got)
        return got.access_token

    def _kept(self, shop: str) -> Kept:
        with self._db.read() as tx:
            found = tokens.read(tx, shop)
        if found is None or found.problem:
            why = found.problem if found else "none"
            raise NeedsAuthorisation("shopify", "the app has to be opened", code=why)
        return found

    def _opened(self, kept: Kept) -> str:
        return self._vault.decrypt(kept.access, shop=kept.shop, column=ACCESS)

    def _lasts(self, kept: Kept, more: timedelta) -> bool:
        end: datetime | None = kept.expires_at
        return end is None or self._clock.now() + more < end
