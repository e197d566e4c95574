"""Which connection can do what: the table that decides whether an API or a person does it.

A person does whatever no connection offers; connecting one replaces the person, never the rule.
The same table stands, with its sources, in `docs/connections.md`; a test keeps them alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Verb(StrEnum):
    """What the policy may need of a supplier or platform."""

    READ_ORDER = "read_order"
    SHIP_DATE = "ship_date"
    DETECT_NO_STOCK = "detect_no_stock"
    REFUND_UNSHIPPED = "refund_unshipped"
    URGE = "urge"
    PHOTO_EVIDENCE = "photo_evidence"
    VIDEO_EVIDENCE = "video_evidence"
    VERIFY = "verify"
    REISSUE = "reissue"
    INTERCEPT = "intercept"
    CHANGE_ADDRESS = "change_address"
    CUSTOMS = "customs"
    RESOURCE = "resource"


CONNECTIONS: Mapping[str, frozenset[Verb]] = {
    "by_hand": frozenset(),
    "openmall": frozenset(
        {
            Verb.READ_ORDER,
            Verb.SHIP_DATE,
            Verb.DETECT_NO_STOCK,
            Verb.REFUND_UNSHIPPED,
            Verb.PHOTO_EVIDENCE,
        }
    ),
    "1688": frozenset(
        {
            Verb.READ_ORDER,
            Verb.REFUND_UNSHIPPED,
            Verb.URGE,
            Verb.PHOTO_EVIDENCE,
            Verb.VERIFY,
            Verb.CHANGE_ADDRESS,
            Verb.CUSTOMS,
        }
    ),
    "dsers": frozenset(
        {
            Verb.READ_ORDER,
            Verb.DETECT_NO_STOCK,
            Verb.INTERCEPT,
            Verb.CUSTOMS,
            Verb.RESOURCE,
        }
    ),
}
"""What we have built for each connection, of what its platform offers."""


def can(connection: str, verb: Verb) -> bool:
    """An API does it; otherwise a person does."""
    return verb in CONNECTIONS.get(connection, frozenset())


@runtime_checkable
class Discovering(Protocol):
    """An API that says itself what it offers: by the account's plan, role and scopes."""

    def offers(self, verb: str) -> bool:
        """It has what this verb needs right now."""


def able(supplier: object, connection: str, verb: Verb) -> bool:
    """An API does it, and does not say that it cannot just now."""
    if supplier is None or not can(connection, verb):
        return False
    return not isinstance(supplier, Discovering) or supplier.offers(verb)
