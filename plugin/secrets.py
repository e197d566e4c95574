"""Encrypting what the database must not show: AES-GCM, bound to the shop and the column.

The newest key encrypts; older ones still decrypt, so a key can be changed without a pause.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Vault:
    """Encrypts and decrypts with a list of 32-byte keys, the newest first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [AESGCM(key) for key in keys]

    def encrypt(self, secret: str, *, shop: str, column: str) -> bytes:
        """A nonce and the sealed text; useless in another shop's row or another column."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._keys[0].encrypt(nonce, secret.encode(), _bound(shop, column))

    def decrypt(self, sealed: bytes, *, shop: str, column: str) -> str:
        """The secret. Raises ValueError when no key opens it."""
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        for key in self._keys:
            try:
                return key.decrypt(nonce, text, _bound(shop, column)).decode()
            except InvalidTag:
                continue
        raise ValueError(f"no key opens {column} of {shop}")

    def is_newest(self, sealed: bytes, *, shop: str, column: str) -> bool:
        """Does the newest key open it already?"""
        try:
            self._keys[0].decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(shop, column))
        except (InvalidTag, ValueError):
            return False
        return True


def _bound(shop: str, column: str) -> bytes:
    return f"{shop}|{column}".encode()
