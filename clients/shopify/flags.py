"""What an order says of a case in the store's own admin: tags, and fields that are ours alone.

The fields lie in the namespace Shopify reserves for the app: another app cannot write them, and
with a definition the merchant reads them on the order's page. A field is only written over the
value that was read: whoever was faster wins, and we read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clients.errors import Refused, Retriable
from clients.http import Kind
from clients.shopify.channel import SERVICE, Channel
from clients.shopify.records import gid

RESERVED = "$app"
"""Shopify: the namespace of whichever app is asking."""
KEPT = ("status", "nextStep", "deadline", "case", "ours")
"""Our fields, as the document names them."""
FASTER = frozenset({"STALE_OBJECT", "INVALID_COMPARE_DIGEST"})
SHOWN_ALREADY = "TAKEN"
READ_AGAIN = 5.0
"""Seconds."""


@dataclass(frozen=True)
class Kept:
    """One of our fields, as it was read."""

    value: str
    digest: str


@dataclass(frozen=True)
class OrderFlags:
    """The words on an order, everybody's, and the fields that are ours."""

    tags: tuple[str, ...] = ()
    fields: Mapping[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """A field as the merchant sees it. `type` is one of Shopify's metafield types."""

    key: str
    type: str
    name: str
    about: str


class Flags:
    """The part of ShopifyAdmin that reads and writes what an order says of a case."""

    _channel: Channel

    def flags(self, order_id: int) -> OrderFlags | None:
        """As they are now; None when the shop shows no such order."""
        order = self._channel.read("order_flags", {"id": gid("Order", order_id)})
        return None if order is None else self._channel.parsed(_flags, order, Kind.READ)

    def write_fields(
        self, order_id: int, values: Mapping[str, tuple[str, str]], read: OrderFlags
    ) -> None:
        """Write fields, key to (type, value), over what was read; all of them or none.

        Raises Retriable with Shopify's code when one of them is not any more as it was read.
        """
        owner = gid("Order", order_id)
        fields = [
            {
                "ownerId": owner,
                "key": key,
                "type": kind,
                "value": value,
                "compareDigest": read.fields[key].digest if key in read.fields else None,
            }
            for key, (kind, value) in values.items()
        ]
        try:
            self._channel.write("metafields_set", {"fields": fields}, result="metafields")
        except Refused as problem:
            if problem.code in FASTER:
                what = "somebody else changed the field"
                raise Retriable(SERVICE, what, after=READ_AGAIN, code=problem.code) from None
            raise

    def clear_fields(self, order_id: int, keys: Sequence[str]) -> None:
        """Take fields away; one that is not there is no error."""
        owner = gid("Order", order_id)
        fields = [{"ownerId": owner, "namespace": RESERVED, "key": key} for key in keys]
        self._channel.write("metafields_delete", {"fields": fields}, result="deletedMetafields")

    def fields_shown(self) -> frozenset[str]:
        """Keys of our fields the store shows on the page of an order."""
        found = self._channel.read("metafield_definitions", {"namespace": RESERVED}) or {}
        return self._channel.parsed(
            lambda one: frozenset(str(node["key"]) for node in one["nodes"]), found, Kind.READ
        )

    def show_field(self, wanted: Field) -> None:
        """Have the store show a field, read-only for the merchant; a second time changes nothing.

        Refused, with Shopify's code, where the store has no room for another.
        """
        definition = {
            "key": wanted.key,
            "type": wanted.type,
            "name": wanted.name,
            "description": wanted.about,
            "ownerType": "ORDER",
            "access": {"admin": "MERCHANT_READ"},
            "pin": True,
        }
        try:
            self._channel.write(
                "metafield_definition_create",
                {"definition": definition},
                result="createdDefinition",
            )
        except Refused as problem:
            if problem.code != SHOWN_ALREADY:
                raise


def _flags(order: Mapping[str, Any]) -> OrderFlags:
    found = [order[name] for name in KEPT if order[name]]
    return OrderFlags(
        tags=tuple(map(str, order["tags"])),
        fields={
            str(one["key"]): Kept(str(one["value"]), str(one["compareDigest"])) for one in found
        },
    )
