"""Coming into the desk by a link that was sent to a member's own address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.engine import Connection

from plugin.clock import Clock
from plugin.store import logins, members, shops
from plugin.store.database import Database
from plugin.store.logins import Link
from plugin.store.shops import Shop

SALT = "postvendita.login.mail"
LONGEST = 200


@dataclass(frozen=True)
class Guest:
    """Whom a link lets in, and where."""

    shop: Shop
    email: str


@dataclass(frozen=True)
class LoginLinks:
    """Makes links and takes them back."""

    db: Database
    clock: Clock
    secret_key: bytes

    def token(self, nonce: str) -> str:
        """A link's token, signed."""
        return str(self._signer().dumps(nonce))

    def ask(self, email: str, language: str = "") -> None:
        """Plan a letter with a link for each shop the address is a member of; for none, nothing.

        `language` is the one that was chosen on the page; else each shop's own.
        """
        now = self.clock.now()
        with self.db.read() as tx:
            found = [
                (shop, member.email)
                for member in members.with_address(tx, email)
                if (shop := _open(tx, member.shop)) is not None
            ]
        if not found:
            return
        letter = secrets.token_hex(16)
        with self.db.write() as tx:
            for shop, address in found:
                if logins.may_ask(tx, shop.shop, address, now):
                    link = Link(
                        shop.shop, address, secrets.token_hex(16), language or shop.language
                    )
                    logins.add(tx, link, self.token(link.nonce), letter, now)

    def guest(self, token: str) -> Guest | None:
        """Whom a link would let in; it is not used up by asking."""
        with self.db.read() as tx:
            return self._guest(tx, token)

    def enter(self, token: str) -> Guest | None:
        """Let somebody in by a link, which is used up. None: it lets nobody in (any more)."""
        with self.db.write() as tx:
            found = self._guest(tx, token)
            if found is None or not logins.spend(tx, token, self.clock.now()):
                return None
            return found

    def _guest(self, tx: Connection, token: str) -> Guest | None:
        if not self._is_ours(token):
            return None
        found = logins.find(tx, token, self.clock.now())
        if found is None:
            return None
        shop, member = _open(tx, found[0]), members.find(tx, *found)
        if shop is None or member is None or not member.is_in:
            return None
        return Guest(shop, member.email)

    def _is_ours(self, token: str) -> bool:
        try:
            self._signer().loads(token[:LONGEST])
        except BadSignature:
            return False
        return True

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret_key, salt=SALT)


def _open(tx: Connection, name: str) -> Shop | None:
    found = shops.find(tx, name)
    return found if found is not None and found.state != shops.UNINSTALLED else None
