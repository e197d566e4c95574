"""The ways out, made from the settings: one pooled session per service."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from clients.dsers.oauth import DsersOAuth
from clients.dsers.session import Session, installed
from clients.dsers.supplier import Dsers
from clients.email.resend import ResendPostbox
from clients.email.smtp import SmtpPostbox
from clients.shopify.access import Access
from clients.shopify.admin import Care, ShopifyAdmin
from clients.shopify.budget import Budget
from clients.shopify.oauth import OAuth
from clients.shopify.records import ShopFacts
from clients.supplier.alibaba1688 import Alibaba1688
from clients.tmall.openmall import OpenMall
from clients.tmall.tmc import Tmc
from clients.tmall.top import Top
from plugin.circuit import ALIBABA, OPENMALL, STORE, Circuit
from plugin.clock import Clock
from plugin.dsers import DsersKeeper
from plugin.evidence.keep import Keep
from plugin.ports import Postbox, Storefront, Supplier, TmallQueue
from plugin.secrets import Vault
from plugin.settings import LOOPBACK, Settings
from plugin.store import links, shops
from plugin.store.database import Database
from plugin.tokens import TokenKeeper
from plugin.versions import Versions

T = TypeVar("T")


class LiveConnections:
    """Connections to the real services, or to whatever the settings' addresses point at."""

    def __init__(self, settings: Settings, db: Database, clock: Clock) -> None:
        self.settings, self.db, self.clock = settings, db, clock
        self.vault = Vault(settings.encryption_keys)
        self.tokens = TokenKeeper(db, clock, self.vault, self.oauth)
        self._versions = Versions(db)
        self.dsers = DsersKeeper(db, clock, self.vault, DsersOAuth(settings.dsers_url))
        self._lock = Lock()
        self._storefronts: dict[str, Storefront] = {}
        self._made: dict[str, Any] = {}
        self._keep = Keep(settings.evidence_folder)

    def storefront(self, shop: str) -> Storefront:
        """The shop's own system, with the shop's own token."""
        self.tokens.access(shop)  # says at once when a person is needed
        with self._lock:
            kept = self._storefronts.get(shop)
            if kept is None:
                access = Access(
                    lambda: self.tokens.access(shop),
                    lambda used: self.tokens.renew(shop, used=used),
                )
                base = self.settings.shopify_base_url
                kept = ShopifyAdmin(shop, access, base_url=base, care=self._care(shop))
                self._storefronts[shop] = kept
            return kept

    def _care(self, shop: str) -> Care:
        """A shop's bucket of points, the pause after failures, the version that answers."""
        return Care(self._watch(shop, STORE), Budget(self.clock.now), self._versions.heard)

    def _watch(self, shop: str, service: str) -> Circuit:
        return Circuit(self.db, self.clock, shop, service)

    def keep_warm(self) -> int:
        """Renew the tokens nobody used for a month."""
        return self.tokens.keep_warm()

    def oauth(self, shop: str) -> OAuth:
        """The way to a shop's tokens, in the app's name."""
        base = self.settings.shopify_base_url.replace("{shop}", shop)
        key, secret = self.settings.shopify_key, self.settings.shopify_secrets[0]
        return OAuth(shop, key, secret, base_url=base)

    def facts_of(self, shop: str, token: str) -> ShopFacts:
        """What a shop says of itself to a token that was just granted."""
        return ShopifyAdmin(shop, token, base_url=self.settings.shopify_base_url).shop_facts()

    def supplier(self, shop: str, connection: str) -> Supplier | None:
        """1688 and OpenMall for the one shop their account belongs to, DSers where it is connected.

        Another shop would read, and ask money back for, purchases that are not its own.
        """
        if connection == "1688" and self._has_alibaba(shop):
            return self._once(f"1688 {shop}", lambda: self._alibaba(shop))
        if connection == "openmall" and self._has_tmall(shop):
            return self._once("openmall", self._openmall)
        if connection == "dsers" and installed() and self.dsers.connected(shop):
            return self._once(f"dsers {shop}", lambda: self._dsers(shop))
        return None

    def tmall_queue(self) -> TmallQueue | None:
        """OpenMall's messages, where its keys are set."""
        if not self.settings.tmall_key:
            return None
        return self._once("tmc", lambda: Tmc(self._top()))

    def postbox(self) -> Postbox | None:
        """SMTP or Resend, where an address is set."""
        if not self.settings.mail_url:
            return None
        return self._once("postbox", self._mail)

    def _once(self, name: str, make: Callable[[], T]) -> T:
        with self._lock:
            if name not in self._made:
                self._made[name] = make()
            found: T = self._made[name]
            return found

    def _alibaba(self, shop: str) -> Supplier:
        return Alibaba1688(
            self.settings.supplier_key,
            self.settings.supplier_secret,
            self.settings.supplier_token,
            base_url=self.settings.supplier_url,
            timestamp=self._milliseconds(),
            watch=self._watch(shop, ALIBABA),
        )

    def _has_alibaba(self, shop: str) -> bool:
        return bool(self.settings.supplier_key) and self.settings.supplier_shop == shop

    def _has_tmall(self, shop: str) -> bool:
        return bool(self.settings.tmall_key) and self.settings.tmall_shop == shop

    def _top(self) -> Top:
        return Top(
            self.settings.tmall_key,
            self.settings.tmall_secret,
            self.settings.tmall_session,
            base_url=self.settings.tmall_url,
            now=self.clock.now,
            watch=self._watch(self.settings.tmall_shop, OPENMALL),
        )

    def _openmall(self) -> Supplier:
        return OpenMall(self._top(), self.settings.tmall_distributor)

    def _dsers(self, shop: str) -> Supplier:
        session = Session(self.settings.dsers_url, self.dsers.access(shop))
        return Dsers(session, self.clock.now)

    def _mail(self) -> Postbox:
        parts = urlsplit(self.settings.mail_url)
        if parts.scheme != "resend":
            return SmtpPostbox(self.settings.mail_url)
        host = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
        scheme = "http" if parts.hostname in LOOPBACK else "https"
        return ResendPostbox(unquote(parts.username or ""), base_url=f"{scheme}://{host}")

    def sender(self, shop: str) -> str:
        """The shop's own, or else the deployment's."""
        with self.db.read() as tx:
            found = shops.find(tx, shop)
        return (found.sender if found else "") or self.settings.mail_from

    def link(self, path: str) -> str:
        """An address of the desk."""
        return f"{self.settings.base_url}{path}"

    def customer_link(self, shop: str, order_id: int) -> str:
        """The customer's own page: the same address in every letter until it is revoked."""
        with self.db.write() as tx:
            token = links.link_for(tx, self.settings.secret_key, shop, order_id, self.clock.now())
        return self.link(f"/report/{token}")

    def evidence(self) -> Keep:
        """A folder beside the database."""
        return self._keep

    def _milliseconds(self) -> Callable[[], int]:
        return lambda: int(self.clock.now().timestamp() * 1000)
