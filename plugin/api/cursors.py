"""Cursors: a place in one list of one shop under one set of filters, and in no other.

A cursor is signed together with the shop, the list and the filters it was made for, so that one
that was made up, comes from another shop or belongs to other filters opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import g

from plugin.api.door import Door, Problem
from plugin.api.operation import Asked

NOT_A_FILTER = frozenset({"cursor", "limit"})
SIGNED = 16
"""Bytes of the signature: enough that nobody finds one by trying."""


def spell(door: Door, where: str, asked: Asked, place: str) -> str:
    """The cursor of the rows behind a place."""
    said = place.encode()
    return _plain(said) + "." + _plain(_signature(door, where, asked, said))


def read(door: Door, where: str, asked: Asked) -> str:
    """The place a page begins behind; empty for the first. Raises Problem for a cursor that was
    not made for this list and these filters."""
    if "cursor" not in asked:
        return ""
    said, _, signed = asked["cursor"].partition(".")
    try:
        place, given = _bytes(said), _bytes(signed)
    except ValueError:
        raise _none() from None
    if not hmac.compare_digest(given, _signature(door, where, asked, place)):
        raise _none()
    return place.decode()


def _none() -> Problem:
    fields = {"cursor": "was not made for this list and these filters"}
    return Problem(
        400, "cursor", "The cursor cannot be used; begin at the first page", fields=fields
    )


def _signature(door: Door, where: str, asked: Asked, place: bytes) -> bytes:
    filters = {name: value for name, value in asked.items() if name not in NOT_A_FILTER}
    about = json.dumps([g.shop.shop, where, sorted(filters.items())]).encode()
    key = hmac.digest(door.settings.secret_key, b"api cursor", hashlib.sha256)
    return hmac.digest(key, about + b"|" + place, hashlib.sha256)[:SIGNED]


def _plain(said: bytes) -> str:
    return urlsafe_b64encode(said).decode().rstrip("=")


def _bytes(said: str) -> bytes:
    return urlsafe_b64decode(said.encode("ascii") + b"=" * (-len(said) % 4))
