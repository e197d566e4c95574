"""Shopify's Admin API, as far as after-sales needs it: one shop, one token, plain records."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import requests

from clients.errors import Refused
from clients.http import Kind, new_session, safe_base
from clients.money import Money
from clients.shopify import parse, refunds
from clients.shopify.access import Access, fixed
from clients.shopify.bulk import Bulk, search_moment
from clients.shopify.bulk_file import BulkFile
from clients.shopify.changes import Changes
from clients.shopify.channel import API_VERSION, CARELESS, SERVICE, Care, Channel
from clients.shopify.drafts import Drafts
from clients.shopify.envelope import Throttle
from clients.shopify.flags import Flags
from clients.shopify.holds import Holds
from clients.shopify.order_reader import OrderReader
from clients.shopify.paging import Connection, page
from clients.shopify.records import Changed, Order, Refund, RefundPreview, ShopFacts, gid, number
from clients.shopify.returns import Returns
from clients.shopify.weights import Weights

__all__ = ["API_VERSION", "Care", "ShopifyAdmin"]

_SHOP = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com", re.ASCII)


class ShopifyAdmin(Bulk, Changes, Drafts, Flags, Holds, Returns, Weights):
    """Calls the Admin API of one shop with its token.

    Reading and paying back are here; the rest is in the seven parts, each in a file of its own.

    Besides what a method names, each raises Retriable (throttled ones with the wait Shopify's
    cost rule gives), Refused, NeedsAuthorisation (token dead, scope missing, shop frozen or
    inactive) and, when it writes, OutcomeUnknown.
    """

    def __init__(
        self,
        shop: str,
        token: str | Access,
        *,
        base_url: str = "https://{shop}",
        session: requests.Session | None = None,
        care: Care = CARELESS,
    ) -> None:
        """Raises ValueError for a shop or a base URL that a token must not be sent to."""
        if "{shop}" in base_url and not _SHOP.fullmatch(shop):
            raise ValueError("not the domain of a Shopify shop")
        self.shop = shop
        access = fixed(token) if isinstance(token, str) else token
        base = safe_base(base_url.replace("{shop}", shop))
        self._channel = Channel(base, access, session, care)
        self._orders = OrderReader(self._channel)
        self._file = BulkFile(base, session or new_session())

    @property
    def served_version(self) -> str:
        """The API version that really answered: another than ours once ours has expired."""
        return self._channel.served_version

    @property
    def throttle(self) -> Throttle | None:
        """The cost bucket as of the last answer, None before the first."""
        return self._channel.throttle

    def shop_facts(self) -> ShopFacts:
        """The shop's name, currency, zone and contact, as they are now."""
        return self._channel.parsed(_shop_facts, self._channel.read("shop", {}) or {}, Kind.READ)

    def order(self, order_id: int) -> Order | None:
        """The order as it is now, whole; None when the shop shows none by that id.

        Shopify: without `read_all_orders`, orders older than 60 days are not shown. What the
        token may not see is empty in the record and named in `withheld`.
        """
        return self._orders.read(order_id)

    def changes_page(self, moment: datetime, after: str = "") -> Changed:
        """One page of orders changed since an aware moment, the longest unchanged first."""
        variables = {
            "query": f"updated_at:>='{search_moment(moment)}'",
            "after": after or None,
        }
        found = self._channel.read("orders_updated", variables)
        return self._channel.parsed(_changed, found, Kind.READ)

    def orders_page(self, moment: datetime, after: str = "") -> tuple[list[int], str]:
        """One page of ids of orders changed since an aware moment, the newest first.

        Gives the place of the next page too; empty when this is the last.
        """
        variables = {
            "query": f"updated_at:>='{search_moment(moment)}'",
            "after": after or None,
        }
        found = self._channel.read("orders_newest", variables)
        return self._channel.parsed(_changed_ids, found, Kind.READ)

    def preview_refund(
        self, order_id: int, lines: Sequence[tuple[int, int]], shipping: Money | None
    ) -> RefundPreview:
        """What Shopify would pay back for pairs of line id and quantity, and for shipping.

        Raises Refused with code `not_found` when there is no such order, `nothing_to_refund`
        when Shopify suggests nothing.
        """
        variables: dict[str, Any] = {
            "id": gid("Order", order_id),
            "lines": refunds.refund_lines(lines),
        }
        if shipping:
            variables["shipping"] = shipping.decimal()
        order = self._channel.read("preview_refund", variables)
        if order is None:
            raise Refused(SERVICE, "no such order", code="not_found")
        if not order.get("suggestedRefund"):
            raise Refused(SERVICE, "nothing to refund", code="nothing_to_refund")
        return self._channel.parsed(parse.preview, order["suggestedRefund"], Kind.READ)

    refund_input = staticmethod(refunds.refund_input)

    def create_refund(self, refund_input: Mapping[str, Any], key: str) -> Refund:
        """Pay back. The same key with the same input gives the same refund, for 24 hours.

        Shopify: idempotent requests. Raises Retriable with code IDEMPOTENCY_CONCURRENT_REQUEST
        while the first call still runs, Refused with the code of a key that cannot be used again,
        ValueError for a blank key.
        """
        if not key.strip():
            raise ValueError("a refund needs a key")
        variables = {"input": dict(refund_input), "key": key}
        payload = self._channel.write("refund_create", variables, result="refund")
        return self._channel.parsed(parse.refund, payload["refund"], Kind.IDEMPOTENT_WRITE)


def _ids(found: Connection) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number(node["id"]) for node in found["nodes"]))


def _next(found: Connection) -> str:
    more = found["pageInfo"]
    return str(more["endCursor"]) if more["hasNextPage"] else ""


def _changed_ids(node: Any) -> tuple[list[int], str]:
    found = page(node)
    return list(_ids(found)), _next(found)


def _changed(node: Any) -> Changed:
    found = page(node)
    last = max((parse.moment(one["updatedAt"]) for one in found["nodes"]), default=None)
    return Changed(_ids(found), last, _next(found))


def _shop_facts(node: Mapping[str, Any]) -> ShopFacts:
    return ShopFacts(
        shop=str(node["myshopifyDomain"]),
        name=str(node["name"]),
        email=str(node["contactEmail"] or ""),
        currency=str(node["currencyCode"]),
        zone=str(node["ianaTimezone"]),
    )
