"""Adding an address that is told what happens: its secret is made here and shown once."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from clients import outgoing
from plugin.secrets import Vault
from plugin.settings import Settings
from plugin.store import hooks

SECRET = "hooks.secret"  # noqa: S105 - the name of a column


def may_be_told(settings: Settings, url: str) -> bool:
    """An address we would post to: https outside; the sandbox's own machine inside it."""
    try:
        outgoing.parts_of(url, near=bool(settings.sandbox_url))
    except outgoing.NotAllowed:
        return False
    return True


def add(
    tx: Connection,
    settings: Settings,
    shop: str,
    url: str,
    topics: Sequence[str],
    now: datetime,
    *,
    by: str,
) -> tuple[str, str]:
    """A new address: (its id, the secret its messages are signed with)."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    sealed = Vault(settings.encryption_keys).encrypt(secret, shop=shop, column=SECRET)
    return hooks.add(tx, shop, url, sealed, list(topics), now, by=by), secret
