"""The ways out, made from the settings: one pooled session per service."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from clients.email.smtp import SmtpPostbox
from clients.errors import NeedsAuthorisation
from clients.shopify.admin import ShopifyAdmin
from clients.supplier.alibaba1688 import Alibaba1688
from plugin.clock import Clock
from plugin.ports import Postbox, Storefront, Supplier
from plugin.secrets import Vault
from plugin.settings import Settings
from plugin.store import shops
from plugin.store.database import Database

TOKEN_COLUMN = "shops.token"  # noqa: S105 - the name of a column


class LiveConnections:
    """Connections to the real services, or to whatever the settings' addresses point at."""

    def __init__(self, settings: Settings, db: Database, clock: Clock) -> None:
        self.settings, self.db, self.clock = settings, db, clock
        self.vault = Vault(settings.encryption_keys)
        self._lock = Lock()
        self._storefronts: dict[str, tuple[bytes, Storefront]] = {}
        self._supplier: Supplier | None = None
        self._postbox: Postbox | None = None

    def storefront(self, shop: str) -> Storefront:
        """The shop's own system, with the shop's own token."""
        with self.db.read() as tx:
            found = shops.find(tx, shop)
        if found is None or found.token is None:
            raise NeedsAuthorisation("shopify", f"no access token for {shop}")
        with self._lock:
            kept = self._storefronts.get(shop)
            if kept is None or kept[0] != found.token:
                token = self.vault.decrypt(found.token, shop=shop, column=TOKEN_COLUMN)
                base = self.settings.shopify_base_url
                kept = (found.token, ShopifyAdmin(shop, token, base_url=base))
                self._storefronts[shop] = kept
            return kept[1]

    def supplier(self, shop: str, connection: str) -> Supplier | None:
        """1688 where its keys are set."""
        if connection != "1688" or not self.settings.supplier_key:
            return None
        with self._lock:
            if self._supplier is None:
                self._supplier = Alibaba1688(
                    self.settings.supplier_key,
                    self.settings.supplier_secret,
                    self.settings.supplier_token,
                    base_url=self.settings.supplier_url,
                    timestamp=self._milliseconds(),
                )
            return self._supplier

    def postbox(self) -> Postbox | None:
        """SMTP where an address is set."""
        if not self.settings.mail_url:
            return None
        with self._lock:
            if self._postbox is None:
                self._postbox = SmtpPostbox(self.settings.mail_url)
            return self._postbox

    def sender(self, shop: str) -> str:
        """The deployment's sender."""
        return self.settings.mail_from

    def link(self, path: str) -> str:
        """An address of the desk."""
        return f"{self.settings.base_url}{path}"

    def _milliseconds(self) -> Callable[[], int]:
        return lambda: int(self.clock.now().timestamp() * 1000)
