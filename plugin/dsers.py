"""A shop's access to DSers: asked for with PKCE, kept sealed, renewed by one of us at a time."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from clients.dsers.oauth import DsersOAuth, Pair, Proof
from clients.errors import NeedsAuthorisation, Refused, Retriable
from clients.shopify.access import Access
from plugin.clock import Clock
from plugin.secrets import Vault
from plugin.store import dsers
from plugin.store.database import Database
from plugin.store.dsers import Kept

SERVICE = "dsers"
BACK = "/connections/dsers/back"
WITHIN = timedelta(minutes=15)
"""How long somebody may take to say yes."""
SOON = timedelta(minutes=2)
CLAIM = timedelta(seconds=60)
AGAIN_SECONDS = 5.0
VERIFIER, ACCESS, REFRESH = (f"dsers_access.{name}" for name in ("verifier", "access", "refresh"))


class DsersKeeper:
    """Hands out access tokens of shops that connected DSers."""

    def __init__(self, db: Database, clock: Clock, vault: Vault, oauth: DsersOAuth) -> None:
        self._db, self._clock, self._vault, self._oauth = db, clock, vault, oauth

    # --- connecting -------------------------------------------------------------------------------

    def begin(self, shop: str, base_url: str) -> str:
        """Where the merchant goes to say yes. Raises what reaching DSers raises."""
        back, proof, state = base_url + BACK, Proof.new(), secrets.token_urlsafe(32)
        authority = self._oauth.authority()
        client_id = self._oauth.register(authority, back)
        sealed = self._vault.encrypt(proof.verifier, shop=shop, column=VERIFIER)
        with self._db.write() as tx:
            dsers.ask(
                tx,
                shop,
                self._clock.now(),
                client_id=client_id,
                token_url=authority.token,
                state=state,
                verifier=sealed,
            )
        return self._oauth.address(authority, client_id, back, state, proof)

    def finish(self, shop: str, base_url: str, state: str, code: str) -> None:
        """He said yes. Raises Refused for an answer nobody asked for, or not so late."""
        with self._db.write() as tx:
            kept = dsers.read(tx, shop)
            ours = kept is not None and hmac.compare_digest(
                kept.state.encode(), state.encode("utf-8", "replace")
            )
            if kept is None or not ours or not dsers.answered(tx, shop, state):
                raise Refused(SERVICE, "nobody asked for this", code="state")
        late = kept.asked_at is None or self._clock.now() - kept.asked_at > WITHIN
        if late or kept.verifier is None:
            raise Refused(SERVICE, "it was asked too long ago", code="late")
        verifier = self._vault.decrypt(kept.verifier, shop=shop, column=VERIFIER)
        back = base_url + BACK
        self._keep(shop, self._oauth.redeem(kept.token_url, kept.client_id, back, code, verifier))

    def forget(self, shop: str) -> None:
        """The merchant wants it no more."""
        with self._db.write() as tx:
            dsers.drop(tx, shop)

    def connected(self, shop: str) -> bool:
        """Somebody said yes, and it still holds. Where it does not, the desk takes over."""
        kept = self._read(shop)
        return kept is not None and kept.access is not None and not kept.problem

    # --- using ------------------------------------------------------------------------------------

    def access(self, shop: str) -> Access:
        """What calls go out with."""
        return Access(lambda: self._current(shop), lambda used: self._renew(shop, used))

    def _current(self, shop: str) -> str:
        kept = self._good(shop)
        end = kept.expires_at
        if end is None or self._clock.now() + SOON < end:
            return self._opened(kept)
        return self._renew(shop, self._opened(kept))

    def _renew(self, shop: str, used: str) -> str:
        """Another token than the one that is used up. One of us asks; the others come again."""
        now = self._clock.now()
        with self._db.write() as tx:
            mine = dsers.claim(tx, shop, now, now + CLAIM)
        kept = self._good(shop)
        if self._opened(kept) != used:
            if mine:
                self._release(shop)
            return self._opened(kept)
        if not mine:
            raise Retriable(SERVICE, "the token is being renewed", after=AGAIN_SECONDS)
        return self._asked(kept)

    def _asked(self, kept: Kept) -> str:
        shop = kept.shop
        try:
            if kept.refresh is None:
                raise NeedsAuthorisation(SERVICE, "the access has ended", code="ended")
            old = self._vault.decrypt(kept.refresh, shop=shop, column=REFRESH)
            pair = self._oauth.refresh(kept.token_url, kept.client_id, old)
        except NeedsAuthorisation as error:
            self._release(shop, problem=error.code or "refused")
            raise
        except Exception:
            self._release(shop)
            raise
        self._keep(shop, pair, before=old)
        return pair.access

    def _keep(self, shop: str, pair: Pair, *, before: str = "") -> None:
        """A pair as it is kept; without a new refresh token the one before stays."""
        now = self._clock.now()
        refresh = pair.refresh or before
        lasts = timedelta(seconds=pair.expires_in) if pair.expires_in is not None else None
        with self._db.write() as tx:
            dsers.keep(
                tx,
                shop,
                now,
                access=self._vault.encrypt(pair.access, shop=shop, column=ACCESS),
                refresh=self._vault.encrypt(refresh, shop=shop, column=REFRESH)
                if refresh
                else None,
                scope=pair.scope,
                expires_at=now + lasts if lasts is not None else None,
            )

    def _release(self, shop: str, *, problem: str = "") -> None:
        with self._db.write() as tx:
            dsers.release(tx, shop, problem=problem)

    def _good(self, shop: str) -> Kept:
        kept = self._read(shop)
        if kept is None or kept.access is None or kept.problem:
            why = kept.problem if kept is not None else ""
            raise NeedsAuthorisation(SERVICE, "DSers has to be connected", code=why or "none")
        return kept

    def _read(self, shop: str) -> Kept | None:
        with self._db.read() as tx:
            return dsers.read(tx, shop)

    def _opened(self, kept: Kept) -> str:
        assert kept.access is not None
        return self._vault.decrypt(kept.access, shop=kept.shop, column=ACCESS)
